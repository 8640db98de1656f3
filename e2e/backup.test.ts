import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApp } from '#testing/index.ts';

const COMMAND = join(import.meta.dirname, '../dist/server/cli.js');

interface Ended {
  status: number;
  stdout: string;
  stderr: string;
}

let dataDir: string;

/** Runs the command line on the data directory, and nothing else of this environment. */
function run(argv: string[], env: Record<string, string> = {}): Promise<Ended> {
  const options = { env: { PATH: process.env['PATH'] ?? '', DATA_DIR: dataDir, LOG_LEVEL: 'error', ...env } };
  return new Promise((resolve) => {
    execFile(process.execPath, [COMMAND, 'backup', ...argv], options, (error, stdout, stderr) => {
      resolve({ status: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'commandcenter-backup-'));
  const app = await startTestApp({ dataDir, env: { DATABASE_URL: '', REDIS_URL: '' } });
  await app.close();
});

afterAll(() => rm(dataDir, { recursive: true, force: true }));

describe('commandcenter backup, without a server', () => {
  test('makes a set, lists, shows, verifies and exports it', async () => {
    expect(JSON.parse((await run(['list', '--json'])).stdout)).toEqual([]);
    const created = await run(['create', '--json']);
    expect(created, created.stderr).toMatchObject({ status: 0 });
    const { name, rows, recipients } = JSON.parse(created.stdout);
    expect(rows).toBeGreaterThan(0);
    expect(recipients).toEqual([expect.stringMatching(/^age1/)]);
    expect((await stat(join(dataDir, 'backup-identity'))).mode & 0o777).toBe(0o600);

    const verified = await run(['verify', '--json']);
    expect(verified).toMatchObject({ status: 0 });
    expect(JSON.parse(verified.stdout)).toMatchObject({ set: name, held: true, rows });
    expect(JSON.parse((await run(['list', '--json'])).stdout)).toMatchObject([{ name, state: 'whole' }]);
    expect((await run(['show', name])).stdout).toContain('verified on');

    const file = join(dataDir, 'exported.tar');
    expect(await run(['export', name, file])).toMatchObject({ status: 0 });
    const listed = await new Promise<string>((resolve, reject) =>
      execFile('tar', ['tf', file], (error, stdout) => (error ? reject(error) : resolve(stdout))),
    );
    const files = await readdir(join(dataDir, 'backups', name), { recursive: true, withFileTypes: true });
    expect(listed.trim().split('\n')).toHaveLength(files.filter((entry) => entry.isFile()).length);
  });

  test('says with its exit status what went wrong', async () => {
    expect(await run(['show', '20200101T000000Z-000000'])).toMatchObject({ status: 3 });
    expect(await run(['verify'], { BACKUP_IDENTITY: 'nothing of age' })).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('BACKUP_IDENTITY'),
    });
    const url = 'postgres://nobody@127.0.0.1:1/none';
    const env = { DATABASE_URL: url, SECRET_KEY: '0'.repeat(64), DATA_DIR: join(dataDir, 'other') };
    expect(await run(['create'], env)).toMatchObject({
      status: 78,
      stderr: expect.stringContaining('BACKUP_RECIPIENTS'),
    });
    await rm(join(dataDir, 'other'), { recursive: true, force: true });
  });

  test('an open set can be read without a key', async () => {
    const { stdout } = await run(['create', '--plain', '--json']);
    const { folder, recipients } = JSON.parse(stdout);
    expect(recipients).toEqual([]);
    expect(JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'))).toMatchObject({
      format: 'commandcenter-backup',
    });
  });
});

describe('commandcenter backup, beside a server that holds the data', () => {
  test('the server makes the set and verifies it', async () => {
    const app = await startTestApp({ dataDir, env: { DATABASE_URL: '', REDIS_URL: '' } });
    try {
      const created = await run(['create', '--json']);
      expect(created, created.stderr).toMatchObject({ status: 0 });
      const set = JSON.parse(created.stdout);
      expect(set).toMatchObject({ state: 'whole', encrypted: true, verification: { held: true } });
      expect((await run(['show', set.name])).stdout).toContain('verified on');
      expect(await run(['create', '--plain'])).toMatchObject({ status: 3 });
    } finally {
      await app.close();
    }
  });
});
