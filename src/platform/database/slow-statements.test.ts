import { setTimeout as sleep } from 'node:timers/promises';
import { type SQL, sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { loadConfig } from '#platform/config/index.ts';
import { type Database, openDatabase } from '#platform/database/index.ts';
import { newId } from '#platform/ids/index.ts';
import { createLogger, createMetrics } from '#platform/telemetry/index.ts';
import { findPostgres, type PostgresServer, startPostgres } from '#testing/postgres-server.ts';

interface SlowLine {
  msg: string;
  statement: string;
  durationMs: number;
  plan?: string[];
}

// Skipped where PostgreSQL is not installed; CI has it.
describe.skipIf(!findPostgres())('slow statements', () => {
  let postgres: PostgresServer;
  let database: Database;
  let lines: SlowLine[];
  const projectId = newId();
  const scope = { projectId, role: 'owner' as const };
  let number = 0;

  beforeAll(async () => {
    postgres = await startPostgres({});
  });
  afterAll(() => postgres.close());
  beforeEach(async () => {
    number += 1;
    lines = [];
    await postgres.query(`create database slow_${number}`);
    const log = createLogger('warn', { write: (line) => void lines.push(JSON.parse(line)) });
    database = await openDatabase(
      { url: postgres.url(`slow_${number}`), settings: loadConfig({ DATABASE_POOL_SIZE: '3' }) },
      { watch: { log, metrics: createMetrics('1'), slowQueryMs: 300 } },
    );
    await database.ownerQuery("insert into projects (id, slug, name) values ($1, 'p', 'P')", [projectId]);
    lines.length = 0;
  });
  afterEach(() => database.close());

  const run = (statement: SQL) => database.transaction(scope, (tx) => tx.execute(statement));
  const slowSelect = (action: string, seconds = 0.4): SQL =>
    sql`select id, pg_sleep(${seconds}::float8) from activity where action = ${action} union all select null, pg_sleep(${seconds}::float8)`;
  const told = async (count = 1): Promise<SlowLine[]> => {
    for (let tries = 0; tries < 100 && lines.length < count; tries++) await sleep(50);
    return lines;
  };

  test('are logged with the plan for any values, and without the values', async () => {
    await run(slowSelect('a-secret-value'));
    const [line] = await told();
    expect(line).toMatchObject({ level: 'warn', msg: 'slow query' });
    expect(line?.durationMs).toBeGreaterThanOrEqual(300);
    expect(line?.statement).toContain('where action = $2');
    expect(line?.plan?.join('\n')).toContain('activity');
    // The plan is the one under the role and the policies of the request.
    expect(line?.plan?.join('\n')).toContain('project_id = $0');
    expect(JSON.stringify(line)).not.toContain('a-secret-value');
  });

  test('are logged once for each shape, whatever their values and however many', async () => {
    const list = (n: number) =>
      sql`select pg_sleep(0.4), ${sql.join(
        Array.from({ length: n }, (_, i) => sql`${i}::int`),
        sql`, `,
      )}`;
    await run(sql`select pg_sleep(0.4) where 1 in (${sql.join([sql`${1}::int`, sql`${2}::int`], sql`, `)})`);
    await told(1);
    await run(slowSelect('one'));
    await run(slowSelect('two'));
    await told(2);
    await run(list(2));
    await told(3);
    await sleep(300);
    expect(lines.length).toBe(3);
  });

  test('a change is explained without being made again', async () => {
    await database.transaction(scope, (tx) =>
      tx.execute(sql`insert into activity (id, actor_kind, actor_id, actor_name, action, subject_kind, subject_id)
        select ${newId()}::uuid, 'system', 'o', pg_sleep(0.4)::text, ${'slow'}, 'test', '1'`),
    );
    const [line] = await told();
    expect(line?.plan?.[0]).toContain('Insert on activity');
    const { rows } = await run(sql`select count(*)::int as n from activity where action = 'slow'`);
    expect(rows[0]).toEqual({ n: 1 });
  });

  test('nobody waits for a plan: without a free connection the statement is told alone', async () => {
    await Promise.all(['one', 'two', 'three'].map((action) => run(slowSelect(action, 0.5))));
    await told(1);
    await sleep(500);
    expect(lines.length).toBe(1);
    expect((await run(sql`select 1 as n`)).rows).toEqual([{ n: 1 }]);
  });

  test('one that ends in an error is told too, and the connection works on', async () => {
    const slow = run(sql`select pg_sleep(0.4), 1 / (random() * 0)::int`);
    await expect(slow).rejects.toThrow();
    const [line] = await told();
    expect(line?.statement).toContain('pg_sleep');
    const answers = await Promise.all(Array.from({ length: 6 }, () => run(sql`select 1 as n`)));
    expect(answers.map(({ rows }) => rows[0]?.['n'])).toEqual([1, 1, 1, 1, 1, 1]);
  });

  test('a fast one is not', async () => {
    await run(sql`select 1`);
    await sleep(200);
    expect(lines).toEqual([]);
  });
});
