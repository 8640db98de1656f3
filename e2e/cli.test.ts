import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BuiltServer, launcher, startBuiltServer } from '#testing/built-server.ts';
import { createTestRepository, type TestRepository } from '#testing/git-repository.ts';

let folder: string;
let repository: TestRepository;

interface Outcome {
  status: number;
  stdout: string;
  stderr: string;
}

/** Runs the real command line in its own process, on the given data directory. */
function run(dataDir: string, ...args: string[]): Promise<Outcome> {
  const env = {
    ...process.env,
    DATA_DIR: join(folder, dataDir),
    PORT: '0',
    COMMANDCENTER_URL: '',
    LOG_LEVEL: '',
  };
  return new Promise((resolve) => {
    execFile(
      launcher,
      args,
      { env, timeout: 120_000, maxBuffer: 32 * 1024 * 1024 },
      (error, stdout, stderr) => {
        resolve({ status: error ? Number(error.code) : 0, stdout, stderr });
      },
    );
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'commandcenter-cli-'));
  repository = await createTestRepository();
  const manifest = { name: 'shop', dependencies: { pg: '^8.11.0' } };
  await repository.commit({
    'package.json': `${JSON.stringify(manifest, null, 2)}\n`,
    'README.md': '# Shop\n\nThe shop keeps its orders in PostgreSQL because reports need joins.\n',
  });
});
afterAll(async () => {
  await repository.remove();
  await rm(folder, { recursive: true, force: true });
});

describe('without a server', () => {
  test('the loop runs in the command: track, evidence, radar, drift, ask', async () => {
    const tracked = await run('alone', 'track', repository.directory);
    expect(tracked.stderr).toContain('evidence.scan succeeded');
    expect(tracked).toMatchObject({ status: 0, stdout: expect.stringContaining('with evidence') });

    const evidence = await run('alone', 'evidence', 'postgresql', '--json');
    expect(JSON.parse(evidence.stdout)).toMatchObject([
      { technology: 'postgresql', packageName: 'pg', evidence: [{ path: 'package.json', line: 4 }] },
    ]);
    expect((await run('alone', 'radar')).stdout).toMatch(/unreviewed\s+PostgreSQL/);
    expect((await run('alone', 'radar', '--svg')).stdout).toMatch(/^<svg/);
    expect(await run('alone', 'drift')).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('package.json:4'),
    });

    const answer = await run('alone', 'ask', 'why does the shop keep orders in PostgreSQL?');
    expect(answer).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('because reports need joins'),
    });
    const none = await run('alone', 'ask', 'who won the chess tournament in Reykjavik?');
    expect(none).toMatchObject({ status: 1, stdout: expect.stringMatching(/not found in your documents/i) });
  });

  test('documents come from files and lines of JSON, and a wrong line is named', async () => {
    const lines = join(folder, 'notes.jsonl');
    await writeFile(lines, '{"externalId":"1","title":"Caching","text":"We cache sessions in Valkey."}\n');
    expect(await run('documents', 'ingest', lines, join(repository.directory, 'README.md'))).toMatchObject({
      status: 0,
    });
    expect((await run('documents', 'search', 'Valkey')).stdout).toContain('Caching');
    await writeFile(lines, 'not json\n');
    expect(await run('documents', 'ingest', lines)).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('notes.jsonl:1 is not JSON'),
    });
  });

  test('what is wrong is one sentence and a status of its own', async () => {
    expect(await run('errors', 'track', folder)).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('commandcenter: '),
    });
    expect(await run('errors', 'evidence', 'no-such-technology')).toMatchObject({ status: 3 });
    expect(await run('errors', 'no-such-command')).toMatchObject({ status: 2 });
    expect(await run('errors', 'login-link')).toMatchObject({ status: 69 });
  });
});

describe('with a server', () => {
  let server: BuiltServer;
  beforeAll(async () => {
    server = await startBuiltServer({
      ...process.env,
      DATA_DIR: join(folder, 'served'),
      LOG_LEVEL: 'info',
    });
  });
  afterAll(async () => {
    await server.stop();
  });

  test('start prints one link that signs in once, and keeps the token to its owner', async () => {
    expect(server.printed.match(/https?:/g)).toHaveLength(1);
    const answer = await fetch(server.link, { redirect: 'manual' });
    expect(answer.status).toBe(303);
    expect(answer.headers.get('set-cookie')).toContain('HttpOnly');
    expect((await stat(join(folder, 'served', 'owner-token'))).mode & 0o777).toBe(0o600);
  });

  test('commands use the server, which is the only one on its data', async () => {
    const second = await run('served', 'start');
    expect(second).toMatchObject({
      status: 69,
      stderr: expect.stringContaining(`process ${server.process.pid}`),
    });
    expect((await run('served', 'login-link')).stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/login\?code=/);
    expect(await run('served', 'track', repository.directory, '--json')).toMatchObject({ status: 0 });
    const token = (await readFile(join(folder, 'served', 'owner-token'), 'utf8')).trim();
    const listed = await fetch(`${server.url}/api/v1/repositories`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(await listed.json()).toMatchObject({ items: [{ state: 'ready' }] });
  });

  test('the web application and the API page are served from the build', async () => {
    for (const path of ['/', '/radar', '/api/docs/']) {
      const answer = await fetch(`${server.url}${path}`);
      expect(answer.status, path).toBe(200);
      expect(answer.headers.get('content-type'), path).toContain('text/html');
    }
  });

  test('doctor says what is well and what is not', async () => {
    const { findings } = JSON.parse((await run('served', 'doctor', '--json')).stdout) as {
      findings: { subject: string; status: string; sentence: string }[];
    };
    const data = findings.find(({ subject }) => subject === 'data-directory');
    expect(data?.sentence).toContain(`process ${server.process.pid}`);
    expect(findings.filter(({ status }) => status === 'problem')).toEqual([]);
  });
});
