import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '#platform/ids/index.ts';
import { templateFolder } from '../../app/template.ts';
import { type Database, openDatabase, type Scope } from './index.ts';

let directory: string;
let database: Database;
const here: Scope = { projectId: newId(), role: 'owner' };
const elsewhere: Scope = { projectId: newId(), role: 'owner' };

async function addProject(scope: Scope): Promise<void> {
  await database.ownerQuery('insert into projects (id, slug, name) values ($1, $2, $2)', [
    scope.projectId,
    scope.projectId,
  ]);
}

function addActivity(scope: Scope, action: string): Promise<unknown> {
  return database.transaction(scope, (tx) =>
    tx.execute(sql`insert into activity (id, actor_kind, actor_id, actor_name, action, subject_kind, subject_id)
      values (${newId()}, 'owner', 'o', 'O', ${action}, 'test', '1')`),
  );
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'commandcenter-database-'));
  database = await openDatabase({ directory: join(directory, 'postgres'), template: templateFolder });
  await addProject(here);
  await addProject(elsewhere);
});

afterAll(async () => {
  await database.close();
  await rm(directory, { recursive: true, force: true });
});

describe('isolation', () => {
  test('a transaction sees and writes its own project only', async () => {
    await addActivity(here, 'mine');
    await addActivity(elsewhere, 'theirs');
    const seen = await database.transaction(here, (tx) =>
      tx.execute<{ action: string }>(sql`select action from activity`),
    );
    expect(seen.rows.map((row) => row.action)).toEqual(['mine']);
    const stolen = database.transaction(here, (tx) =>
      tx.execute(sql`insert into jobs (id, project_id, kind, root_id, input)
        values (${newId()}, ${elsewhere.projectId}, 'k', ${newId()}, '{}')`),
    );
    await expect(stolen).rejects.toMatchObject({ cause: { code: '42501' } });
  });

  test('a viewer reads and cannot write, whatever the code above forgets', async () => {
    await expect(addActivity({ ...here, role: 'viewer' }, 'no')).rejects.toMatchObject({
      cause: { code: '42501' },
    });
  });

  test('the activity log can be added to and never changed', async () => {
    const change = database.transaction(here, (tx) => tx.execute(sql`update activity set action = 'forged'`));
    await expect(change).rejects.toMatchObject({ cause: { code: '42501' } });
    const removal = database.transaction(here, (tx) => tx.execute(sql`delete from activity`));
    await expect(removal).rejects.toMatchObject({ cause: { code: '42501' } });
  });

  test('every table with a project has row-level security', async () => {
    const { rows } = await database.ownerQuery(
      `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid
       where c.relkind = 'r' and a.attname = 'project_id' and not c.relrowsecurity`,
    );
    expect(rows).toEqual([]);
  });

  test('the role of the application owns no table and cannot bypass row-level security', async () => {
    const { rows } = await database.ownerQuery(
      "select rolsuper, rolbypassrls, (select count(*)::int from pg_class where relowner = r.oid) as owned from pg_roles r where rolname = 'commandcenter_app'",
    );
    expect(rows).toEqual([{ rolsuper: false, rolbypassrls: false, owned: 0 }]);
  });
});

describe('the one connection', () => {
  test('a transaction inside a transaction is refused instead of waiting for itself', async () => {
    const nested = database.transaction(here, () => database.transaction(here, async () => 'inner'));
    await expect(nested).rejects.toMatchObject({ code: 'nested-transaction' });
    const past = database.transaction(here, () => database.ownerQuery('select 1'));
    await expect(past).rejects.toMatchObject({ code: 'nested-transaction' });
  });

  test('concurrent transactions wait for each other and all succeed', async () => {
    const results = await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        database.transaction(
          here,
          async (tx) => (await tx.execute<{ n: number }>(sql`select ${n}::int as n`)).rows[0]?.n,
        ),
      ),
    );
    expect(results).toEqual(Array.from({ length: 50 }, (_, n) => n));
  });

  test('a failed transaction leaves nothing and the connection is usable', async () => {
    const failing = database.transaction(here, async (tx) => {
      await tx.execute(sql`create temporary table left_over (a int)`);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    await expect(database.ownerQuery("select to_regclass('left_over') as found")).resolves.toMatchObject({
      rows: [{ found: null }],
    });
  });

  test('what waits for the commit runs after it, and not after a rollback', async () => {
    const seen: string[] = [];
    await database.transaction(here, async () => database.afterCommit(() => void seen.push('committed')));
    await database
      .transaction(here, async () => {
        database.afterCommit(() => void seen.push('rolled back'));
        throw new Error('no');
      })
      .catch(() => {});
    expect(seen).toEqual(['committed']);
  });

  test('64-bit integers are numbers and large answers arrive whole', async () => {
    const { rows } = await database.ownerQuery(
      "select 5000000000::int8 as big, repeat('x', 3000000) as long",
    );
    expect(rows[0]?.['big']).toBe(5_000_000_000);
    expect(String(rows[0]?.['long'])).toHaveLength(3_000_000);
  });

  test('a long query does not stop the event loop', async () => {
    let longest = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 5);
    const begin = performance.now();
    await database.ownerQuery(
      'select count(*) from generate_series(1, 3000000) a where md5(a::text) like $1',
      ['0000%'],
    );
    const duration = performance.now() - begin;
    clearInterval(timer);
    expect(longest).toBeLessThan(duration / 2);
  });
});

describe('durability', () => {
  test('fsync is on, by a method that reaches the disk', async () => {
    const { rows } = await database.ownerQuery(
      "select current_setting('fsync') as fsync, current_setting('wal_sync_method') as method",
    );
    expect(rows).toEqual([{ fsync: 'on', method: 'fsync' }]);
  });

  const strace = existsSync('/usr/bin/strace');
  test.skipIf(!strace)(
    'each commit syncs the log to disk (seen by strace; skipped where it is not installed)',
    async () => {
      const child = join(import.meta.dirname, 'fixtures', 'commit-rows.ts');
      const target = join(directory, 'strace', 'postgres');
      const log = join(directory, 'strace.log');
      execFileSync(
        'strace',
        ['-f', '-e', 'trace=fdatasync', '-o', log, process.execPath, child, target, '50'],
        {
          stdio: 'pipe',
          timeout: 60_000,
        },
      );
      const syncs = (await readFile(log, 'utf8'))
        .split('\n')
        .filter((line) => line.includes('fdatasync(') && line.includes('= 0'));
      expect(syncs.length).toBeGreaterThanOrEqual(50);
    },
  );

  test('what was acknowledged before a kill -9 is there after it', async () => {
    const target = join(directory, 'killed', 'postgres');
    const child = spawn(
      process.execPath,
      [join(import.meta.dirname, 'fixtures', 'commit-rows.ts'), target, '100000'],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    let acknowledged = 0;
    await new Promise<void>((resolve) => {
      child.stdout.on('data', (chunk: Buffer) => {
        acknowledged = Number(chunk.toString().trim().split('\n').at(-1));
        if (acknowledged > 200) child.kill('SIGKILL');
      });
      child.on('exit', () => resolve());
    });
    const again = await openDatabase({ directory: target });
    const { rows } = await again.ownerQuery('select max(n) as n from numbers');
    await again.close();
    expect(rows[0]?.['n']).toBeGreaterThanOrEqual(acknowledged);
  });
});
