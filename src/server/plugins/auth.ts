import cookie from '@fastify/cookie';
import type { FastifyRequest } from 'fastify';
import { authenticate, type Credential, noProject, readSessionCookie } from '#features/identity/index.ts';
import { type Caller, createContext, type Platform, type Role, type Visit } from '#platform/context/index.ts';
import { appError, callerGone } from '#platform/errors/index.ts';
import type { App, Permission } from '#platform/http/index.ts';
import { hasMonitoringToken } from './monitoring-token.ts';
import { createRequestLimit } from './rate-limit.ts';

const RANK: Record<Role, number> = { viewer: 0, editor: 1, owner: 2 };

/** Finds out who asks, refuses who may not, and gives the route its caller and its context. */
export async function registerAuth(app: App, platform: Platform): Promise<void> {
  await app.register(cookie);
  app.decorateRequest('visit', {
    getter(this: FastifyRequest): Visit {
      return { platform, address: this.ip, userAgent: this.headers['user-agent'] ?? null };
    },
  });
  const limit = createRequestLimit(platform);
  app.addHook('onRoute', (route) => {
    if (route.url.startsWith('/api/v1/') && route.config?.permission === undefined) {
      throw new Error(`Route ${route.method} ${route.url} declares no permission.`);
    }
  });
  app.addHook('onRequest', async (request, reply) => {
    const permission: Permission = request.routeOptions.config.permission ?? 'public';
    if (permission === 'public') return limit(request, reply);
    // Monitoring is nobody in particular, and works without the database.
    if (permission === 'monitoring' && hasMonitoringToken(request, platform.config.metricsToken)) return;
    const caller = await identify(request);
    // Who gave up while many waited is not answered, and nothing is begun for them.
    if (reply.raw.destroyed) throw callerGone();
    if (caller) request.caller = caller;
    limit(request, reply);
    if (!caller) {
      throw appError('not-signed-in', 401, 'This needs a session or a token.', {
        remedy: 'Sign in, open a link from `commandcenter login-link`, or send "Authorization: Bearer …".',
      });
    }
    if (permission === 'user') return;
    if (permission === 'admin' || permission === 'monitoring') return requireAdmin(caller);
    const { projectId, role } = requireRole(caller, permission);
    const gone = new AbortController();
    reply.raw.once('close', () => {
      // To end what has been answered is of no use, and making the reason for it costs more than all else here.
      if (!reply.raw.writableFinished) gone.abort();
    });
    request.context = createContext(platform, {
      projectId,
      role,
      actor: caller.actor,
      readOnly: request.method === 'GET',
      signal: gone.signal,
    });
  });
}

/** Finds out who asks, in which project; null if the request says nothing or nothing valid. */
export async function identify(request: FastifyRequest): Promise<Caller | null> {
  const credential = readCredential(request);
  return credential && authenticate(request.visit, credential);
}

function readCredential(request: FastifyRequest): Credential | null {
  const { authorization } = request.headers;
  const project = chosenProject(request);
  if (authorization !== undefined) {
    const secret = /^Bearer (\S+)$/i.exec(authorization)?.[1];
    return secret === undefined ? null : { kind: 'token', secret, project };
  }
  const secret = readSessionCookie(request);
  return secret === undefined ? null : { kind: 'session', secret, project };
}

/** By a header, or in the address for what can't send one, such as an event stream or a link. */
function chosenProject(request: FastifyRequest): string | undefined {
  const header = request.headers['x-project'];
  if (typeof header === 'string' && header !== '') return header;
  const { project } = request.query as { project?: unknown };
  return typeof project === 'string' && project !== '' ? project : undefined;
}

function requireAdmin(caller: Caller): void {
  if (caller.admin) return;
  throw appError('not-allowed', 403, 'This is for who looks after the installation.');
}

function requireRole(caller: Caller, role: Role): NonNullable<Caller['membership']> {
  const { membership } = caller;
  if (!membership) throw noProject();
  if (RANK[membership.role] >= RANK[role]) return membership;
  throw appError('not-allowed', 403, `This needs the role ${role}; yours is ${membership.role}.`);
}
