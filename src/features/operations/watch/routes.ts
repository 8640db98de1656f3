import { Type } from 'typebox';
import type { App } from '#platform/http/index.ts';
import { overviewBody, requestsBody, timelineBody } from './schema.ts';

// What answers is loaded with the first question: a server's first answer waits for nothing of it.
const load = () => import('./index.ts');

/** How the installation is, for who looks after it. */
export async function watchRoutes(app: App): Promise<void> {
  const tags = ['operations'];
  const config = { permission: 'monitoring' } as const;
  app.get(
    '/operations',
    {
      schema: {
        tags,
        summary: 'How the installation is: health, objectives, alerts, processes, jobs and backups',
        response: { 200: overviewBody },
      },
      config,
    },
    async ({ visit }) => (await load()).readOverview(visit.platform),
  );
  app.get(
    '/operations/requests',
    {
      schema: {
        tags,
        summary: 'What was answered how fast by route, and the requests that were slow or failed',
        querystring: Type.Object({ seconds: Type.Integer({ minimum: 10, maximum: 3600, default: 60 }) }),
        response: { 200: requestsBody },
      },
      config,
    },
    async ({ visit, query }) => (await load()).readRequests(visit.platform, query.seconds),
  );
  app.get(
    '/operations/timeline',
    {
      schema: {
        tags,
        summary: 'What has happened to the installation: deploys, incidents, backups, restores and drills',
        querystring: Type.Object({ days: Type.Integer({ minimum: 1, maximum: 365, default: 30 }) }),
        response: { 200: timelineBody },
      },
      config,
    },
    async ({ visit, query }) => ({ items: await (await load()).readTimeline(visit.platform, query.days) }),
  );
}
