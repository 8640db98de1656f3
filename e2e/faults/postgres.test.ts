import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  DATABASE,
  findPostgres,
  hasRedis,
  healthOf,
  type Installation,
  install,
  type People,
  type ProductProcess,
  partOf,
  signIn,
  told,
  until,
} from './installation.ts';
import { expectNothingLost, type LoadReport, startLoad } from './load.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

// Skipped where PostgreSQL or Redis are not installed; CI has them.
const possible = findPostgres() !== undefined && hasRedis();
/** Short times, so that a test sees them pass; see docs/configuration.md for the ordinary ones. */
const TIMES = { DATABASE_STATEMENT_TIMEOUT_SECONDS: '4', DATABASE_LOCK_TIMEOUT_SECONDS: '2' };

describe.skipIf(!possible)('PostgreSQL', () => {
  let installation: Installation;
  let server: ProductProcess;
  let people: People;
  let proxy: TcpProxy;

  beforeAll(async () => {
    installation = await install({
      env: TIMES,
      async databaseUrl(postgres) {
        proxy = await startTcpProxy(postgres.port);
        return postgres.url(DATABASE).replace(`:${postgres.port}`, `:${proxy.port}`);
      },
    });
    server = await installation.serve({}, ['--with-worker']);
    people = await signIn(installation, server);
  }, 60_000);
  afterAll(async () => {
    await installation?.close();
    await proxy?.close();
  });
  // Each test leaves a product that is well, without anybody having helped it.
  afterEach(() => told('it has healed', server, ({ status }) => status === 'ok'));

  /** Runs a fault under load; the answer tells what the callers saw from before it until after it. */
  async function under(fault: () => Promise<void>): Promise<LoadReport> {
    const load = startLoad(server, people);
    try {
      await sleep(500);
      await fault();
      const before = load.report.acknowledged.length;
      await sleep(1500);
      expect(load.report.acknowledged.length, 'it goes on by itself').toBeGreaterThan(before);
    } finally {
      await load.stop();
    }
    await expectNothingLost(installation, server, people, load.report);
    return load.report;
  }
  const codes = ({ failures }: LoadReport): string[] => Object.keys(failures).sort();
  const databaseIs = (status: string) => (health: Parameters<Parameters<typeof told>[2]>[0]) =>
    partOf(health, 'database')?.status === status;

  test('a restart under load costs no read', async () => {
    const report = await under(async () => {
      await installation.postgres.stop();
      await installation.postgres.start();
    });
    expect(report.reads.failed, JSON.stringify(report.failures)).toBe(0);
    // One change of each caller may have been under way.
    expect(report.writes.failed, JSON.stringify(report.failures)).toBeLessThanOrEqual(3);
  });

  test('kill -9 of the whole server loses nothing that was acknowledged', async () => {
    const report = await under(async () => {
      await installation.postgres.kill();
      await installation.postgres.start();
    });
    expect(report.reads.failed, JSON.stringify(report.failures)).toBeLessThanOrEqual(3);
    expect(report.writes.failed, JSON.stringify(report.failures)).toBeLessThanOrEqual(6);
  });

  test('cut connections cost no read, again and again', async () => {
    const report = await under(async () => {
      for (let n = 0; n < 15; n++) {
        await installation.postgres.query(
          "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'commandcenter'",
        );
        await sleep(100);
      }
    });
    expect(report.reads.failed, JSON.stringify(report.failures)).toBe(0);
    expect(report.writes.failed, JSON.stringify(report.failures)).toBeLessThanOrEqual(45);
  });

  // Fifteen seconds stand for a minute or an hour: nothing counts up meanwhile.
  test('a server that stays away is told in words, at once, and found again by itself', async () => {
    const report = await under(async () => {
      await installation.postgres.stop();
      await told('the database is away', server, databaseIs('down'));
      const ready = await fetch(`${server.url}/readyz`);
      expect([ready.status, ready.headers.get('retry-after')]).toEqual([503, '5']);
      expect(await healthOf(server)).toMatchObject({ httpStatus: 503, status: 'down' });
      expect((await fetch(`${server.url}/livez`)).status).toBe(200);
      await sleep(10_000);
      await installation.postgres.start();
      await told('it is back', server, databaseIs('up'));
    });
    expect(codes(report)).toContain('503 database-unavailable');
    expect(
      codes(report).filter((code) => !/^503 (database-unavailable|outcome-unknown)$/.test(code)),
    ).toEqual([]);
    expect(report.longestMs).toBeLessThan(8000);
  });

  test('a lock that somebody holds ends in a sentence; reading goes on', async () => {
    const report = await under(async () => {
      await installation.postgres.query(
        'begin; lock table technologies in exclusive mode; select pg_sleep(6); commit',
        DATABASE,
      );
    });
    expect(report.reads.failed).toBe(0);
    expect(codes(report)).toEqual(['503 database-locked']);
    // Each of three callers waits two seconds a time.
    expect(report.writes.failed).toBeLessThanOrEqual(12);
  });

  test('a slow network makes answers late and no failure', async () => {
    const report = await under(async () => {
      proxy.delay(150);
      await sleep(6000);
      const database = partOf(await healthOf(server), 'database') as unknown as { latencyMs: number };
      expect(database.latencyMs).toBeGreaterThan(250);
      proxy.delay(0);
    });
    expect(codes(report)).toEqual([]);
  });

  test('one that is far too slow is told as down, and requests end in time', async () => {
    const report = await under(async () => {
      proxy.delay(3000);
      await told('the database is too slow', server, databaseIs('down'));
      expect((await fetch(`${server.url}/readyz`)).status).toBe(503);
      proxy.delay(0);
      await told('it is quick again', server, databaseIs('up'));
    });
    expect(codes(report).filter((code) => !code.startsWith('503 '))).toEqual([]);
    expect(report.longestMs).toBeLessThan(20_000);
  });

  test('a read-only database takes no changes and says so; reading goes on', async () => {
    const report = await under(async () => {
      await installation.postgres.query('alter system set default_transaction_read_only = on');
      await installation.postgres.query('select pg_reload_conf()');
      await told('it is read-only', server, (health) =>
        /read-only/.test(partOf(health, 'database')?.problem ?? ''),
      );
      expect(await healthOf(server)).toMatchObject({ httpStatus: 200, status: 'degraded' });
      await installation.postgres.query('alter system reset default_transaction_read_only');
      await installation.postgres.query('select pg_reload_conf()');
      await told('it takes changes again', server, databaseIs('up'));
    });
    expect(report.reads.failed).toBe(0);
    expect(codes(report)).toEqual(['503 database-read-only']);
  });
});

