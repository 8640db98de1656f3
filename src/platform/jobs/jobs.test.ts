import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createCache } from '#platform/cache/index.ts';
import { systemClock } from '#platform/clock/index.ts';
import { loadConfig } from '#platform/config/index.ts';
import { type Context, createContext, type Platform } from '#platform/context/index.ts';
import { openDatabase } from '#platform/database/index.ts';
import { appError } from '#platform/errors/index.ts';
import { createEvents } from '#platform/events/index.ts';
import { newId } from '#platform/ids/index.ts';
import { createRedisConnections } from '#platform/redis/index.ts';
import { createMetrics } from '#platform/telemetry/index.ts';
import { templateFolder } from '../../app/template.ts';
import {
  cancelJob,
  createJobs,
  defineJob,
  emitEvent,
  getJob,
  type Job,
  type JobDefinition,
  listJobs,
  retryJob,
  startJob,
} from './index.ts';
import { deleteEnded, selectUndispatched } from './queue-store.ts';

let dataDir: string;
const cleanups: (() => Promise<void>)[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'commandcenter-jobs-'));
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  await rm(dataDir, { recursive: true, force: true });
});

const defaults = { retryLimit: 1, timeoutSeconds: 30 };

/** A platform with nothing but a database and the given jobs. */
async function startPlatform(
  definitions: JobDefinition[],
): Promise<{ context: Context; stop: () => Promise<void> }> {
  const database = await openDatabase({ directory: join(dataDir, 'postgres'), template: templateFolder });
  const jobs = createJobs(definitions);
  const log = pino({ level: 'silent' });
  const redis = createRedisConnections({ config: loadConfig({}), log });
  const parts = {
    config: loadConfig({}),
    log,
    metrics: createMetrics('test'),
    events: createEvents({ redis, prefix: '', alone: true, log }),
    cache: createCache({ redis, prefix: '', alone: true, log }),
    clock: systemClock,
    database,
    jobs,
  };
  const platform = parts as unknown as Platform;
  await database.ownerQuery(
    "insert into projects (id, slug, name) values ($1, 'p', 'P') on conflict do nothing",
    [newId()],
  );
  const { rows } = await database.ownerQuery('select id from projects');
  await jobs.start(platform, { work: true });
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopped ??= jobs.stop().then(() => database.close());
    return stopped;
  };
  cleanups.push(stop);
  const actor = { kind: 'user', id: 'o', name: 'O' } as const;
  return {
    context: createContext(platform, { projectId: String(rows[0]?.['id']), role: 'owner', actor }),
    stop,
  };
}

async function ended(context: Context, id: string): Promise<Job> {
  for (;;) {
    const job = await getJob(context, id);
    if (job.state !== 'queued' && job.state !== 'running') return job;
    await sleep(30);
  }
}

const start = <I extends object>(context: Context, definition: JobDefinition<I>, input: I): Promise<Job> =>
  context.transaction((tx) => startJob(context, tx, definition, input));

test('a job runs, reports progress and keeps its result', async () => {
  const work = defineJob({
    ...defaults,
    kind: 'test.work',
    async run(_context, input: { n: number }, job) {
      job.progress({ phase: 'counting', done: 1, total: 2 });
      return { doubled: input.n * 2 };
    },
  });
  const { context } = await startPlatform([work]);
  const job = await ended(context, (await start(context, work, { n: 21 })).id);
  expect(job).toMatchObject({
    state: 'succeeded',
    result: { doubled: 42 },
    progress: { phase: 'counting', done: 1 },
  });
});

test('an unexpected error is tried again, and the last one is kept without its internals', async () => {
  const attempts: number[] = [];
  const work = defineJob({
    ...defaults,
    kind: 'test.flaky',
    async run(_context, input: { failures: number }, job) {
      attempts.push(job.attempt);
      if (job.attempt <= input.failures) throw new Error('secret detail');
    },
  });
  const { context } = await startPlatform([work]);
  expect(await ended(context, (await start(context, work, { failures: 1 })).id)).toMatchObject({
    state: 'succeeded',
    attempt: 2,
  });
  const failed = await ended(context, (await start(context, work, { failures: 9 })).id);
  expect(failed).toMatchObject({ state: 'failed', problem: { code: 'unexpected' } });
  expect(JSON.stringify(failed)).not.toContain('secret detail');
  expect(attempts).toEqual([1, 2, 1, 2]);
}, 60_000);

