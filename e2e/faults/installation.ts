import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { launcher } from '#testing/built-server.ts';
import { openBrowser, type TestBrowser } from '#testing/people.ts';
import {
  freePort,
  type PostgresOptions,
  type PostgresServer,
  startPostgres,
} from '#testing/postgres-server.ts';
import { hasRedis, type RedisServer, startRedis } from '#testing/redis-server.ts';

export const METRICS_TOKEN = 'only-for-the-tests-of-faults';
const START_LIMIT_MS = 30_000;
const ANSWER_LIMIT_MS = 45_000;
const LOG_SHOWN = 4000;

export { findPostgres } from '#testing/postgres-server.ts';
export { hasRedis };

/** What `/health` says to whoever may see the details. */
export interface HealthAnswer {
  httpStatus: number;
  status: string;
  components: { name: string; status: string; problem: string | null; detail: Record<string, unknown> }[];
}

/** One process of the product. */
export interface ProductProcess {
  readonly child: ChildProcess;
  readonly url: string;
  signal(name: NodeJS.Signals): void;
  /** SIGKILL, and waits for the end. */
  kill(): Promise<void>;
  /** Waits for the end; the exit code, or the name of the signal. */
  ended(): Promise<number | NodeJS.Signals | null>;
  /** What it has logged so far. */
  log(): Promise<string>;
}

export interface Outcome {
  status: number;
  stdout: string;
  stderr: string;
}

/** A whole installation in server mode: its servers, its processes, one person and one token. */
export interface Installation {
  readonly folder: string;
  readonly postgres: PostgresServer;
  readonly redis: RedisServer;
  /** Runs a command of the product to its end. */
  run(args: string[], env?: Record<string, string>): Promise<Outcome>;
  /** Starts `serve` and waits until it is ready. */
  serve(env?: Record<string, string>, args?: string[]): Promise<ProductProcess>;
  /** Starts a worker and waits until it is at work. */
  work(env?: Record<string, string>): Promise<ProductProcess>;
  close(): Promise<void>;
}

export interface InstallationOptions {
  postgres?: PostgresOptions;
  /** Settings of every process of it. */
  env?: Record<string, string>;
  /** `DATABASE_URL` that goes by another way to PostgreSQL, such as a proxy. */
  databaseUrl?: (postgres: PostgresServer) => Promise<string>;
  /** Leaves the database without its schema. */
  unmigrated?: boolean;
}

export const DATABASE = 'product';

