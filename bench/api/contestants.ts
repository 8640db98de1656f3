import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, type PostgresServer } from '../../src/testing/postgres-server.ts';
import { DATABASE, removeCreated, TOKEN } from './seed.ts';

export type ContestantName = 'ours' | 'limit' | 'peer';

/** A server under measurement, in a process of its own. */
export interface Contestant {
  readonly name: ContestantName;
  readonly port: number;
  readonly headers: Record<string, string>;
  /** From the start of the process to the first answer. */
  readonly startMs: number;
  /** CPU time of the process so far, in ms. */
  cpuMs(): number;
  /** Removes what requests have created. */
  forget(): Promise<void>;
  stop(): Promise<void>;
}

export interface Surroundings {
  postgres: PostgresServer;
  folder: string;
  /** Our server's; it keeps nothing of what is measured in it. */
  redisUrl: string;
}

const HERE = import.meta.dirname;
const PYTHON = '/usr/bin/python3';
/** All have the same number of connections. */
const POOL_SIZE = '20';
const START_LIMIT_MS = 60_000;

export function hasPeer(): boolean {
  const packages = '/usr/lib/python3/dist-packages';
  return ['fastapi', 'uvicorn', 'sqlalchemy', 'asyncpg'].every((name) => existsSync(join(packages, name)));
}

/** Starts one and waits for its first answer. What it logs goes to /dev/null, as a file that is always fast. */
export async function startContestant(name: ContestantName, around: Surroundings): Promise<Contestant> {
  const port = await freePort();
  const headers: Record<string, string> = name === 'ours' ? { authorization: `Bearer ${TOKEN}` } : {};
  const begin = performance.now();
  const child = launch(name, port, around);
  await untilAnswered(child, port, headers);
  return {
    name,
    port,
    headers,
    startMs: performance.now() - begin,
    cpuMs: () => cpuOf(child.pid ?? 0),
    forget: () => removeCreated(around.postgres),
    async stop() {
      if (child.exitCode !== null) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function launch(
  name: ContestantName,
  port: number,
  { postgres, folder, redisUrl }: Surroundings,
): ChildProcess {
  const url = postgres.url(DATABASE);
  const options = { stdio: ['ignore', 'ignore', 'inherit'] as ['ignore', 'ignore', 'inherit'] };
  if (name === 'peer') return spawn(PYTHON, [join(HERE, 'peer/server.py'), url, String(port)], options);
  if (name === 'limit') {
    return spawn(process.execPath, [join(HERE, 'limit-server.ts'), url, String(port)], options);
  }
  // Another build than the one of `make build`, for whoever works on it.
  const program = process.env['BENCH_SERVER'] ?? join(HERE, '../../bin/commandcenter');
  return spawn(program, ['serve'], {
    ...options,
    env: serverEnvironment(placeOf(port, url, folder, redisUrl)),
  });
}

const placeOf = (port: number, url: string, folder: string, redisUrl: string) => ({
  PORT: String(port),
  DATABASE_URL: url,
  DATA_DIR: join(folder, `data-${port}`),
  REDIS_URL: redisUrl,
});

/** As an installation has it: logs, metrics, limits and all; only the limits are out of the load's way. */
export function serverEnvironment(values: Record<string, string>): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    SECRET_KEY: '0'.repeat(64),
    DATABASE_POOL_SIZE: POOL_SIZE,
    RATE_LIMIT_PER_MINUTE: '10000000',
    METRICS_TOKEN: 'bench-metrics-token',
    ANSWER_CACHE: process.argv.includes('--cached') ? 'on' : 'off',
    ...values,
  };
}

async function untilAnswered(
  child: ChildProcess,
  port: number,
  headers: Record<string, string>,
): Promise<void> {
  for (const end = Date.now() + START_LIMIT_MS; ; await sleep(10)) {
    if ((await statusOf(port, headers)) === 200) return;
    if (child.exitCode !== null || Date.now() > end) {
      throw new Error(`${child.spawnargs.join(' ')} did not answer.`);
    }
  }
}

function statusOf(port: number, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve) => {
    get(
      { port, host: '127.0.0.1', path: '/api/v1/technologies?limit=50', headers, agent: false },
      (response) => {
        response.resume().once('end', () => resolve(response.statusCode ?? 0));
      },
    ).on('error', () => resolve(0));
  });
}

const MS_PER_TICK = 10;

/** User and system time of a process, from /proc; threads included, children not. */
export function cpuOf(pid: number): number {
  const [user, system] = timesOf(pid);
  return ((user ?? 0) + (system ?? 0)) * MS_PER_TICK;
}

/** All of PostgreSQL's processes, those that have ended included. */
export function postgresCpuMs({ folder }: PostgresServer): number {
  const postmaster = Number(readFileSync(join(folder, 'data/postmaster.pid'), 'utf8').split('\n')[0]);
  let ticks = timesOf(postmaster).reduce((sum, value) => sum + value, 0);
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const [user, system, , , parent] = timesOf(Number(name));
    if (parent === postmaster) ticks += (user ?? 0) + (system ?? 0);
  }
  return ticks * MS_PER_TICK;
}

/** utime, stime, cutime, cstime, parent. */
function timesOf(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    return [fields[11] ?? 0, fields[12] ?? 0, fields[13] ?? 0, fields[14] ?? 0, fields[1] ?? 0];
  } catch {
    return [0, 0, 0, 0, 0];
  }
}
