import { Type } from 'typebox';
import type { Platform } from '#platform/context/index.ts';
import type { App } from '#platform/http/index.ts';

const answer = Type.Object({ status: Type.String() });

/** Whether the process lives, and whether it can serve. */
export function registerHealth(app: App, platform: Platform): void {
  app.get('/livez', { schema: { hide: true, response: { 200: answer } }, logLevel: 'silent' }, () => ({
    status: 'ok',
  }));
  app.get(
    '/readyz',
    { schema: { hide: true, response: { 200: answer, 503: answer } }, logLevel: 'silent' },
    async (_request, reply) => {
      try {
        await platform.database.ownerQuery('select 1');
        return { status: 'ok' };
      } catch {
        return reply.code(503).header('retry-after', '5').send({ status: 'database unreachable' });
      }
    },
  );
}
