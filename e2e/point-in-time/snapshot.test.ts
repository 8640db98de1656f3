import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  findPostgres,
  freePort,
  type PostgresServer,
  serverAccount,
  startPostgres,
} from '#testing/postgres-server.ts';
import { runs } from './programs.ts';
import { startWriter } from './writer.ts';

const SNAPSHOT_DATABASE = join(import.meta.dirname, '../../deploy/backup/snapshot-database');

/** A btrfs file system in a file; undefined where one can't be made or mounted. */
function mountBtrfs(): { folder: string; unmount(): void } | undefined {
  if (process.getuid?.() !== 0 || !findPostgres() || !runs('mkfs.btrfs', '--version')) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'commandcenter-btrfs-'));
  const mounted = join(folder, 'mounted');
  chmodSync(folder, 0o755);
  mkdirSync(mounted);
  const unmount = (): void => {
    // Lazily: a process that has just ended may hold it for a moment.
    if (runs('mountpoint', '-q', mounted)) execFileSync('umount', ['--lazy', mounted]);
    rmSync(folder, { recursive: true, force: true });
  };
  const image = join(folder, 'image');
  if (
    runs('truncate', '-s', '1G', image) &&
    runs('mkfs.btrfs', '-q', image) &&
    runs('mount', '-o', 'loop', image, mounted)
  ) {
    return { folder: mounted, unmount };
  }
  unmount();
  return undefined;
}

const btrfs = mountBtrfs();

describe.skipIf(!btrfs)('a snapshot of the file system', () => {
  let server: PostgresServer;
  const folder = btrfs?.folder ?? '';
  const data = join(folder, 'data');
  const snapshot = (...args: string[]) =>
    execFileSync(SNAPSHOT_DATABASE, args, { encoding: 'utf8', stdio: 'pipe' });
  const settings = () => [`host=${server.folder}`, `port=${server.port}`, 'user=owner'];

  beforeAll(async () => {
    server = await startPostgres({ parent: folder, settings: { fsync: 'on' } });
    // The data directory becomes a subvolume of its own.
    await server.stop();
    execFileSync('btrfs', ['subvolume', 'create', data], { stdio: 'ignore' });
    execFileSync('cp', ['-a', '--reflink=auto', `${server.folder}/data/.`, data]);
    const { uid = 0, gid = 0 } = serverAccount();
    execFileSync('sh', ['-c', `chown ${uid}:${gid} "$1" && chmod 700 "$1"`, 'sh', data]);
    rmSync(join(server.folder, 'data'), { recursive: true });
    execFileSync('ln', ['-s', data, join(server.folder, 'data')]);
    await server.start();
  });
  afterAll(async () => {
    await server?.close();
    btrfs?.unmount();
  });

  test('has every commit that was acknowledged before it, and a server starts on its copy beside the first', async () => {
    const writer = await startWriter(server.url(), 0);
    await writer.until(200);
    const before = writer.acknowledged.length;
    snapshot('take', data, join(folder, 'one'), ...settings());
    const after = writer.acknowledged.length;
    await writer.until(after + 100);
    await writer.stop();

    const copy = join(folder, 'copy');
    snapshot('copy', join(folder, 'one'), copy);
    const port = await freePort();
    const pgCtl = (...args: string[]) =>
      execFileSync(join(findPostgres() ?? '', 'pg_ctl'), args, {
        ...serverAccount(),
        cwd: folder,
        stdio: 'ignore',
      });
    pgCtl(
      'start',
      '-D',
      copy,
      '-w',
      '-l',
      join(copy, 'log'),
      '-o',
      `-p ${port} -k ${server.folder} -c listen_addresses=`,
    );
    const ask = (at: number) =>
      execFileSync(
        'psql',
        [
          '-XAtq',
          '-h',
          server.folder,
          '-p',
          String(at),
          '-U',
          'owner',
          '-d',
          'postgres',
          '-c',
          'SELECT count(*), max(id) FROM numbered',
        ],
        { encoding: 'utf8' },
      )
        .trim()
        .split('|')
        .map(Number);
    const [rows = 0, last = 0] = ask(port);
    pgCtl('stop', '-D', copy, '-m', 'fast', '-w');
    expect(rows).toBe(last);
    expect(rows).toBeGreaterThanOrEqual(before);
    // The one commit that was under way is in it or not.
    expect(rows).toBeLessThanOrEqual(after + 1);
    expect(ask(server.port)[0]).toBeGreaterThan(rows);
  });

  test('is refused where one snapshot would not hold everything, and leaves nothing behind', () => {
    execFileSync('btrfs', ['subvolume', 'create', join(data, 'within')], { stdio: 'ignore' });
    expect(() => snapshot('take', data, join(folder, 'two'), ...settings())).toThrow(
      /has subvolumes within it/,
    );
    execFileSync('btrfs', ['subvolume', 'delete', join(data, 'within')], { stdio: 'ignore' });
    expect(() => snapshot('take', data, join(folder, 'one'), ...settings())).toThrow(/is there already/);
    expect(() => snapshot('take', folder, join(folder, 'two'), ...settings())).toThrow(
      /is no data directory/,
    );
    expect(existsSync(join(folder, 'two'))).toBe(false);
  });
});
