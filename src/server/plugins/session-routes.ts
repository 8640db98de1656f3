import { Type } from 'typebox';
import type { Identity } from '#features/identity/index.ts';
import { type App, nullable } from '#platform/http/index.ts';
import { SESSION_COOKIE } from './auth.ts';

export interface SessionFacts {
  version: string;
  project: { id: string; name: string };
  /** The folder the server was started in, which the first page offers to track. */
  workingFolder: { path: string; isRepository: boolean } | null;
}

/** The page that a one-time link opens. */
export function registerLogin(app: App, identity: Identity): void {
  app.get(
    '/login',
    {
      schema: {
        hide: true,
        querystring: Type.Object({ code: Type.Optional(Type.String({ maxLength: 200 })) }),
      },
    },
    async (request, reply) => {
      const session = request.query.code ? await identity.redeemLoginCode(request.query.code) : null;
      if (!session) return reply.redirect('/signed-out?reason=link', 303);
      reply.setCookie(SESSION_COOKIE, session.token, {
        httpOnly: true,
        sameSite: 'lax',
        path: '/',
        maxAge: session.maxAgeSeconds,
        secure: request.protocol === 'https',
      });
      return reply.header('cache-control', 'no-store').redirect('/', 303);
    },
  );
}

/** Who is signed in, and what the first page needs to know. */
export function sessionRoutes(identity: Identity, facts: () => SessionFacts) {
  return async (app: App): Promise<void> => {
    const session = Type.Object({
      user: Type.Object({ id: Type.String(), name: Type.String() }),
      role: Type.String(),
      version: Type.String(),
      project: Type.Object({ id: Type.String(), name: Type.String() }),
      workingFolder: nullable(Type.Object({ path: Type.String(), isRepository: Type.Boolean() })),
    });
    app.get(
      '/session',
      {
        schema: { tags: ['session'], summary: 'Who is signed in', response: { 200: session } },
        config: { permission: 'viewer' },
      },
      async ({ context }) => ({
        user: { id: context.actor.id, name: context.actor.name },
        role: context.role,
        ...facts(),
      }),
    );
    app.delete(
      '/session',
      { schema: { tags: ['session'], summary: 'Sign out' }, config: { permission: 'viewer' } },
      async (request, reply) => {
        const token = request.cookies[SESSION_COOKIE];
        if (token) await identity.endSession(token);
        return reply.clearCookie(SESSION_COOKIE, { path: '/' }).code(204).send();
      },
    );
    app.post(
      '/login-links',
      {
        schema: {
          tags: ['session'],
          summary: 'Make a link that signs a browser in once',
          response: { 201: Type.Object({ path: Type.String() }) },
        },
        config: { permission: 'owner' },
      },
      async (_request, reply) => reply.code(201).send({ path: `/login?code=${identity.createLoginCode()}` }),
    );
  };
}
