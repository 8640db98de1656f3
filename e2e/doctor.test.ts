import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, chmod, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { launcher } from '#testing/built-server.ts';
import { hasOpenssl, overwrite } from '#testing/certificates.ts';
import { freePort } from '#testing/postgres-server.ts';
import {
  changedPaths,
  createProductionSite,
  type ProductionSite,
  snapshotFolder,
} from '#testing/production-site.ts';

let folder: string;

interface Outcome {
  status: number;
  stdout: string;
  stderr: string;
}

interface Answer {
  findings: {
    id: string;
    subject: string;
    status: 'ok' | 'warning' | 'problem';
    sentence: string;
    fixable: boolean;
    evidence?: Record<string, unknown>;
  }[];
  fixes: { finding: string; outcome: string }[];
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'commandcenter-doctor-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** What a command finds in its environment: nothing of the settings of whoever runs the tests. */
const environment = (variables: Record<string, string> = {}): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  HOME: process.env['HOME'],
  DATA_DIR: join(folder, 'data'),
  PORT: '0',
  ...variables,
});

/** Runs the real command in its own process. */
function doctor(argv: string[], variables: Record<string, string> = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    const options = { env: environment(variables), timeout: 120_000, maxBuffer: 32 * 1024 * 1024 };
    execFile(launcher, ['doctor', ...argv], options, (error, stdout, stderr) => {
      resolve({ status: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

const parse = ({ stdout }: Outcome): Answer => JSON.parse(stdout) as Answer;
const problems = ({ findings }: Answer): string[] =>
  findings.flatMap(({ id, status }) => (status === 'problem' ? [id] : []));

describe('doctor on a machine', () => {
  test('exits 0 if there is no problem, for people and for machines', async () => {
    const told = await doctor([]);
    expect(told).toMatchObject({ status: 0, stderr: '' });
    expect(told.stdout).toMatch(/^ok +Node 24/m);
    expect(told.stdout.trim()).toMatch(/0 problems, \d+ warnings?\.$/);
    const answer = parse(await doctor(['--json']));
    expect(answer.fixes).toEqual([]);
    for (const finding of answer.findings) {
      expect(finding).toMatchObject({
        id: expect.stringMatching(/^[a-z0-9-]+$/),
        subject: expect.stringMatching(/^[a-z-]+$/),
        status: expect.stringMatching(/^(ok|warning)$/),
        sentence: expect.stringMatching(/\.$/),
        fixable: false,
      });
    }
  });

  test('says what is wrong with the settings, where every other command ends with 78', async () => {
    const told = await doctor(['--json'], { PORT: 'http', DATABASE_URL: 'mysql://x' });
    expect(told.status).toBe(1);
    expect(problems(parse(told))).toContain('config-invalid');
    expect(parse(told).findings.length).toBeGreaterThan(5);
  });

  test('names the process that holds the port, and one that is free', async () => {
    const port = await freePort();
    const script = `require('node:net').createServer().listen(${port}, '127.0.0.1', () => console.log('listens'))`;
    const holder: ChildProcess = spawn(process.execPath, ['-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      if (holder.stdout) await once(holder.stdout, 'data');
      const told = await doctor(['--json'], { PORT: String(port) });
      expect(told.status).toBe(1);
      expect(parse(told).findings.find(({ id }) => id === 'port-taken')).toMatchObject({
        sentence: `Port ${port} is held by node (process ${holder.pid}).`,
        evidence: { port, pid: holder.pid, program: 'node', freePort: expect.any(Number) },
      });
    } finally {
      holder.kill();
    }
  });

  test('tells wrong usage apart', async () => {
    expect(await doctor(['--no-such-option'])).toMatchObject({ status: 2 });
  });

  test('ends soon though database, Redis and names do not answer', async () => {
    const begin = Date.now();
    const silent = await startSilentServer();
    try {
      const told = await doctor(['--json'], {
        DATABASE_URL: `postgres://product:x@127.0.0.1:${silent.port}/product`,
        REDIS_URL: `redis://127.0.0.1:${silent.port}`,
        SECRET_KEY: '9f4c2b7e1a0d8356'.repeat(4),
        MODEL_PROVIDER: 'openai-compatible',
        MODEL_NAME: 'm',
        MODEL_BASE_URL: 'http://nothing.invalid',
      });
      const found = ['database-unreachable', 'host-unresolved', 'redis-unreachable'];
      expect(problems(parse(told)).sort()).toEqual(found);
      // Some ten seconds; the rest is for a machine that does much else.
      expect(Date.now() - begin).toBeLessThan(40_000);
    } finally {
      silent.close();
    }
  });
});

/** Takes connections and never says a word. */
async function startSilentServer(): Promise<{ port: number; close: () => void }> {
  const { createServer } = await import('node:net');
  const server = createServer((socket) => socket.on('error', () => {}));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return { port: typeof address === 'object' && address ? address.port : 0, close: () => server.close() };
}

const hasTerminal = ((): boolean => {
  try {
    return execFileSync('script', ['--version'], { encoding: 'utf8' }).includes('util-linux');
  } catch {
    return false;
  }
})();

/** What --fix gives a secret: whoever isn't root can't give it to a container's user, who then has to be let in. */
const CLOSED = process.getuid?.() === 0 ? '600' : '444';

// Whether Docker is there is not what is tested here: that of a machine without it is told beside the rest.
const OF_DOCKER = /^(docker|compose)-(missing|not-answering|too-old)$/;

describe.skipIf(!hasOpenssl())('doctor on a production folder', () => {
  let made: ProductionSite;
  let site: ProductionSite;
  const token = (): string => join(site.path, 'secrets/metrics_token');
  const modeOf = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8);

  beforeAll(async () => {
    made = await createProductionSite();
  });
  beforeEach(async () => {
    site = await made.copy();
  });
  afterEach(() => site.remove());
  afterAll(() => made.remove());

  test('as init makes it has no problem', async () => {
    const answer = parse(await doctor([site.path, '--json']));
    expect(problems(answer).filter((id) => !OF_DOCKER.test(id))).toEqual([]);
    expect(answer.findings.map(({ id }) => id)).toContain('backup-unknown');
  });

  test('changes nothing without --yes where nobody can be asked, and says what --yes does', async () => {
    await chmod(token(), 0o666);
    const before = await snapshotFolder(site.path);
    const told = await doctor([site.path, '--fix']);
    expect(told.status).toBe(1);
    expect(told.stdout).toContain(`not done   chmod ${CLOSED} ${token()}`);
    expect(told.stdout).toContain('--yes');
    expect(changedPaths(before, await snapshotFolder(site.path))).toEqual([]);
  });

  test('--fix --yes mends what is safe, leaves the rest, and prints no secret', async () => {
    await chmod(token(), 0o666);
    await overwrite(token(), `${await readFile(token(), 'utf8')}\n`);
    await appendFile(join(site.path, '.env'), 'this sets nothing\n');
    const before = await snapshotFolder(site.path);
    const told = await doctor([site.path, '--fix', '--yes', '--json']);
    const answer = parse(told);
    expect(answer.fixes.map(({ finding, outcome }) => `${finding} ${outcome}`).sort()).toEqual([
      'secret-open done',
      'secret-whitespace done',
    ]);
    expect(told.status).toBe(1);
    expect(problems(answer).filter((id) => !OF_DOCKER.test(id))).toEqual(['env-file-line']);
    expect(changedPaths(before, await snapshotFolder(site.path))).toEqual(['secrets/metrics_token']);
    expect(await modeOf(token())).toBe(CLOSED);
    expect(told.stdout).not.toContain((await readFile(token(), 'utf8')).trim());
  });

  test.skipIf(!hasTerminal).each([
    ['y', CLOSED],
    ['n', '666'],
    ['', '666'],
  ])('asks on a terminal; the answer "%s" leaves the file with mode %s', async (answer, mode) => {
    await chmod(token(), 0o666);
    const command = `${launcher} doctor ${site.path} --fix`;
    const terminal = spawn('script', ['-qec', command, '/dev/null'], { env: environment() });
    let seen = '';
    let answered = false;
    terminal.stdout.on('data', (chunk: Buffer) => {
      seen += chunk.toString();
      if (answered || !seen.includes('[y/N]')) return;
      answered = true;
      terminal.stdin.write(`${answer}\n`);
    });
    await once(terminal, 'exit');
    expect(seen).toContain(`chmod ${CLOSED} ${token()}? [y/N]`);
    expect(await modeOf(token())).toBe(mode);
  });

  test.skipIf(!hasTerminal)('asks until the input ends, and takes that for no', async () => {
    await chmod(token(), 0o666);
    const command = `${launcher} doctor ${site.path} --fix`;
    const terminal = spawn('script', ['-qec', command, '/dev/null'], { env: environment() });
    let seen = '';
    let ended = false;
    terminal.stdout.on('data', (chunk: Buffer) => {
      seen += chunk.toString();
      if (ended || !seen.includes('[y/N]')) return;
      ended = true;
      // The sign by which a terminal tells the end of the input.
      terminal.stdin.write('\u0004');
    });
    await once(terminal, 'exit');
    expect(seen).toContain('not done');
    expect(await modeOf(token())).toBe('666');
  });

  test('a folder that is none is one sentence', async () => {
    const told = await doctor([join(folder, 'nowhere'), '--json']);
    expect(told.status).toBe(1);
    expect(parse(told).findings).toMatchObject([{ id: 'folder-not-found', status: 'problem' }]);
  });
});

const IMAGES = ['postgres:17', 'redis:7'];
const hasImages = ((): boolean => {
  try {
    execFileSync('docker', ['compose', 'version'], { stdio: 'pipe' });
    execFileSync('docker', ['image', 'inspect', ...IMAGES], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
})();
const START_LIMIT_MS = 120_000;

// Skipped where Docker, Compose or the images are missing; CI has them.
describe.skipIf(!hasImages || !hasOpenssl())('doctor on a folder whose database and Redis run', () => {
  let site: ProductionSite;
  const compose = (...argv: string[]) =>
    execFileSync('docker', ['compose', ...argv], { cwd: site.path, stdio: 'pipe', encoding: 'utf8' });
  const ids = async (): Promise<string[]> =>
    parse(await doctor([site.path, '--json'])).findings.map(({ id }) => id);

  beforeAll(async () => {
    site = await createProductionSite();
    compose('up', '--detach', 'postgres', 'redis');
  });
  afterAll(async () => {
    compose('down', '--volumes');
    await site.remove();
  });

  test('looks at them through their containers: well but not migrated, then a wrong password, then away', async () => {
    let found = await ids();
    for (
      const end = Date.now() + START_LIMIT_MS;
      found.includes('database-unreachable');
      found = await ids()
    ) {
      if (Date.now() > end) throw new Error('PostgreSQL did not start.');
    }
    expect(found).toEqual(expect.arrayContaining(['migrations-pending', 'redis-ok', 'volumes-ok']));

    const statement = "alter role commandcenter password 'another'";
    compose('exec', '-T', 'postgres', 'psql', '-q', '-U', 'postgres', '-c', statement);
    expect(await ids()).toContain('database-password-wrong');

    compose('stop', 'redis');
    found = await ids();
    expect(found).toEqual(expect.arrayContaining(['container-not-running', 'redis-not-running']));
  });
});
