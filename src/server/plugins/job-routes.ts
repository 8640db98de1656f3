import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import type { Context } from '#platform/context/index.ts';
import { type App, decodeCursor, encodeCursor, pageOf, pageQuery } from '#platform/http/index.ts';
import {
  cancelJob,
  getJob,
  type Job,
  jobSchema,
  jobState,
  listJobs,
  retryJob,
} from '#platform/jobs/index.ts';

const POLL_MS = 300;
const KEEP_ALIVE_MS = 15_000;
const ended = (job: Job): boolean => job.state !== 'queued' && job.state !== 'running';

/** Jobs: what runs, how far it is, and how it ended. */
export async function jobRoutes(app: App): Promise<void> {
  const params = Type.Object({ id: Type.String() });
  const tags = ['jobs'];

  app.get(
    '/jobs',
    {
      schema: {
        tags,
        summary: 'List jobs, newest first',
        querystring: Type.Object({
          ...pageQuery,
          root: Type.Optional(Type.String({ format: 'uuid' })),
          kind: Type.Optional(Type.String()),
          state: Type.Optional(jobState),
          subject: Type.Optional(Type.String()),
        }),
        response: { 200: pageOf(jobSchema) },
      },
      config: { permission: 'viewer' },
    },
    async ({ context, query }) => {
      const { cursor, subject, limit, ...filter } = query;
      const before = cursor === undefined ? undefined : decodeCursor<string>(cursor);
      const items = await listJobs(context, { ...filter, subjectId: subject, before, limit: limit + 1 });
      const page = items.slice(0, limit);
      const last = page.at(-1);
      return { items: page, nextCursor: items.length > limit && last ? encodeCursor(last.id) : null };
    },
  );
  app.get(
    '/jobs/:id',
    {
      schema: { tags, summary: 'Get a job', params, response: { 200: jobSchema } },
      config: { permission: 'viewer' },
    },
    ({ context, params: { id } }) => getJob(context, id),
  );
  app.post(
    '/jobs/:id/cancel',
    {
      schema: { tags, summary: 'Ask a job to stop', params, response: { 200: jobSchema } },
      config: { permission: 'editor' },
    },
    ({ context, params: { id } }) => cancelJob(context, id),
  );
  app.post(
    '/jobs/:id/retry',
    {
      schema: {
        tags,
        summary: 'Run a failed or cancelled job again',
        params,
        response: { 202: Type.Object({ job: jobSchema }) },
      },
      config: { permission: 'editor' },
    },
    async ({ context, params: { id } }, reply) => reply.code(202).send({ job: await retryJob(context, id) }),
  );
  app.get(
    '/jobs/:id/events',
    {
      schema: { tags, summary: 'Follow a job to its end (server-sent events)', params },
      config: { permission: 'viewer' },
    },
    async ({ context, params: { id } }, reply) => {
      await streamJob(context, await getJob(context, id), reply);
      return reply;
    },
  );
}

/** Sends the job whenever it has changed; read from the database, so that any process can run it. */
async function streamJob(context: Context, first: Job, reply: FastifyReply): Promise<void> {
  reply.hijack();
  const headers = reply.getHeaders() as Record<string, string>;
  reply.raw.writeHead(200, { ...headers, 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  let sent = '';
  let sentAt = 0;
  for (let job = first; !context.signal.aborted && !context.platform.stopping.aborted; ) {
    const data = JSON.stringify(job);
    if (data !== sent) {
      reply.raw.write(`event: job\ndata: ${data}\n\n`);
      sent = data;
      sentAt = Date.now();
    } else if (Date.now() - sentAt > KEEP_ALIVE_MS) {
      reply.raw.write(': still here\n\n');
      sentAt = Date.now();
    }
    if (ended(job)) break;
    await sleep(POLL_MS);
    try {
      job = await getJob(context, job.id);
    } catch (error) {
      context.log.warn({ err: error }, 'job stream ended early');
      break;
    }
  }
  reply.raw.end();
}
