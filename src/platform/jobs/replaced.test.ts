import { sql } from 'drizzle-orm';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createCache } from '#platform/cache/index.ts';
import { systemClock } from '#platform/clock/index.ts';
import { loadConfig } from '#platform/config/index.ts';
import { type Context, createContext, type Platform, recordActivity } from '#platform/context/index.ts';
import { type Database, openDatabase } from '#platform/database/index.ts';
import { openServerDatabases } from '#platform/database/replace/index.ts';
import { createEvents } from '#platform/events/index.ts';
import { newId } from '#platform/ids/index.ts';
import { createRedisConnections } from '#platform/redis/index.ts';
import { createMetrics } from '#platform/telemetry/index.ts';
import { findPostgres, type PostgresServer, startPostgres } from '#testing/postgres-server.ts';
import { createJobs, defineJob, installQueue, type JobDefinition, startJob } from './index.ts';

const log = pino({ level: 'silent' });
const projectId = newId();
const WAIT = { timeout: 120_000, interval: 100 };

// Skipped where PostgreSQL is not installed; CI has it.
describe.skipIf(!findPostgres())('a restore while work is under way', () => {
  let postgres: PostgresServer;
  let url: string;
  let database: Database;
  let count = 0;
  const ends: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres.close());
  beforeEach(async () => {
    count += 1;
    url = postgres.url(`live_${count}`);
    await postgres.query(`create database live_${count}`);
    database = await open(url);
    ends.push(() => database.close());
  });
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  const configOf = (at: string) =>
    loadConfig({ DATABASE_URL: at, SECRET_KEY: '0'.repeat(64), DATABASE_POOL_SIZE: '4' });

  async function open(at: string, definitions: JobDefinition[] = []): Promise<Database> {
    const opened = await openDatabase({ url: at, settings: configOf(at) });
    await installQueue(opened, definitions);
    await opened.ownerQuery(
      "insert into projects (id, slug, name) values ($1, 'p', 'P') on conflict do nothing",
      [projectId],
    );
    return opened;
  }

  /** Puts another database in the place of the living one, in which the same job stands as when a set was made. */
  async function replace(definition?: JobDefinition, id = ''): Promise<void> {
    const databases = await openServerDatabases(url);
    const incoming = `live_${count}_restore`;
    await databases.ensure(incoming);
    const restored = await open(postgres.url(incoming), definition ? [definition] : []);
    if (definition) {
      await restored.ownerQuery(
        `insert into jobs (id, project_id, root_id, kind, input, state, attempt, heartbeat_at)
         values ($1, $2, $1, $3, '{}', 'running', 1, 'epoch')`,
        [id, projectId, definition.kind],
      );
    }
    await restored.close();
    await databases.exchange({ incoming, outgoing: `live_${count}_before`, whileClosed: async () => {} });
    await databases.close();
  }

  async function work(definition: JobDefinition): Promise<Context> {
    const config = configOf(url);
    const redis = createRedisConnections({ config, log });
    const shared = { redis, prefix: '', alone: true, log };
    const jobs = createJobs([definition]);
    const parts = {
      ...{ config, log, clock: systemClock, database, jobs },
      events: createEvents(shared),
      cache: createCache(shared),
      metrics: createMetrics('test'),
    };
    const platform = parts as unknown as Platform;
    await jobs.start(platform, { work: true });
    ends.push(() => jobs.stop());
    return createContext(platform, { projectId, role: 'owner', actor: { kind: 'user', id: 'o', name: 'O' } });
  }

  test('what was begun for the one before writes nothing, in any way, and what begins now does', async () => {
    const scope = { projectId, role: 'owner', epoch: database.replacements() } as const;
    const insert = `insert into activity (id, at, actor_kind, actor_id, actor_name, action, subject_kind, subject_id)
      values (gen_random_uuid(), now(), 'system', 's', 'S', 'test.write', 'test', 't')`;
    const writing = [
      (at: typeof scope) => database.transaction(at, (tx) => tx.execute(sql.raw(insert))),
      (at: typeof scope) =>
        database.change(at, [{ name: 'write', text: insert, values: [], take: () => undefined }]),
    ];
    for (const write of writing) await write(scope);
    await replace();
    for (const write of writing)
      await expect(write(scope)).rejects.toMatchObject({ code: 'database-replaced', status: 409 });
    const left = async () =>
      (await database.ownerQuery('select count(*)::int as n from activity')).rows[0]?.['n'];
    expect(await left()).toBe(0);
    const now = { ...scope, epoch: database.replacements() };
    for (const write of writing) await write(now as typeof scope);
    expect(await left()).toBe(2);
  });

  test('a job that runs across it ends without a trace, and begins again where the restored state has it', async () => {
    const begun = vi.fn();
    const ended: Error[] = [];
    const definition = defineJob({
      kind: 'test.across',
      retryLimit: 3,
      timeoutSeconds: 120,
      async run(context, _input: Record<string, never>, job) {
        begun(job.attempt);
        try {
          if (job.attempt === 1) {
            // It neither asks whether it is to stop nor looks at the database before it writes.
            await vi.waitFor(() => expect(replacedAt).toBeGreaterThan(0), WAIT);
          }
          await context.transaction((tx) =>
            recordActivity(tx, context, {
              action: `test.attempt${job.attempt}`,
              subjectKind: 'test',
              subjectId: job.id,
            }),
          );
        } catch (error) {
          ended.push(error as Error);
          throw error;
        }
      },
    });
    let replacedAt = 0;
    const context = await work(definition);
    const { id } = await context.transaction((tx) => startJob(context, tx, definition, {}));
    await vi.waitFor(() => expect(begun).toHaveBeenCalledWith(1), WAIT);
    await replace(definition, id);
    replacedAt = Date.now();
    await vi.waitFor(() => expect(ended).toMatchObject([{ code: 'database-replaced' }]), WAIT);
    const stateOf = async () =>
      (await database.ownerQuery('select state, attempt from jobs where id = $1', [id])).rows[0];
    // The sweep of a worker finds it as it finds what a lost worker left.
    await vi.waitFor(async () => expect(await stateOf()).toEqual({ state: 'succeeded', attempt: 2 }), WAIT);
    const { rows } = await database.ownerQuery('select action from activity');
    expect(rows).toEqual([{ action: 'test.attempt2' }]);
    expect(begun).toHaveBeenCalledTimes(2);
  });
});
