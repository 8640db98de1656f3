import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import {
  type ReadActivity,
  readInstallationActivity,
  readProjectActivity,
} from '#platform/context/activity.ts';
import type { App } from '#platform/http/index.ts';
import { exportActivity, listActivityPage, toFilter } from './activity.ts';
import { activityPage, exportActivityQuery, listActivityQuery } from './activity-schema.ts';

const tags = ['activity'];

/** Who changed what, from where, before and after. The log is only read here: nothing can change it. */
export async function activityRoutes(app: App): Promise<void> {
  app.get(
    '/activity',
    {
      schema: {
        tags,
        summary: 'What was done in the project, newest first',
        querystring: listActivityQuery,
        response: { 200: activityPage },
      },
      config: { permission: 'viewer' },
    },
    ({ context, query }) => listActivityPage(readProjectActivity(context, toFilter(query)), query),
  );
  app.get(
    '/activity/export',
    {
      schema: {
        tags,
        summary: 'The project’s whole log as JSON lines',
        querystring: exportActivityQuery,
      },
      config: { permission: 'owner' },
    },
    ({ context, query }, reply) => sendLines(reply, readProjectActivity(context, toFilter(query))),
  );
  app.get(
    '/installation/activity',
    {
      schema: {
        tags,
        summary: 'What was done outside of projects: sign-ins, passwords, users',
        querystring: listActivityQuery,
        response: { 200: activityPage },
      },
      config: { permission: 'admin' },
    },
    ({ caller, query }) =>
      listActivityPage(readInstallationActivity(caller.platform.database, toFilter(query)), query),
  );
  app.get(
    '/installation/activity/export',
    {
      schema: {
        tags,
        summary: 'The installation’s whole log as JSON lines',
        querystring: exportActivityQuery,
      },
      config: { permission: 'admin' },
    },
    ({ caller, query }, reply) =>
      sendLines(reply, readInstallationActivity(caller.platform.database, toFilter(query))),
  );
}

function sendLines(reply: FastifyReply, read: ReadActivity): FastifyReply {
  return reply
    .type('application/x-ndjson')
    .header('content-disposition', 'attachment; filename="activity.jsonl"')
    .send(Readable.from(exportActivity(read)));
}
