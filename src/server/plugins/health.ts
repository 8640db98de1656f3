import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Platform } from '#platform/context/index.ts';
import { componentSchema } from '#platform/health/index.ts';
import type { App } from '#platform/http/index.ts';
import { hasMonitoringToken } from './monitoring-token.ts';

const RETRY_AFTER_SECONDS = '5';
/** Load balancers ask often; the database is asked at most this often for them. */
const READY_FOR_MS = 1000;
const READY_LIMIT_MS = 2000;

const answer = Type.Object({ status: Type.String(), release: Type.Optional(Type.String()) });
const report = Type.Object({
  status: Type.String(),
  release: Type.Optional(Type.String()),
  version: Type.Optional(Type.String()),
  components: Type.Optional(
    Type.Array(
      Type.Object({
        ...componentSchema.properties,
        detail: Type.Record(Type.String(), Type.Unknown()),
      }),
    ),
  ),
});

/** Whether the process lives, whether it can serve, and how each part is. */
export function registerHealth(
  app: App,
  platform: Platform,
  isSignedIn: (request: FastifyRequest) => Promise<boolean>,
): void {
  const { health } = platform;
  const canServe = createReadiness(platform);
  // Who deploys sees by it which release answers.
  const release = platform.config.release === undefined ? {} : { release: platform.config.release };
  app.get('/livez', { schema: { hide: true, response: { 200: answer } }, logLevel: 'silent' }, () => ({
    status: 'ok',
    ...release,
  }));
  app.get(
    '/readyz',
    { schema: { hide: true, response: { 200: answer, 503: answer } }, logLevel: 'silent' },
    async (_request, reply) => {
      if (health.draining) return unavailable(reply, { status: 'draining', ...release });
      if (!(await canServe())) return unavailable(reply, { status: 'database unreachable', ...release });
      return { status: 'ok', ...release };
    },
  );
  app.get(
    '/health',
    { schema: { hide: true, response: { 200: report, 503: report } }, logLevel: 'silent' },
    async (request, reply) => {
      const found = health.report();
      const full = hasMonitoringToken(request, platform.config.metricsToken) || (await isSignedIn(request));
      const body = { ...(full ? found : { status: found.status }), ...release };
      return found.status === 'down' ? unavailable(reply, body) : body;
    },
  );
}

function unavailable(reply: FastifyReply, body: { status: string }): FastifyReply {
  return reply.code(503).header('retry-after', RETRY_AFTER_SECONDS).send(body);
}

/** Asks the database itself, at most once a second and for at most two seconds, however many ask. */
function createReadiness({ database }: Platform): () => Promise<boolean> {
  let last: { at: number; result: Promise<boolean> } | undefined;
  const ask = async (): Promise<boolean> => {
    const begin = performance.now();
    const limit = AbortSignal.timeout(READY_LIMIT_MS);
    // A probe that only waits for its turn says nothing about the database, which answers those before it.
    const late = new Promise<boolean>((resolve) =>
      limit.addEventListener('abort', () => resolve(database.answersOthers(begin))),
    );
    const works = database.ownerQuery('select 1').then(
      () => true,
      () => false,
    );
    return Promise.race([works, late]);
  };
  return () => {
    if (!last || Date.now() - last.at > READY_FOR_MS) last = { at: Date.now(), result: ask() };
    return last.result;
  };
}
