import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { createCache } from '#platform/cache/index.ts';
import { systemClock } from '#platform/clock/index.ts';
import { loadConfig } from '#platform/config/index.ts';
import { type Context, createContext, type Platform } from '#platform/context/index.ts';
import { openDatabase } from '#platform/database/index.ts';
import { createEvents } from '#platform/events/index.ts';
import { newId } from '#platform/ids/index.ts';
import { createRedisConnections } from '#platform/redis/index.ts';
import { createMetrics } from '#platform/telemetry/index.ts';
import { findPostgres, type PostgresServer, startPostgres } from '#testing/postgres-server.ts';
import { hasRedis, type RedisServer, startRedis } from '#testing/redis-server.ts';
import {
  cancelJob,
  countJobs,
  createJobs,
  defineJob,
  dropJob,
  followJob,
  getJob,
  installQueue,
  type JobDefinition,
  readQueueState,
  retryJob,
  startJob,
} from './index.ts';

const log = pino({ level: 'silent' });
const defaults = { retryLimit: 0, timeoutSeconds: 120 };

interface Process {
  name: string;
  context: Context;
  stop(): Promise<void>;
}

// Several processes on one PostgreSQL and one Redis. Skipped where these are not installed; CI has them.
describe.skipIf(!findPostgres() || !hasRedis())('several processes', () => {
  let postgres: PostgresServer;
  let redisServer: RedisServer;
  let database = 0;
  let processes: Process[] = [];

  beforeAll(async () => {
    [postgres, redisServer] = [await startPostgres(), await startRedis()];
  });
  afterEach(async () => {
    await Promise.all(processes.map((one) => one.stop()));
    processes = [];
  });
  afterAll(async () => {
    await postgres.close();
    await redisServer.close();
  });

  /** Starts processes by name; the ones called `api…` only hand over jobs. */
  async function start(names: string[], definitions: (name: string) => JobDefinition[]): Promise<Process[]> {
    const url = postgres.url(`jobs_${++database}`);
    await postgres.query(`create database jobs_${database}`);
    const projectId = newId();
    for (const name of names) {
      const config = loadConfig({
        DATABASE_URL: url,
        SECRET_KEY: '0'.repeat(64),
        REDIS_URL: redisServer.url,
        DATABASE_POOL_SIZE: '4',
      });
      const opened = await openDatabase({ url, settings: config });
      await installQueue(opened);
      await opened.ownerQuery(
        "insert into projects (id, slug, name) values ($1, 'p', 'P') on conflict do nothing",
        [projectId],
      );
      const redis = createRedisConnections({ config, log });
      redis.open();
      const jobs = createJobs(definitions(name));
      const events = createEvents({ redis, prefix: `${database}:`, alone: false, log });
      const parts = {
        config,
        log,
        clock: systemClock,
        database: opened,
        jobs,
        events,
        cache: createCache({ redis, prefix: `${database}:`, alone: false, log }),
        metrics: createMetrics('test'),
      };
      const platform = parts as unknown as Platform;
      await vi.waitFor(() => expect(events.connected).toBe(true), 10_000);
      await jobs.start(platform, { work: !name.startsWith('api') });
      let stopped: Promise<void> | undefined;
      const stop = async (): Promise<void> => {
        await jobs.stop();
        await redis.close();
        await opened.close();
      };
      processes.push({
        name,
        context: createContext(platform, {
          projectId,
          role: 'owner',
          actor: { kind: 'user', id: 'o', name: 'O' },
        }),
        stop() {
          stopped ??= stop();
          return stopped;
        },
      });
    }
    return processes;
  }

  const begin = <I extends object>(one: Process | undefined, definition: JobDefinition<I>, input: I) => {
    if (!one) throw new Error('There is no such process.');
    return one.context.transaction((tx) => startJob(one.context, tx, definition, input));
  };
  const untilState = (
    one: Process | undefined,
    id: string,
    state: string,
    timeout = 15_000,
  ): Promise<unknown> =>
    vi.waitFor(async () => expect(await getJob((one as Process).context, id)).toMatchObject({ state }), {
      timeout,
      interval: 50,
    });

  test('what one process hands over another runs at once, and who follows it anywhere hears of it', async () => {
    const work = defineJob({ ...defaults, kind: 'test.work', run: async () => 'done' });
    const [api, otherApi] = await start(['api', 'api-2', 'worker'], () => [work]);
    const news = vi.fn();
    const times: number[] = [];
    for (let n = 0; n < 3; n++) {
      const before = performance.now();
      const job = await begin(api, work, {});
      if (otherApi) followJob(otherApi.context, job.id, news);
      await untilState(otherApi, job.id, 'succeeded');
      times.push(performance.now() - before);
    }
    // Without the news the queue is asked every two seconds.
    expect(Math.min(...times)).toBeLessThan(1500);
    await vi.waitFor(() => expect(news).toHaveBeenCalled());
  });

  test('a cancel reaches the process that runs the job', async () => {
    const work = defineJob({
      ...defaults,
      kind: 'test.long',
      run: ({ signal }) => sleep(60_000, undefined, { signal }),
    });
    const [api] = await start(['api', 'worker'], () => [work]);
    const job = await begin(api, work, {});
    await untilState(api, job.id, 'running');
    const before = performance.now();
    await cancelJob((api as Process).context, job.id);
    await untilState(api, job.id, 'cancelled');
    expect(performance.now() - before).toBeLessThan(4000);
  });

  test('what runs in a process that stops is handed back, and another takes it at once', async () => {
    const ran: string[] = [];
    const define = (name: string) =>
      defineJob({
        ...defaults,
        kind: 'test.handed',
        run: async ({ signal }) => {
          ran.push(name);
          if (ran.length === 1) await sleep(60_000, undefined, { signal });
        },
      });
    const [api, a, b] = await start(['api', 'a', 'b'], (name) => [define(name)]);
    const job = await begin(api, define('api'), {});
    await vi.waitFor(() => expect(ran).toHaveLength(1), 10_000);
    const before = performance.now();
    await (ran[0] === 'a' ? a : b)?.stop();
    await untilState(api, job.id, 'succeeded');
    expect(performance.now() - before).toBeLessThan(6000);
    expect(new Set(ran)).toEqual(new Set(['a', 'b']));
    expect(await getJob((api as Process).context, job.id)).toMatchObject({ attempt: 2, problem: null });
  });

  test('a job of a lost worker is taken over within half a minute; one that lives is left alone', async () => {
    let runs = 0;
    const live = defineJob({
      ...defaults,
      kind: 'test.live',
      run: async ({ signal }) => {
        runs += 1;
        await sleep(32_000, undefined, { signal });
      },
    });
    const lost = defineJob({ ...defaults, kind: 'test.lost', run: async () => 'after all' });
    const [a] = await start(['a', 'b'], () => [live, lost]);
    const { context } = a as Process;
    const living = await begin(a, live, {});
    const id = newId();
    const poison = newId();
    await context.platform.database.ownerQuery(
      `insert into jobs (id, project_id, kind, root_id, input, state, attempt, heartbeat_at)
       values ($1, $3, 'test.lost', $1, '{}', 'running', 1, now()), ($2, $3, 'test.lost', $2, '{}', 'running', 5, now())`,
      [id, poison, context.projectId],
    );
    await untilState(a, id, 'succeeded', 45_000);
    expect(await getJob(context, id)).toMatchObject({ attempt: 2, result: 'after all' });
    expect(await getJob(context, poison)).toMatchObject({
      state: 'failed',
      problem: { code: 'worker-lost' },
    });
    await untilState(a, living.id, 'succeeded', 45_000);
    expect(runs).toBe(1);
  }, 120_000);

  test('a worker that comes back after its job was taken over changes nothing', async () => {
    const work = defineJob({
      ...defaults,
      kind: 'test.slow',
      run: async (_context, _input, job) => {
        await sleep(1500);
        return job.attempt;
      },
    });
    const [a] = await start(['worker'], () => [work]);
    const { context } = a as Process;
    const job = await begin(a, work, {});
    await untilState(a, job.id, 'running');
    await context.platform.database.ownerQuery('update jobs set attempt = 7 where id = $1', [job.id]);
    await sleep(2500);
    expect(await getJob(context, job.id)).toMatchObject({ state: 'running', attempt: 7, result: null });
  });

  test('a failed job waits for a person, who retries or drops it', async () => {
    const work = defineJob({
      ...defaults,
      kind: 'test.fails',
      run: async () => {
        throw new Error('no');
      },
    });
    const [a] = await start(['worker'], () => [work]);
    const { context } = a as Process;
    const jobs = [await begin(a, work, {}), await begin(a, work, {})];
    for (const job of jobs) await untilState(a, job.id, 'failed');
    expect(await countJobs(context)).toEqual({ queued: 0, running: 0, failed: 2 });
    const dropped = await dropJob(context, (jobs[0] as { id: string }).id);
    expect(dropped).toMatchObject({ state: 'cancelled', problem: { code: 'unexpected' } });
    expect(await countJobs(context)).toMatchObject({ failed: 1 });
    await expect(dropJob(context, dropped.id)).rejects.toMatchObject({ code: 'job-not-failed' });
    const again = await retryJob(context, (jobs[1] as { id: string }).id);
    await untilState(a, again.id, 'failed');
    expect(await countJobs(context)).toEqual({ queued: 0, running: 0, failed: 1 });
  });

  test('a schedule runs once a time, however many workers there are', async () => {
    const ran: number[] = [];
    const work = defineJob({
      ...defaults,
      kind: 'test.cron',
      schedule: '* * * * *',
      run: async () => void ran.push(Date.now()),
    });
    const [a] = await start(['a', 'b', 'c'], () => [work]);
    await vi.waitFor(() => expect(ran.length).toBeGreaterThan(0), { timeout: 100_000, interval: 500 });
    await sleep(12_000);
    const { rows } = await (a as Process).context.platform.database.ownerQuery(
      "select date_trunc('minute', created_at) as minute, count(*)::int as n from jobs where kind = 'test.cron' group by 1",
    );
    expect(Math.max(...rows.map((row) => Number(row['n'])))).toBe(1);
  }, 150_000);

  test('health counts workers, and misses one that has gone without a word', async () => {
    const [a] = await start(['api', 'worker'], () => []);
    const { platform } = (a as Process).context;
    expect(await readQueueState(platform)).toMatchObject({ degraded: undefined, detail: { workers: 1 } });
    await platform.database.ownerQuery(
      "insert into workers (id, host, process_id, seen_at) values ($1, 'h', 1, now() - interval '20 seconds')",
      [newId()],
    );
    expect(await readQueueState(platform)).toMatchObject({
      degraded: expect.stringContaining('worker'),
      detail: { workers: 1, lostWorkers: 1 },
    });
    await processes[1]?.stop();
    expect(await readQueueState(platform)).toMatchObject({
      degraded: 'No worker is running, so background work waits.',
    });
  });
});
