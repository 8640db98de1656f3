import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import {
  admitFromProvider,
  FLOW_SECONDS,
  isSecure,
  OIDC_CALLBACK,
  openProviderSession,
  type Provider,
  readSessionCookie,
  setSessionCookie,
} from '#features/identity/index.ts';
import { applyGroupRoles, rolesOfGroups } from '#features/projects/index.ts';
import { AppError } from '#platform/errors/index.ts';
import type { App } from '#platform/http/index.ts';
import { identify } from './auth.ts';

const FLOW_COOKIE = 'commandcenter_sign_in';
const PATH = '/auth/oidc';

/** Sign-in at an OpenID Connect provider: the browser is sent there and comes back. */
export function registerOidc(app: App, provider: Provider): void {
  app.get(
    `${PATH}/start`,
    {
      schema: {
        hide: true,
        querystring: Type.Object({ returnTo: Type.Optional(Type.String({ maxLength: 2000 })) }),
      },
    },
    (request, reply) =>
      orToSignIn(request, reply, async () => {
        const { url, flow } = await provider.begin(request.query.returnTo);
        reply.setCookie(FLOW_COOKIE, flow, {
          httpOnly: true,
          // The way back is a navigation from another site, along with which `strict` would not be sent.
          sameSite: 'lax',
          path: PATH,
          maxAge: FLOW_SECONDS,
          secure: isSecure(request),
        });
        return url;
      }),
  );
  app.get(OIDC_CALLBACK, { schema: { hide: true }, exposeHeadRoute: false }, (request, reply) =>
    orToSignIn(request, reply, async () => {
      reply.clearCookie(FLOW_COOKIE, { path: PATH });
      const search = new URL(request.url, 'http://this.invalid').search;
      const { identity, returnTo } = await provider.complete(search, request.cookies[FLOW_COOKIE] ?? '');
      const roles = rolesOfGroups(request.visit.platform.config, identity.groups);
      const userId = (await identify(request))?.userId;
      const user = await admitFromProvider(request.visit, identity, { mayJoin: roles.size > 0, userId });
      await applyGroupRoles(request.visit, user, roles);
      setSessionCookie(
        request,
        reply,
        await openProviderSession(request.visit, user, readSessionCookie(request)),
      );
      return returnTo;
    }),
  );
}

/** Goes where `work` says; on a problem back to the page for signing in, which says what is wrong. */
async function orToSignIn(
  request: FastifyRequest,
  reply: FastifyReply,
  work: () => Promise<string>,
): Promise<FastifyReply> {
  reply.header('cache-control', 'no-store');
  try {
    return reply.redirect(await work(), 303);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    request.log.warn({ err: error }, 'sign-in at the provider failed');
    return reply.redirect(`/signed-out?reason=${error.code}`, 303);
  }
}
