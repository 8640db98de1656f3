import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** A private PostgreSQL on a free loopback port, in a folder of its own. */
export interface PostgresServer {
  readonly port: number;
  readonly folder: string;
  url(database?: string): string;
  /** Runs statements on a connection of their own. */
  query(text: string, database?: string): Promise<Record<string, unknown>[]>;
  /** SIGKILL to the server and all its processes. */
  kill(): Promise<void>;
  /** SIGSTOP, SIGCONT or another signal to the server and all its processes. */
  signal(name: NodeJS.Signals): void;
  /** Ends it in PostgreSQL's fast mode: transactions are rolled back. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Stops it and removes its folder. */
  close(): Promise<void>;
}

export interface PostgresOptions {
  /** Settings beside those of a test: `{ max_connections: '20' }`. */
  settings?: Record<string, string>;
  /** Where its folder is made; the system's temporary folder if not given. */
  parent?: string;
}

const START_TIMEOUT_MS = 30_000;

/** Where Debian puts PostgreSQL's programs, the newest first; undefined if it is not installed. */
export function findPostgres(): string | undefined {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  return versions.map((version) => join(root, version, 'bin')).find((bin) => existsSync(join(bin, 'initdb')));
}

/** Makes and starts a server. Durability is off unless `settings` asks for it: a test's data may be lost. */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const bin = findPostgres();
  if (!bin) throw new Error('PostgreSQL is not installed: apt-get install postgresql');
  const account = serverAccount();
  const folder = mkdtempSync(join(options.parent ?? tmpdir(), 'commandcenter-postgres-'));
  if (account.uid !== undefined && account.gid !== undefined) chownSync(folder, account.uid, account.gid);
  const data = join(folder, 'data');
  execFileSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'owner', '-A', 'trust', '-E', 'UTF8', '--locale=C', '-N'],
    { ...account, stdio: 'pipe', cwd: folder },
  );
  const settings = { fsync: 'off', max_connections: '200', shared_buffers: '64MB', ...options.settings };
  const port = await freePort();
  let child: ChildProcess | undefined;

  const start = async (): Promise<void> => {
    const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    child = spawn(
      join(bin, 'postgres'),
      ['-D', data, '-p', String(port), '-k', folder, '-c', 'listen_addresses=127.0.0.1', ...flags],
      { ...account, cwd: folder, stdio: 'ignore', detached: true },
    );
    await untilReady(server, child);
  };
  const ended = async (): Promise<void> => {
    const running = child;
    if (running && running.exitCode === null && running.signalCode === null) {
      await new Promise((resolve) => running.once('exit', resolve));
    }
  };
  const server: PostgresServer = {
    port,
    folder,
    url: (database = 'postgres') => `postgres://owner@127.0.0.1:${port}/${database}`,
    query: (text, database) => queryOnce(server.url(database), text),
    async kill() {
      server.signal('SIGKILL');
      await ended();
    },
    signal(name) {
      for (const pid of processesOf(child?.pid)) killQuietly(pid, name);
    },
    async stop() {
      child?.kill('SIGINT');
      await ended();
    },
    start,
    async close() {
      server.signal('SIGCONT');
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await start();
  return server;
}

/** PostgreSQL refuses to run as root; Debian's package makes an account for it. */
export function serverAccount(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

async function queryOnce(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  client.on('error', () => {});
  await client.connect();
  try {
    const result = (await client.query(text)) as pg.QueryResult | pg.QueryResult[];
    return (Array.isArray(result) ? result.at(-1) : result)?.rows ?? [];
  } finally {
    await client.end();
  }
}

async function untilReady(server: PostgresServer, child: ChildProcess): Promise<void> {
  for (const end = Date.now() + START_TIMEOUT_MS; ; await sleep(50)) {
    try {
      await server.query('select 1');
      return;
    } catch (error) {
      if (child.exitCode !== null || Date.now() > end) {
        throw new Error('PostgreSQL did not start.', { cause: error });
      }
    }
  }
}

/** The postmaster and its children, which don't share its process group. */
function processesOf(pid: number | undefined): number[] {
  if (pid === undefined) return [];
  try {
    const children = execFileSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' });
    return [pid, ...children.trim().split('\n').map(Number)];
  } catch {
    return [pid];
  }
}

function killQuietly(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended meanwhile.
  }
}

/** A port that is free at this moment. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}
