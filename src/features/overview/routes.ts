import { type App, sendJson } from '#platform/http/index.ts';
import { overviewSchema } from './schema.ts';
import { getOverview } from './service.ts';

/** The figures of the first page. */
export async function overviewRoutes(app: App): Promise<void> {
  app.get(
    '/overview',
    {
      schema: {
        tags: ['overview'],
        summary: 'What there is and what goes on',
        response: { 200: overviewSchema },
      },
      config: { permission: 'viewer' },
    },
    async ({ context }, reply) => sendJson(reply, JSON.stringify(await getOverview(context))),
  );
}
