import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Config, loadConfig } from '#platform/config/index.ts';
import { type Database, openDatabase, type Scope } from '#platform/database/index.ts';
import { newId } from '#platform/ids/index.ts';
import { findPostgres, type PostgresServer, startPostgres } from '#testing/postgres-server.ts';
import { applyMigrations, readMigrationPlan } from '../open.ts';

// Skipped where PostgreSQL is not installed; CI has it.
describe.skipIf(!findPostgres())('PostgreSQL', () => {
  let postgres: PostgresServer;
  let database: Database;
  const scope: Scope = { projectId: newId(), role: 'owner' };
  let number = 0;

  const settings = (env: Record<string, string> = {}): Config =>
    loadConfig({ DATABASE_POOL_SIZE: '4', DATABASE_STATEMENT_TIMEOUT_SECONDS: '2', ...env });
  const open = (url: string, env?: Record<string, string>): Promise<Database> =>
    openDatabase({ url, settings: settings(env) });
  const addActivity = (action: string, on: Database = database): Promise<unknown> =>
    on.transaction(scope, (tx) =>
      tx.execute(sql`insert into activity (id, actor_kind, actor_id, actor_name, action, subject_kind, subject_id)
        values (${newId()}, 'owner', 'o', 'O', ${action}, 'test', '1')`),
    );
  const countActivity = (action: string): Promise<number> =>
    database.transaction({ ...scope, readOnly: true }, async (tx) => {
      const { rows } = await tx.execute<{ n: number }>(
        sql`select count(*)::int as n from activity where action = ${action}`,
      );
      return rows[0]?.n ?? 0;
    });

  beforeAll(async () => {
    postgres = await startPostgres({ settings: { fsync: 'on', max_connections: '30' } });
  });
  afterAll(() => postgres.close());
  beforeEach(async () => {
    number += 1;
    await postgres.query(`create database product_${number}`);
    database = await open(postgres.url(`product_${number}`));
    await database.ownerQuery("insert into projects (id, slug, name) values ($1, 'p', 'P')", [
      scope.projectId,
    ]);
  });
  afterEach(() => database.close());

  test('the application works under a role that owns nothing, and sees one project', async () => {
    await addActivity('mine');
    const { rows } = await database.transaction(scope, (tx) =>
      tx.execute<{ role: string }>(sql`select current_user::text as role`),
    );
    expect(rows).toEqual([{ role: 'commandcenter_app' }]);
    const elsewhere = await database.transaction({ ...scope, projectId: newId() }, (tx) =>
      tx.execute(sql`select * from activity`),
    );
    expect(elsewhere.rows).toEqual([]);
  });

  test('a login that is no superuser can migrate and serve, if it may make roles', async () => {
    const fresh = await startPostgres();
    await fresh.query('create role plain login createrole');
    await fresh.query('create database product owner plain');
    const plain = await open(fresh.url('product').replace('owner@', 'plain@'));
    await plain.ownerQuery("insert into projects (id, slug, name) values ($1, 'p', 'P')", [scope.projectId]);
    await addActivity('plain', plain);
    await plain.identityTransaction((tx) => tx.execute(sql`select id from projects`));
    await plain.close();
    await fresh.close();
  });

  test('work under one name is done by one process at a time, and a failure frees it', async () => {
    const other = await open(postgres.url(`product_${number}`));
    const order: string[] = [];
    const first = database.withLock('index', async () => {
      order.push('first begins');
      await sleep(700);
      order.push('first ends');
    });
    await sleep(200);
    const second = other.withLock('index', async () => void order.push('second'));
    const elsewhere = other.withLock('another', async () => void order.push('another'));
    await Promise.all([first, second, elsewhere]);
    expect(order).toEqual(['first begins', 'another', 'first ends', 'second']);
    await expect(database.withLock('index', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await other.withLock('index', async () => {});
    await other.close();
  });

  describe('faults', () => {
    test('a restart between two reads is not noticed', async () => {
      await addActivity('before');
      await Promise.all(Array.from({ length: 8 }, () => countActivity('before')));
      await postgres.stop();
      await postgres.start();
      const counts = await Promise.all(Array.from({ length: 8 }, () => countActivity('before')));
      expect(counts).toEqual(Array.from({ length: 8 }, () => 1));
    });

    test('reads that come while the server restarts wait for it', async () => {
      await addActivity('here');
      await postgres.stop();
      const reading = Promise.all(Array.from({ length: 4 }, () => countActivity('here')));
      await sleep(300);
      await postgres.start();
      expect(await reading).toEqual([1, 1, 1, 1]);
    });

    test('a server that stays away is said so within a bounded time, and found again by itself', async () => {
      await postgres.kill();
      await expect(countActivity('x')).rejects.toMatchObject({ code: 'database-unavailable', status: 503 });
      await expect(addActivity('x')).rejects.toMatchObject({ code: 'database-unavailable' });
      await postgres.start();
      await addActivity('after');
      expect(await countActivity('after')).toBe(1);
    });

    test('what was acknowledged before a kill -9 of the server is there after it', async () => {
      let acknowledged = 0;
      const writer = (async () => {
        for (let n = 0; n < 500; n++) {
          await addActivity('acknowledged');
          acknowledged += 1;
        }
      })().catch(() => {});
      await sleep(300);
      await postgres.kill();
      await writer;
      await postgres.start();
      expect(acknowledged).toBeGreaterThan(0);
      expect(await countActivity('acknowledged')).toBeGreaterThanOrEqual(acknowledged);
    });

    test('a connection that is cut in the middle of a read costs nothing, of a change it is told', async () => {
      const cut = async (): Promise<unknown> =>
        postgres.query(
          "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'commandcenter' and pid <> pg_backend_pid()",
        );
      let tries = 0;
      const read = await database.transaction({ ...scope, readOnly: true }, async (tx) => {
        tries += 1;
        if (tries === 1) await cut();
        return (await tx.execute<{ n: number }>(sql`select 1 as n`)).rows[0]?.n;
      });
      expect([read, tries]).toEqual([1, 2]);
      const change = database.transaction(scope, async (tx) => {
        await cut();
        await tx.execute(sql`select 1`);
      });
      await expect(change).rejects.toMatchObject({ code: 'database-unavailable', status: 503 });
    });

    test('a statement that takes too long ends, and so does a wait for a lock', async () => {
      const slow = database.transaction(scope, (tx) => tx.execute(sql`select pg_sleep(10)`));
      await expect(slow).rejects.toMatchObject({ code: 'database-timeout', status: 503 });
      const impatient = await open(postgres.url(`product_${number}`), {
        DATABASE_LOCK_TIMEOUT_SECONDS: '1',
        DATABASE_STATEMENT_TIMEOUT_SECONDS: '30',
      });
      const holder = postgres.query(
        'begin; lock table activity; select pg_sleep(4); commit',
        `product_${number}`,
      );
      await sleep(300);
      await expect(addActivity('waits', impatient)).rejects.toMatchObject({ code: 'database-locked' });
      await holder;
      await impatient.close();
    });

    test('a frozen server does not hold a request for ever', async () => {
      await countActivity('warm');
      postgres.signal('SIGSTOP');
      const begin = performance.now();
      await expect(addActivity('frozen')).rejects.toMatchObject({ status: 503 });
      expect(performance.now() - begin).toBeLessThan(20_000);
      postgres.signal('SIGCONT');
      expect(await countActivity('warm')).toBe(0);
    });

    test.each([
      ['statement', 'database-timeout'],
      ['commit', 'outcome-unknown'],
    ])(
      'a %s that is given up, before the server is back for what follows, is told as it is',
      async (at, code) => {
        await countActivity('warm');
        const changed = database.transaction(scope, async (tx) => {
          if (at === 'statement') postgres.signal('SIGSTOP');
          await tx.execute(sql`select set_config('app.late', 'yes', true)`);
          postgres.signal('SIGSTOP');
        });
        // The driver gives up 2 s after the limit of a statement, which is 2 s here.
        setTimeout(() => postgres.signal('SIGCONT'), 4700);
        await expect(changed).rejects.toMatchObject({ status: 503, code });
      },
    );

    test('a database that takes no changes is said to be read-only; reading goes on', async () => {
      await postgres.query(`alter database product_${number} set default_transaction_read_only = on`);
      const standby = await openDatabase(
        { url: postgres.url(`product_${number}`), settings: settings() },
        { migrations: 'require' },
      );
      await expect(addActivity('no', standby)).rejects.toMatchObject({
        code: 'database-read-only',
        status: 503,
      });
      // Nothing is remembered: whoever asks the database is told at once when it takes changes again.
      expect(standby.trouble()).toBeUndefined();
      await standby.transaction(scope, (tx) => tx.execute(sql`select count(*) from activity`));
      await standby.close();
    });

    test('a pool without a free connection says so after its time', async () => {
      const small = await open(postgres.url(`product_${number}`), {
        DATABASE_POOL_SIZE: '2',
        DATABASE_CONNECT_TIMEOUT_SECONDS: '1',
        DATABASE_STATEMENT_TIMEOUT_SECONDS: '30',
      });
      const hold = () => small.transaction(scope, (tx) => tx.execute(sql`select pg_sleep(2.5)`));
      const held = [hold(), hold()];
      await sleep(200);
      await expect(hold()).rejects.toMatchObject({ code: 'database-busy', status: 503 });
      await Promise.all(held);
      await small.close();
    });

    test('a pool that PostgreSQL could never fill is refused at start', async () => {
      const opening = open(postgres.url(`product_${number}`), { DATABASE_POOL_SIZE: '60' });
      await expect(opening).rejects.toMatchObject({
        code: 'config-invalid',
        message: expect.stringContaining('DATABASE_POOL_SIZE'),
      });
    });
  });

  describe('migrations', () => {
    test('several processes at once apply each migration once', async () => {
      await postgres.query('create database together');
      const options = { url: postgres.url('together'), settings: settings() };
      const plan = await readMigrationPlan(options);
      const applied = await Promise.all([1, 2, 3].map(() => applyMigrations(options, () => {})));
      expect(applied.flat().sort()).toEqual(plan.pending.map(({ name }) => name).sort());
      expect((await readMigrationPlan(options)).pending).toEqual([]);
    });

    test('a server that is behind is refused by a process that does not migrate', async () => {
      await postgres.query('create database behind');
      const opening = openDatabase(
        { url: postgres.url('behind'), settings: settings() },
        { migrations: 'require' },
      );
      await expect(opening).rejects.toMatchObject({
        code: 'schema-pending',
        remedy: expect.stringContaining('commandcenter migrate'),
      });
    });

    test('a newer schema is never migrated, and served only if it is marked compatible', async () => {
      const options = { url: postgres.url(`product_${number}`), settings: settings() };
      const add = (version: number, breaking: boolean): Promise<unknown> =>
        database.ownerQuery("insert into schema_migrations values ($1, $2, 'x', now(), $3)", [
          version,
          `${version}_newer.sql`,
          breaking,
        ]);
      await add(9001, false);
      await expect(applyMigrations(options, () => {})).rejects.toMatchObject({ code: 'schema-newer' });
      await (await openDatabase(options, { migrations: 'require' })).close();
      await add(9002, true);
      await expect(openDatabase(options, { migrations: 'require' })).rejects.toMatchObject({
        code: 'schema-newer',
        message: expect.stringContaining('9002_newer.sql'),
      });
    });
  });
});