/** Starts PostgreSQL and Redis of its own on free ports and applies the schema. */
export async function install(options: InstallationOptions = {}): Promise<Installation> {
  const folder = await mkdtemp(join(tmpdir(), 'commandcenter-faults-'));
  const settings = { fsync: 'on', ...options.postgres?.settings };
  const [postgres, redis] = await Promise.all([
    startPostgres({ ...options.postgres, settings }),
    startRedis(),
  ]);
  await postgres.query(`create database ${DATABASE}`);
  await mkdir(join(folder, 'data'));
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    NO_COLOR: '1',
    DATA_DIR: join(folder, 'data'),
    DATABASE_URL: (await options.databaseUrl?.(postgres)) ?? postgres.url(DATABASE),
    REDIS_URL: redis.url,
    SECRET_KEY: '1'.repeat(64),
    TRUSTED_PROXIES: '127.0.0.1',
    // What the tests count is faults and not limits.
    RATE_LIMIT_PER_MINUTE: '1000000',
    METRICS_TOKEN,
    SHUTDOWN_SECONDS: '10',
    ...options.env,
  };
  const processes: ProductProcess[] = [];
  const launch = (args: string[], more: Record<string, string>): ProductProcess => {
    const launched = startProcess(folder, args, { ...env, ...more });
    processes.push(launched);
    return launched;
  };
  const installation: Installation = {
    folder,
    postgres,
    redis,
    run: (args, more = {}) => runCommand(args, { ...env, ...more }),
    async serve(more = {}, args = []) {
      const port = more['PORT'] ?? String(await freePort());
      const server = launch(['serve', ...args], { ...more, PORT: port });
      await until(`${args} is ready`, async () => (await fetch(`${server.url}/readyz`)).ok, server);
      return server;
    },
    async work(more = {}) {
      const worker = launch(['worker'], more);
      await until('the worker works', async () => (await worker.log()).includes('"working"'), worker);
      return worker;
    },
    async close() {
      for (const { child } of processes) if (child.exitCode === null) child.kill('SIGKILL');
      await Promise.all(processes.map((one) => one.ended()));
      await redis.close();
      await postgres.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  if (!options.unmigrated) {
    const { status, stderr } = await installation.run(['migrate']);
    if (status !== 0) throw new Error(`Not migrated: ${stderr}`);
  }
  return installation;
}

let started = 0;

function startProcess(folder: string, args: string[], env: Record<string, string>): ProductProcess {
  const logFile = join(folder, `${args[0]}-${++started}.log`);
  const child = spawn(launcher, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const log = createWriteStream(logFile);
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const end = once(child, 'exit').then(([code, signal]) => code ?? signal);
  return {
    child,
    url: `http://127.0.0.1:${env['PORT']}`,
    signal: (name) => void child.kill(name),
    async kill() {
      child.kill('SIGKILL');
      await end;
    },
    ended: () => end,
    log: async () => (existsSync(logFile) ? readFile(logFile, 'utf8') : ''),
  };
}

function runCommand(args: string[], env: Record<string, string>): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(launcher, args, { env, timeout: 60_000 }, (error, stdout, stderr) => {
      resolve({ status: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

/** Asks until it is so; says what was waited for if it never is. */
export async function until(
  what: string,
  isSo: () => Promise<boolean>,
  of?: ProductProcess,
  limitMs = START_LIMIT_MS,
): Promise<void> {
  for (const end = Date.now() + limitMs; ; await sleep(50)) {
    if (await isSo().catch(() => false)) return;
    const gone = of !== undefined && of.child.exitCode !== null;
    if (!gone && Date.now() < end) continue;
    const log = (await of?.log()) ?? '';
    throw new Error(
      `Not so${gone ? ' when the process ended' : ' in time'}: ${what}.\n${log.slice(-LOG_SHOWN)}`,
    );
  }
}

/** The health of a server with all its details. */
export async function healthOf(server: { url: string }): Promise<HealthAnswer> {
  const answer = await fetch(`${server.url}/health`, {
    headers: { authorization: `Bearer ${METRICS_TOKEN}` },
    signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
  });
  return { httpStatus: answer.status, ...((await answer.json()) as Omit<HealthAnswer, 'httpStatus'>) };
}

/** What `/health` says about one part. */
export function partOf(health: HealthAnswer, name: string): HealthAnswer['components'][number] | undefined {
  return health.components.find((component) => component.name === name);
}

/** Within how long a fault has to be told. */
export const TOLD_WITHIN_MS = 15_000;

/** Waits until `/health` tells it, and fails if it has not after 15 seconds. */
export async function told(
  what: string,
  server: ProductProcess,
  isTold: (health: HealthAnswer) => boolean | undefined,
  limitMs = TOLD_WITHIN_MS,
): Promise<void> {
  let last: HealthAnswer | undefined;
  const look = async (): Promise<boolean> => {
    last = await healthOf(server);
    return isTold(last) === true;
  };
  await until(what, look, server, limitMs).catch((error: Error) => {
    throw new Error(`${error.message} ${JSON.stringify(last)}`);
  });
}

/** A person in a browser and a program with a token, who were there before the fault. */
export interface People {
  browser: TestBrowser;
  token: string;
}

/** Signs in by a link of the command line and makes a token. */
export async function signIn(installation: Installation, server: ProductProcess): Promise<People> {
  const { stdout, stderr } = await installation.run(['login-link']);
  const code = /code=(\S+)/.exec(stdout)?.[1];
  if (!code) throw new Error(`No link: ${stdout} ${stderr}`);
  const browser = openBrowser(server);
  await browser.request('GET', `/login?code=${code}`);
  const made = await browser.request('POST', '/tokens', { name: 'load', scope: 'admin' });
  if (made.status !== 201) throw new Error(`No token: ${JSON.stringify(made.body)}`);
  return { browser, token: String(made.body.token) };
}
