import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findPostgres, type PostgresServer, startPostgres } from '#testing/postgres-server.ts';
import { openServerDatabases } from './server-databases.ts';

describe.skipIf(!findPostgres())('replacing a database (skipped where PostgreSQL is not installed)', () => {
  let postgres: PostgresServer;
  beforeAll(async () => {
    postgres = await startPostgres();
    await postgres.query(`create role product login createdb createrole; create role reader login`);
  });
  afterAll(() => postgres.close());

  const urlOf = (name: string, login = 'product'): string =>
    postgres.url(name).replace('owner@', `${login}@`);

  async function make(name: string): Promise<void> {
    await postgres.query(`create database ${name} owner product`);
    await postgres.query(`create table t (n int); insert into t values (1)`, name);
    await postgres.query('grant all on t to product', name);
  }

  test('clients that hammer it are let into the new one, and the old one is closed', async () => {
    await make('busy');
    const databases = await openServerDatabases(urlOf('busy'));
    await databases.ensure('busy_new');
    await postgres.query(
      `create table t (n int); insert into t values (2); grant all on t to product`,
      'busy_new',
    );
    const seen: number[] = [];
    let stop = false;
    const hammer = async (): Promise<void> => {
      const pool = new pg.Pool({ connectionString: urlOf('busy'), max: 3 });
      pool.on('error', () => {});
      pool.on('connect', (client) => client.on('error', () => {}));
      while (!stop) {
        await pool.query('select n from t').then(
          ({ rows }) => seen.push(rows[0].n),
          () => sleep(5),
        );
      }
      await pool.end();
    };
    const hammers = [hammer(), hammer(), hammer()];
    while (seen.length < 20) await sleep(10);
    let atSwap = 0;
    await databases.exchange({
      incoming: 'busy_new',
      outgoing: 'busy_old',
      async whileClosed() {
        atSwap = seen.length;
        await sleep(100);
      },
    });
    const end = Date.now() + 30_000;
    while (seen.length < atSwap + 50 && Date.now() < end) await sleep(10);
    stop = true;
    await Promise.all(hammers);
    expect(new Set(seen.slice(0, atSwap))).toEqual(new Set([1]));
    expect(new Set(seen.slice(atSwap))).toEqual(new Set([2]));
    await expect(postgres.query('select 1', 'busy_old')).rejects.toMatchObject({ code: '55000' });
    await databases.close();
  });

  test('when what has to happen while it is closed fails, everything is as it was', async () => {
    await make('kept');
    const databases = await openServerDatabases(urlOf('kept'));
    await databases.ensure('kept_new');
    const before = await databases.identify('kept');
    const failing = databases.exchange({
      incoming: 'kept_new',
      outgoing: 'kept_old',
      whileClosed: () => Promise.reject(new Error('no')),
    });
    await expect(failing).rejects.toThrow('no');
    expect(await databases.identify('kept')).toBe(before);
    expect(await databases.identify('kept_old')).toBeUndefined();
    expect(await postgres.query('select n from t', 'kept')).toEqual([{ n: 1 }]);
    await databases.close();
  });

  test('two at once are refused', async () => {
    await make('alone');
    const first = await openServerDatabases(urlOf('alone'));
    await expect(openServerDatabases(urlOf('alone'))).rejects.toMatchObject({ code: 'restore-under-way' });
    await first.close();
  });

  test('who lacks a right is told which', async () => {
    for (const text of [
      'create role poor login',
      'create database poor owner poor',
      'create database rich',
    ]) {
      await postgres.query(text);
    }
    const own = await openServerDatabases(urlOf('poor', 'poor'));
    await expect(own.ensure('poor_new')).rejects.toMatchObject({
      code: 'database-not-allowed',
      remedy: expect.stringContaining('CREATEDB'),
    });
    await own.close();
    const foreign = await openServerDatabases(urlOf('rich'));
    await postgres.query('create database rich_new owner product');
    const swapping = foreign.exchange({
      incoming: 'rich_new',
      outgoing: 'rich_old',
      whileClosed: async () => {},
    });
    await expect(swapping).rejects.toMatchObject({
      code: 'restore-not-permitted',
      remedy: expect.stringContaining('OWNER TO'),
    });
    await foreign.close();
  });

  test('a session that may not be ended keeps the swap from happening, and is named as the reason', async () => {
    await make('watched');
    const databases = await openServerDatabases(urlOf('watched'));
    await databases.ensure('watched_new');
    const superuser = new pg.Client({ connectionString: postgres.url('watched') });
    await superuser.connect();
    const swapping = databases.exchange({
      incoming: 'watched_new',
      outgoing: 'watched_old',
      whileClosed: async () => {},
    });
    await expect(swapping).rejects.toMatchObject({
      code: 'restore-not-permitted',
      remedy: expect.stringContaining('superuser'),
    });
    expect(await superuser.query('select n from t')).toMatchObject({ rows: [{ n: 1 }] });
    await superuser.end();
    await databases.close();
  });
});
