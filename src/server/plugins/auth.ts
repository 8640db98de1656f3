import cookie from '@fastify/cookie';
import type { FastifyRequest } from 'fastify';
import type { Identity, Principal } from '#features/identity/index.ts';
import { createContext, type Platform, type Role } from '#platform/context/index.ts';
import { appError } from '#platform/errors/index.ts';
import type { App, Permission } from '#platform/http/index.ts';

export const SESSION_COOKIE = 'commandcenter_session';
const RANK: Record<Role, number> = { viewer: 0, editor: 1, owner: 2 };

/** Finds out who asks, refuses who may not, and gives the route its context. */
export async function registerAuth(app: App, platform: Platform, identity: Identity): Promise<void> {
  await app.register(cookie);
  app.addHook('onRoute', (route) => {
    if (route.url.startsWith('/api/v1/') && route.config?.permission === undefined) {
      throw new Error(`Route ${route.method} ${route.url} declares no permission.`);
    }
  });
  app.addHook('onRequest', async (request, reply) => {
    const permission: Permission = request.routeOptions.config.permission ?? 'public';
    if (permission === 'public') return;
    const principal = await authenticate(request, identity);
    if (!principal) {
      throw appError('not-signed-in', 401, 'This needs a session or a token.', {
        remedy:
          'Open a link from `commandcenter login-link`, or send the owner token as "Authorization: Bearer …".',
      });
    }
    if (RANK[principal.role] < RANK[permission]) {
      throw appError('not-allowed', 403, `This needs the role ${permission}; yours is ${principal.role}.`);
    }
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    request.context = createContext(platform, { ...principal, signal: gone.signal });
  });
}

/** Finds out who asks; null if the request says nothing or nothing valid. */
export async function authenticate(request: FastifyRequest, identity: Identity): Promise<Principal | null> {
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const token = /^Bearer (\S+)$/i.exec(authorization)?.[1];
    return token === undefined ? null : identity.authenticateToken(token);
  }
  const session = request.cookies[SESSION_COOKIE];
  return session === undefined ? null : identity.authenticateSession(session);
}