test('an explained failure is final at once, and a person can retry it', async () => {
  const work = defineJob({
    ...defaults,
    kind: 'test.refuse',
    run: async () => {
      throw appError('not-a-repository', 422, 'That folder is not a repository.', {
        remedy: 'Choose another.',
      });
    },
  });
  const { context } = await startPlatform([work]);
  const job = await ended(context, (await start(context, work, {})).id);
  expect(job).toMatchObject({
    state: 'failed',
    attempt: 1,
    problem: {
      code: 'not-a-repository',
      message: 'That folder is not a repository.',
      remedy: 'Choose another.',
    },
  });
  const again = await retryJob(context, job.id);
  expect(again.id).not.toBe(job.id);
  await ended(context, again.id);
});

test('a running job is cancelled, and one that outlives its time is stopped', async () => {
  const wait = (kind: string, timeoutSeconds: number) =>
    defineJob({
      kind,
      retryLimit: 0,
      timeoutSeconds,
      run: (context) => sleep(30_000, null, { signal: context.signal }),
    });
  const patient = wait('test.patient', 30);
  const hasty = wait('test.hasty', 1);
  const { context } = await startPlatform([patient, hasty]);
  const job = await start(context, patient, {});
  while ((await getJob(context, job.id)).state !== 'running') await sleep(20);
  await cancelJob(context, job.id);
  expect(await ended(context, job.id)).toMatchObject({ state: 'cancelled' });
  expect(await ended(context, (await start(context, hasty, {})).id)).toMatchObject({
    state: 'failed',
    problem: { code: 'timed-out' },
  });
});

test('equal work that is unfinished stands for a new request', async () => {
  let runs = 0;
  const work = defineJob({
    ...defaults,
    kind: 'test.single',
    singletonKey: (input: { key: string }) => input.key,
    async run() {
      runs += 1;
      await sleep(300);
    },
  });
  const { context } = await startPlatform([work]);
  const [first, second, other] = await Promise.all([
    start(context, work, { key: 'a' }),
    start(context, work, { key: 'a' }),
    start(context, work, { key: 'b' }),
  ]);
  expect(second.id).toBe(first.id);
  expect(other.id).not.toBe(first.id);
  await Promise.all([first, other].map((job) => ended(context, job.id)));
  expect(runs).toBe(2);
});

test('an event starts the jobs that listen, in the family of the job that caused it, or not at all', async () => {
  const heard: unknown[] = [];
  const listener = defineJob({
    ...defaults,
    kind: 'test.listen',
    on: 'test.happened',
    run: async (_context, input: { n: number }) => void heard.push(input.n),
  });
  const { context } = await startPlatform([listener]);
  const rootId = newId();
  await context.transaction((tx) => emitEvent(context, tx, 'test.happened', { n: 1 }, { rootId }));
  await context
    .transaction(async (tx) => {
      await emitEvent(context, tx, 'test.happened', { n: 2 });
      throw new Error('rolled back');
    })
    .catch(() => {});
  const [job] = await listJobs(context, { root: rootId, limit: 10 });
  await ended(context, job?.id ?? '');
  expect(heard).toEqual([1]);
});

test('work that was queued or running when the process stopped begins again at the next start', async () => {
  let release = false;
  const work = defineJob({
    ...defaults,
    kind: 'test.resume',
    async run(context) {
      while (!release) await sleep(20, null, { signal: context.signal });
      return 'done';
    },
  });
  const before = await startPlatform([work]);
  const running = await start(before.context, work, {});
  const queued = await start(before.context, work, {});
  while ((await getJob(before.context, running.id)).state !== 'running') await sleep(20);
  await before.stop();
  release = true;
  const after = await startPlatform([work]);
  expect(await ended(after.context, running.id)).toMatchObject({ state: 'succeeded', result: 'done' });
  expect(await ended(after.context, queued.id)).toMatchObject({ state: 'succeeded' });
});

test('a job that was committed and never handed to the queue is found, and pruned a month after its end', async () => {
  const work = defineJob({ ...defaults, kind: 'test.lost', run: async () => 'done' });
  const { context } = await startPlatform([work]);
  const { database } = context.platform;
  const lost = newId();
  await database.ownerQuery(
    `insert into jobs (id, project_id, kind, root_id, input, created_at)
     values ($1, $2, 'test.lost', $1, '{}', now() - interval '1 minute')`,
    [lost, context.projectId],
  );
  expect(await selectUndispatched(database)).toEqual([
    { jobId: lost, projectId: context.projectId, kind: 'test.lost' },
  ]);
  await context.platform.jobs.dispatch('test.lost', { jobId: lost, projectId: context.projectId });
  expect(await selectUndispatched(database)).toEqual([]);
  await ended(context, lost);

  await deleteEnded(database);
  expect(await getJob(context, lost)).toMatchObject({ state: 'succeeded' });
  await database.ownerQuery("update jobs set finished_at = now() - interval '31 days'");
  await deleteEnded(database);
  await expect(getJob(context, lost)).rejects.toMatchObject({ code: 'not-found' });
});
