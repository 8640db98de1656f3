import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BuiltServer, launcher, startBuiltServer } from '#testing/built-server.ts';

const TOKEN = 'a-token-of-monitoring-0123456789';
const WAIT_MS = 90_000;
const hasTerminal = existsSync('/usr/bin/script');

let dataDir: string;
let server: BuiltServer;

interface Outcome {
  status: number;
  stdout: string;
  stderr: string;
}

function run(args: string[], env: Record<string, string> = {}): Promise<Outcome> {
  const all = { ...process.env, DATA_DIR: dataDir, COMMANDCENTER_URL: '', LOG_LEVEL: '', ...env };
  return new Promise((resolve) => {
    execFile(launcher, args, { env: all, timeout: WAIT_MS }, (error, stdout, stderr) => {
      resolve({ status: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

async function until<T>(read: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  for (const end = Date.now() + WAIT_MS; ; await sleep(500)) {
    const value = await read();
    if (holds(value)) return value;
    if (Date.now() > end) throw new Error(`Not in time: ${JSON.stringify(value)}`);
  }
}

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'commandcenter-status-'));
  const env = { ...process.env, DATA_DIR: dataDir, METRICS_TOKEN: TOKEN };
  server = await startBuiltServer(env);
}, WAIT_MS);
afterAll(async () => {
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
}, WAIT_MS);

describe('status', { timeout: 3 * WAIT_MS }, () => {
  test('without a server says so, with exit status 69', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'commandcenter-none-'));
    expect(await run(['status'], { DATA_DIR: elsewhere })).toMatchObject({
      status: 69,
      stderr: expect.stringContaining('No server runs'),
    });
    expect((await run(['top', '--once'], { DATA_DIR: elsewhere })).status).toBe(69);
    await rm(elsewhere, { recursive: true });
  });

  test('a server that has told of itself is shown with its parts, and is well', async () => {
    const read = async () => JSON.parse((await run(['status', '--json'])).stdout);
    const found = await until(read, ({ processes }) => processes.length > 0);
    expect(found).toMatchObject({
      status: 'ok',
      version: expect.any(String),
      alerts: [],
      processes: [{ role: 'all', processId: server.process.pid }],
    });
    expect(found.components.map(({ name }: { name: string }) => name)).toContain('database');
    const table = await run(['status']);
    expect(table).toMatchObject({ status: 0, stdout: expect.stringMatching(/^CommandCenter \S+ is ok\./) });
    expect(table.stdout).toMatch(/database\s+up/);
  });

  test('what is wrong is said, with exit status 1', async () => {
    await mkdir(join(dataDir, 'backups'), { recursive: true });
    const failure = {
      at: new Date().toISOString(),
      step: 'copy',
      code: 'x',
      message: 'The place is away.',
      remedy: null,
    };
    await writeFile(join(dataDir, 'backups/operation.json'), JSON.stringify({ failures: { copy: failure } }));
    const told = await until(
      () => run(['status']),
      ({ status }) => status !== 0,
    );
    expect(told).toMatchObject({ status: 1, stdout: expect.stringContaining('The place is away.') });
    const alerted = await until(
      () => run(['status']),
      ({ stdout }) => stdout.includes('docs/runbooks/'),
    );
    expect(alerted.stdout).toContain('critical The step "copy" of the backup failed');
  });

  test('beside a server with a database of its own it asks with the token of monitoring, which reads and no more', async () => {
    const env = {
      DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none',
      SECRET_KEY: 'ab'.repeat(32),
      PORT: new URL(server.url).port,
    };
    const told = await run(['status', '--json'], { ...env, METRICS_TOKEN: TOKEN });
    expect(JSON.parse(told.stdout)).toMatchObject({ processes: [{ processId: server.process.pid }] });
    expect((await run(['status'], env)).stderr).toContain('session or a token');
    const headers = { authorization: `Bearer ${TOKEN}` };
    expect((await fetch(`${server.url}/api/v1/operations`, { headers })).status).toBe(200);
    expect((await fetch(`${server.url}/api/v1/backups`, { headers })).status).toBe(401);
    expect((await fetch(`${server.url}/api/v1/jobs`, { headers })).status).toBe(401);
  });
});

describe('top', { timeout: 3 * WAIT_MS }, () => {
  test('shows once what is answered how fast, by route', async () => {
    const read = async () => {
      for (let n = 0; n < 5; n++) await fetch(`${server.url}/api/v1/setup`);
      return JSON.parse((await run(['top', '--json'])).stdout);
    };
    const isSetup = ({ route }: { route: string }) => route === '/api/v1/setup';
    const told = await until(read, ({ requests }) => requests.routes.some(isSetup));
    expect(told.requests.routes.find(isSetup)).toMatchObject({
      method: 'GET',
      failed: 0,
      p99Ms: expect.any(Number),
    });
    const frame = await run(['top', '--once']);
    expect(frame.stdout).toMatch(/GET \/api\/v1\/setup\s+[\d.]+\s+[\d.]+ ms/);
    expect(frame.stdout).toMatch(/requests\/s/);
    expect((await run(['top', '--interval', '0'])).status).toBe(2);
  });

  test.skipIf(!hasTerminal)(
    'refreshes on a terminal until q, and leaves the terminal as it was (skipped without script(1))',
    async () => {
      const command = `stty rows 30 cols 120; ${launcher} top --interval 1`;
      const env = { ...process.env, DATA_DIR: dataDir, COMMANDCENTER_URL: '' };
      const child = spawn('script', ['-qec', command, '/dev/null'], {
        env,
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      let shown = '';
      child.stdout.on('data', (text: Buffer) => {
        shown += text.toString();
      });
      await until(
        async () => shown.split('CommandCenter ').length,
        (frames) => frames > 3,
      );
      child.stdin.write('q');
      const [code] = await once(child, 'exit');
      expect(code).toBe(0);
      expect(shown).toContain('\u001b[?1049h');
      expect(shown.trimEnd().endsWith('\u001b[?25h\u001b[?1049l')).toBe(true);
    },
  );
});
