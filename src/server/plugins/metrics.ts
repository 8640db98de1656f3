import type { Platform } from '#platform/context/index.ts';
import { appError, notFound } from '#platform/errors/index.ts';
import type { App } from '#platform/http/index.ts';
import { hasMonitoringToken } from './monitoring-token.ts';

/** `/metrics` for who has METRICS_TOKEN; without such a setting there is nothing here. */
export function registerMetrics(app: App, { metrics, config }: Platform): void {
  app.get('/metrics', { schema: { hide: true }, logLevel: 'silent' }, async (request, reply) => {
    if (config.metricsToken === undefined) throw notFound('page', '/metrics');
    if (!hasMonitoringToken(request, config.metricsToken)) {
      throw appError('not-signed-in', 401, 'The metrics need METRICS_TOKEN as a bearer token.');
    }
    const { contentType, text } = await metrics.render();
    return reply.type(contentType).send(text);
  });
}