/** A small filesystem of its own; undefined where this user may not mount one. */
async function mountSmallDisk(megabytes: number): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'commandcenter-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=755`, 'tmpfs', folder], {
      stdio: 'pipe',
    });
    return folder;
  } catch {
    await rm(folder, { recursive: true });
    return undefined;
  }
}
const disk = possible ? await mountSmallDisk(160) : undefined;

describe.skipIf(!possible)('the disk of PostgreSQL', () => {
  afterAll(async () => {
    if (!disk) return;
    execFileSync('umount', [disk]);
    await rm(disk, { recursive: true });
  });

  test('that is full takes no changes, is told, and is used again once there is space', async ({ skip }) => {
    if (!disk) return skip('a small filesystem can’t be mounted by this user');
    const settings = { max_wal_size: '32MB', min_wal_size: '32MB' };
    const installation = await install({ postgres: { parent: disk, settings } });
    try {
      const server = await installation.serve({}, ['--with-worker']);
      const people = await signIn(installation, server);
      const load = startLoad(server, people);
      await sleep(1000);
      const filler = join(disk, 'filler');
      execFileSync('sh', ['-c', `dd if=/dev/zero of=${filler} bs=64k 2>/dev/null; true`]);
      await told('the disk is full', server, (health) =>
        /full|can’t be reached|No answer/.test(partOf(health, 'database')?.problem ?? ''),
      );
      await sleep(1000);
      await rm(filler);
      const before = load.report.acknowledged.length;
      await until('changes are taken again', async () => load.report.acknowledged.length > before + 10);
      const report = await load.stop();
      expect(Object.keys(report.failures).every((code) => code.startsWith('503 '))).toBe(true);
      await expectNothingLost(installation, server, people, report);
    } finally {
      await installation.close();
    }
  }, 120_000);
});
