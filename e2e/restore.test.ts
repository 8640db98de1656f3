import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateX25519Identity } from 'age-encryption';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSet } from '#features/operations/index.ts';
import { loadConfig } from '#platform/config/index.ts';
import { openSnapshot } from '#platform/database/index.ts';
import { launcher, startBuiltServer } from '#testing/built-server.ts';
import {
  DATABASE,
  findPostgres,
  hasRedis,
  type Installation,
  install,
  type People,
  type ProductProcess,
  signIn,
  until,
} from './faults/installation.ts';

const hasScript = spawnSync('script', ['--version']).status === 0;

// Skipped where PostgreSQL or Redis are not installed; CI has them.
describe.skipIf(!(findPostgres() && hasRedis()))('a restore while the product serves', () => {
  let installation: Installation;
  let servers: ProductProcess[];
  let people: People;
  let sets: string;
  let name: string;

  beforeAll(async () => {
    sets = await mkdtemp(join(tmpdir(), 'commandcenter-sets-'));
    installation = await install({ env: { BACKUP_DIR: sets } });
    await installation.work();
    servers = [await installation.serve(), await installation.serve()];
    people = await signIn(installation, servers[0] as ProductProcess);
    await add('Kept since the set', 201);
    const url = installation.postgres.url(DATABASE);
    const config = loadConfig({
      DATABASE_URL: url,
      SECRET_KEY: '1'.repeat(64),
      DATA_DIR: join(installation.folder, 'data'),
      BACKUP_DIR: sets,
    });
    const takeSnapshot = (): ReturnType<typeof openSnapshot> => openSnapshot({ url, settings: config });
    ({ name } = await createSet({ config, version: '0.1.0', takeSnapshot, plain: true }));
    await add('Made after the set', 201);
  }, 180_000);
  afterAll(async () => {
    await installation?.close();
    if (sets) await rm(sets, { recursive: true, force: true });
  });

  const ask = (server: ProductProcess, path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${server.url}/api/v1${path}`, {
      ...init,
      headers: { authorization: `Bearer ${people.token}`, 'content-type': 'application/json' },
    });

  async function add(technology: string, status: number): Promise<void> {
    const body = JSON.stringify({ name: technology, kind: 'tool' });
    const made = await ask(servers[0] as ProductProcess, '/technologies', { method: 'POST', body });
    expect({ status: made.status, body: made.ok ? '' : await made.text() }).toEqual({ status, body: '' });
  }

  async function names(server: ProductProcess): Promise<string> {
    const answer = await ask(server, '/technologies?limit=100');
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    return answer.text();
  }

  const bothSay = (present: boolean): Promise<void> =>
    until(`both servers tell what is ${present ? 'there' : 'gone'}`, async () => {
      const said = await Promise.all(servers.map(names));
      return said.every(
        (text) => text.includes('Kept since the set') && text.includes('Made after the set') === present,
      );
    });

  /** Runs a command on a terminal of its own and answers what it asks; what was shown. */
  async function onTerminal(words: string, answer: string): Promise<string> {
    const env = {
      PATH: process.env['PATH'] ?? '',
      DATABASE_URL: installation.postgres.url(DATABASE),
      REDIS_URL: installation.redis.url,
      SECRET_KEY: '1'.repeat(64),
      DATA_DIR: join(installation.folder, 'data'),
      BACKUP_DIR: sets,
    };
    const child = spawn('script', ['-qec', `${launcher} ${words}`, '/dev/null'], { env });
    const ended = once(child, 'exit');
    let shown = '';
    child.stdout.on('data', (chunk: Buffer) => {
      const asked = shown.includes('[y/N]');
      shown += chunk;
      if (!asked && shown.includes('[y/N]')) child.stdin.write(answer);
    });
    await ended;
    return shown;
  }

  test('a dry run says what would be lost and changes nothing', async () => {
    await bothSay(true);
    const { status, stdout, stderr } = await installation.run(['restore', name, '--dry-run', '--json']);
    expect({ status, stderr }).toMatchObject({ status: 0 });
    const { tables } = JSON.parse(stdout);
    const technologies = tables.find(({ table }: { table: string }) => table === 'technologies');
    expect(technologies).toMatchObject({ lost: 1, back: 0 });
    await bothSay(true);
  }, 90_000);

  test('nobody is asked where nobody can answer: without --yes nothing happens', async () => {
    const { status, stderr } = await installation.run(['restore', '--latest', '--no-safety-copy']);
    expect({ status, stderr }).toMatchObject({ status: 3, stderr: expect.stringContaining('--yes') });
    await bothSay(true);
  }, 90_000);

  test('the same processes serve the restored state, and undo brings back the one before', async () => {
    const restored = await installation.run(['restore', name, '--yes', '--no-safety-copy', '--json']);
    expect(restored).toMatchObject({ status: 0 });
    // The restore has ended, so this is so at once and not only in the end.
    for (const server of servers) expect(await names(server)).not.toContain('Made after the set');
    await add('Made in the restored state', 201);
    await bothSay(false);
    const undone = await installation.run(['restore', '--undo', '--json']);
    expect(undone).toMatchObject({ status: 0 });
    expect(JSON.parse(undone.stdout).seconds).toBeLessThan(10);
    for (const server of servers) expect(await names(server)).toContain('Made after the set');
    for (const server of servers) expect(await names(server)).not.toContain('Made in the restored state');
    expect(servers.every(({ child }) => child.exitCode === null)).toBe(true);

    const { body } = await people.browser.request('GET', '/operations/timeline');
    expect(body.items.filter(({ kind }: { kind: string }) => kind === 'restore')).toMatchObject([
      { title: 'Restore undone', detail: null },
      { title: 'Restored from a backup', detail: name },
    ]);
  }, 180_000);

  test('the worker that ran before takes work of the restored state', async () => {
    expect(await installation.run(['restore', name, '--yes', '--no-safety-copy'])).toMatchObject({
      status: 0,
    });
    const path = join(import.meta.dirname, '..');
    const made = await ask(servers[1] as ProductProcess, '/repositories', {
      method: 'POST',
      body: JSON.stringify({ location: path }),
    });
    expect(made.status).toBe(201);
    const { job } = (await made.json()) as { job: { id: string } };
    await until(
      'a job ran in the restored database',
      async () => {
        const [row] = await installation.postgres.query(
          `select state from jobs where id = '${job.id}'`,
          DATABASE,
        );
        return row !== undefined && row['state'] !== 'queued';
      },
      undefined,
      90_000,
    );
  }, 180_000);

  test('a restore saves what it replaces, and that can be restored by its name', async () => {
    const keys = { BACKUP_IDENTITY: await generateX25519Identity() };
    await add('Made before the second restore', 201);
    const restored = await installation.run(['restore', name, '--yes'], keys);
    expect(restored).toMatchObject({ status: 0 });
    const [, saved] = /safety {3}set (\S+) holds what is replaced/.exec(restored.stdout) ?? [];
    expect(await names(servers[0] as ProductProcess)).not.toContain('Made before the second restore');

    const listed = JSON.parse((await installation.run(['backup', 'list', '--json'], keys)).stdout);
    expect(listed.find((set: { name: string }) => set.name === saved)).toMatchObject({
      state: 'whole',
      madeBefore: 'restore',
      encrypted: true,
    });
    // The newest is another one for whoever does not name it.
    const newest = await installation.run(['restore', '--latest', '--dry-run', '--json'], keys);
    expect(JSON.parse(newest.stdout)).toMatchObject({ set: name });
    const back = await installation.run(['restore', saved ?? '', '--yes', '--no-safety-copy'], keys);
    expect(back).toMatchObject({ status: 0 });
    for (const server of servers) expect(await names(server)).toContain('Made before the second restore');
  }, 240_000);

  test('without anybody to encrypt for nothing is replaced, and it is said how it can be', async () => {
    const { status, stderr } = await installation.run(['restore', name, '--yes']);
    expect({ status, stderr }).toMatchObject({
      status: 78,
      stderr: expect.stringContaining('BACKUP_RECIPIENTS'),
    });
    expect(await names(servers[0] as ProductProcess)).toContain('Made before the second restore');
  }, 90_000);

  test.skipIf(!hasScript)(
    'a person is shown what would be lost before being asked, and a no changes nothing',
    async () => {
      const shown = await onTerminal(`restore ${name} --no-safety-copy`, 'n\n');
      expect(shown).toMatch(/TABLE +NOW +IN THE SET +LOST +COMES BACK/);
      expect(shown).toMatch(/technologies +\d+ +\d+ +[1-9]/);
      expect(shown).toContain('Restore it? [y/N]');
      expect(shown).toContain('nobody agreed');
      expect(await names(servers[0] as ProductProcess)).toContain('Made before the second restore');
    },
    90_000,
  );

  test('without Redis a restore is refused: what it keeps would be served', async () => {
    const { status, stderr } = await installation.run(['restore', '--undo'], {
      REDIS_URL: 'redis://127.0.0.1:1',
    });
    expect({ status, stderr }).toMatchObject({ status: 69, stderr: expect.stringContaining('REDIS_URL') });
  }, 60_000);
});

test('on the embedded database it refuses while a server runs, and says how to stop that', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'commandcenter-embedded-'));
  const env = { PATH: process.env['PATH'] ?? '', DATA_DIR: dataDir, NO_COLOR: '1' };
  const server = await startBuiltServer(env);
  try {
    const refused = await new Promise<{ status: unknown; stderr: string }>((resolve) => {
      execFile(launcher, ['restore', '--undo'], { env }, (error, _stdout, stderr) =>
        resolve({ status: error?.code, stderr }),
      );
    });
    expect(refused).toEqual({ status: 69, stderr: expect.stringContaining(`kill ${server.process.pid}`) });
  } finally {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}, 60_000);
