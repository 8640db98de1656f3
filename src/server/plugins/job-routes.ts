import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import type { Context } from '#platform/context/index.ts';
import { type App, decodeIdCursor, encodeCursor, pageOf, pageQuery } from '#platform/http/index.ts';
import {
  cancelJob,
  countJobs,
  dropJob,
  followJob,
  getJob,
  type Job,
  jobSchema,
  jobState,
  listJobs,
  retryJob,
} from '#platform/jobs/index.ts';

/** News may get lost, so it is looked in any case; where none arrive, often. */
const LOOK_MS = { connected: 3000, deaf: 300 };
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
      const before = decodeIdCursor(cursor);
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
  app.get(
    '/jobs/counts',
    {
      schema: {
        tags,
        summary: 'How many jobs wait, run, or have failed and want somebody to look',
        response: {
          200: Type.Object({ queued: Type.Integer(), running: Type.Integer(), failed: Type.Integer() }),
        },
      },
      config: { permission: 'viewer' },
    },
    ({ context }) => countJobs(context),
  );
  app.post(
    '/jobs/:id/drop',
    {
      schema: { tags, summary: 'Take a failed job off the list', params, response: { 200: jobSchema } },
      config: { permission: 'editor' },
    },
    ({ context, params: { id } }) => dropJob(context, id),
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
      config: { permission: 'viewer', stream: true },
    },
    async ({ context, params: { id } }, reply) => {
      // Answers what is wrong while there still is an answer to give.
      await getJob(context, id);
      await streamJob(context, id, reply);
      return reply;
    },
  );
}

/** Sends the job whenever it has changed. It is read from the database, so any process may run it. */
async function streamJob(context: Context, id: string, reply: FastifyReply): Promise<void> {
  const { events, stopping } = context.platform;
  const stop = AbortSignal.any([context.signal, stopping]);
  let wake = (): void => {};
  const unfollow = followJob(context, id, () => wake());
  reply.header('content-type', 'text/event-stream').header('cache-control', 'no-store').hijack();
  reply.raw.writeHead(200, reply.getHeaders() as Record<string, string>);
  let sent = '';
  let sentAt = 0;
  try {
    while (!stop.aborted) {
      // Before the reading, so that no news falls between the two.
      const changed = new Promise<void>((resolve) => {
        wake = resolve;
      });
      const job = await getJob(context, id);
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
      await waitFor(changed, events.connected ? LOOK_MS.connected : LOOK_MS.deaf, stop);
    }
  } catch (error) {
    if (!stop.aborted) context.log.warn({ err: error }, 'job stream ended early');
  }
  unfollow();
  reply.raw.end();
}

/** Waits for news, or for the time, or for the end. */
function waitFor(news: Promise<void>, ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      stop.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    stop.addEventListener('abort', done);
    void news.then(done);
  });
}
