import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { generateX25519Identity } from 'age-encryption';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '#platform/config/index.ts';
import { createScratch, lockDataDirectory } from '#platform/database/index.ts';
import { newId } from '#platform/ids/index.ts';
import { findPostgres, type PostgresServer, startPostgres } from '#testing/postgres-server.ts';

const ROOT = join(import.meta.dirname, '..');
const NODE = [process.execPath, '--disable-warning=ExperimentalWarning', join(ROOT, 'dist/server/cli.js')];

/** The migrations of this version but the last: what an upgrade meets. */
async function earlierMigrations(): Promise<{ name: string; checksum: string }[]> {
  const names = (await readdir(join(ROOT, 'migrations'))).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.slice(0, -1).map(async (name) => {
      const text = await readFile(join(ROOT, 'migrations', name), 'utf8');
      return { name, checksum: createHash('sha256').update(text).digest('hex') };
    }),
  );
}

interface Outcome {
  status: number;
  stdout: string;
  stderr: string;
}

describe.each(['embedded', 'server'] as const)('an upgrade on the %s runtime', (runtime) => {
  const skip = runtime === 'server' && !findPostgres();
  let folder: string;
  let postgres: PostgresServer | undefined;
  let earlier: string[];
  let count = 0;

  beforeAll(async () => {
    if (skip) return;
    folder = await mkdtemp(join(tmpdir(), 'commandcenter-upgrade-'));
    const migrations = await earlierMigrations();
    earlier = migrations.map(({ name }) => name);
    let place: Parameters<typeof createScratch>[0] = { directory: join(folder, 'earlier') };
    if (runtime === 'server') {
      postgres = await startPostgres();
      await postgres.query('create role product login createdb createrole');
      await postgres.query('create database product owner product');
      const url = postgres.url('product').replace('owner@', 'product@');
      place = {
        server: { url, settings: loadConfig({ DATABASE_URL: url, SECRET_KEY: '1'.repeat(64) }) },
        database: 'earlier',
      };
    }
    const scratch = await createScratch(place, migrations);
    await scratch.complete([]);
    await scratch.query("insert into projects (id, slug, name) values ($1, 'one', 'Made before')", [newId()]);
    await scratch.close();
  });
  afterAll(async () => {
    await postgres?.close();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  /** An installation of the version before; what its processes get as environment. */
  async function install(more: Record<string, string> = {}): Promise<Record<string, string>> {
    count += 1;
    const dataDir = join(folder, `data-${count}`);
    await mkdir(dataDir);
    const env = { PATH: process.env['PATH'] ?? '', DATA_DIR: dataDir, ...more };
    if (runtime === 'embedded') {
      await cp(join(folder, 'earlier'), join(dataDir, 'postgres'), { recursive: true });
      return env;
    }
    await postgres?.query(`create database upgraded_${count} template earlier owner product`);
    const url = postgres?.url(`upgraded_${count}`).replace('owner@', 'product@') ?? '';
    const identity = await generateX25519Identity();
    return { DATABASE_URL: url, SECRET_KEY: '1'.repeat(64), BACKUP_IDENTITY: identity, ...env };
  }

  const run = (env: Record<string, string>, ...words: string[]): Promise<Outcome> =>
    new Promise((resolve) => {
      const [program = '', ...args] = [...NODE, ...words];
      execFile(program, args, { env, timeout: 150_000 }, (error, stdout, stderr) =>
        resolve({ status: error ? Number(error.code) : 0, stdout, stderr }),
      );
    });
  // biome-ignore lint/suspicious/noExplicitAny: the shape of a result is what tests assert.
  const list = async (env: Record<string, string>): Promise<any[]> =>
    JSON.parse((await run(env, 'backup', 'list', '--json')).stdout);
  const isPending = async (env: Record<string, string>): Promise<boolean> =>
    (await run(env, 'migrate', '--check')).status === 1;

  test.skipIf(skip)('saves the database as it was, and the set holds', async () => {
    const env = await install();
    const { status, stdout, stderr } = await run(env, 'migrate');
    expect({ status, stderr }).toMatchObject({ status: 0 });
    const [set, ...others] = await list(env);
    expect(others).toEqual([]);
    expect(set).toMatchObject({ state: 'whole', madeBefore: 'upgrade', encrypted: true });
    expect(stdout).toContain(`Safety copy: set ${set.name}`);
    expect(stdout.indexOf('Safety copy')).toBeLessThan(stdout.indexOf(': applying'));
    const manifest = JSON.parse(
      await readFile(join(env['DATA_DIR'] ?? '', 'backups', set.name, 'manifest.json'), 'utf8'),
    );
    expect(manifest.migrations.map(({ name }: { name: string }) => name)).toEqual(earlier);
    expect(await run(env, 'backup', 'verify', set.name)).toMatchObject({ status: 0 });
    expect(await isPending(env)).toBe(false);

    const again = await run(env, 'migrate');
    expect(again).toMatchObject({ status: 0, stdout: expect.stringContaining('Nothing was pending') });
    expect(await list(env)).toHaveLength(1);
  });

  test.skipIf(skip)('whose safety copy fails changes nothing and says what to do', async () => {
    const env = await install();
    const file = join(env['DATA_DIR'] ?? '', 'no-folder');
    await writeFile(file, '');
    const { status, stderr } = await run({ ...env, BACKUP_DIR: file }, 'migrate');
    expect({ status, stderr }).toMatchObject({ status: 3 });
    expect(stderr).toContain('Nothing was migrated, because its safety copy failed');
    expect(stderr).toContain('BACKUP_BEFORE_UPGRADE=off');
    expect(await isPending(env)).toBe(true);

    const without = await run({ ...env, BACKUP_DIR: file }, 'migrate', '--no-safety-copy');
    expect(without).toMatchObject({ status: 0, stdout: expect.stringContaining('No safety copy') });
    expect(await isPending(env)).toBe(false);
  });

  test.skipIf(skip)('that is told to go without one goes without', async () => {
    const env = await install({ BACKUP_BEFORE_UPGRADE: 'off' });
    const { status, stdout } = await run(env, 'migrate');
    expect({ status, stdout }).toMatchObject({ status: 0, stdout: expect.stringContaining('turned off') });
    expect(await list(env)).toEqual([]);
  });

  test.skipIf(skip || runtime === 'embedded')('with nobody to encrypt for says so and goes on', async () => {
    const { BACKUP_IDENTITY: _, ...env } = await install();
    const { status, stdout } = await run(env, 'migrate');
    expect({ status, stdout }).toMatchObject({ status: 0 });
    expect(stdout).toContain('No safety copy is made before the upgrade: neither BACKUP_RECIPIENTS');
    expect(await isPending(env)).toBe(false);
  });

  test.skipIf(skip)('waits for a backup that is being made', async () => {
    const env = await install();
    const lock = await lockDataDirectory(join(env['DATA_DIR'] ?? '', 'backups'));
    const [program = '', ...args] = [...NODE, 'migrate'];
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(child, 'exit');
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk;
    });
    while (!said.includes('it is waited for') && child.exitCode === null) await sleep(50);
    expect(said).not.toContain('applying');
    await lock.release();
    expect(await ended).toEqual([0, null]);
    expect(said).toContain('Safety copy: set');
  });

  test.skipIf(skip)('of a new database has nothing to save', async () => {
    const env = await install();
    if (runtime === 'embedded') await rm(join(env['DATA_DIR'] ?? '', 'postgres'), { recursive: true });
    else {
      await postgres?.query('create database new owner product');
      env['DATABASE_URL'] = env['DATABASE_URL']?.replace(/upgraded_\d+/, 'new') ?? '';
    }
    expect(await run(env, 'migrate')).toMatchObject({
      status: 0,
      stdout: expect.not.stringContaining('afety'),
    });
    expect(await list(env)).toEqual([]);
  });

  test.skipIf(skip)('by a start saves it too', async () => {
    const env = await install({ PORT: '0' });
    const [program = '', ...args] = [...NODE, 'start'];
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(child, 'exit');
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk;
    });
    while (!said.includes('is ready') && child.exitCode === null) await sleep(50);
    child.kill('SIGTERM');
    await ended;
    expect(said).toContain('Safety copy: set');
    expect(await list(env)).toMatchObject([{ madeBefore: 'upgrade', state: 'whole' }]);
  });
});
