import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { appError } from '#platform/errors/index.ts';

/** Who owns a data directory; told to whoever tries to open it a second time. */
export interface LockHolder {
  pid: number;
  since: string;
  url?: string;
}

export interface DataDirectoryLock {
  /** Adds what becomes known later, such as the address the holder serves. */
  describe(holder: Partial<LockHolder>): void;
  release(): Promise<void>;
}

/** One that is busy answers late; only one that hangs does not answer at all. */
const ASK_TIMEOUT_MS = 5000;

/**
 * Takes sole ownership of a data directory. The lock is a listening socket, so it dies with the process,
 * however that ends: in the abstract namespace on Linux, a named pipe on Windows; elsewhere a lock file
 * whose owner is checked to be alive.
 * Throws AppError `data-directory-in-use` that says who holds it.
 */
export async function lockDataDirectory(dataDir: string): Promise<DataDirectoryLock> {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const holder: LockHolder = { pid: process.pid, since: new Date().toISOString() };
  if (process.platform !== 'linux' && process.platform !== 'win32') return lockByFile(dataDir, holder);

  const address = lockAddress(dataDir);
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.end(JSON.stringify(holder));
  });
  server.unref();
  try {
    await listen(server, address);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw inUse(dataDir, await askHolder(address));
  }
  return {
    describe: (more) => void Object.assign(holder, more),
    release: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Who holds the directory now, or null if nobody does. */
export async function findLockHolder(dataDir: string): Promise<LockHolder | null> {
  try {
    if (process.platform === 'linux' || process.platform === 'win32')
      return await askHolder(lockAddress(dataDir));
    const holder = readLockFile(join(dataDir, 'lock.json'));
    return holder && isAlive(holder.pid) ? holder : null;
  } catch {
    return null;
  }
}

// Device and inode name the same folder whatever path leads to it.
function lockAddress(dataDir: string): string {
  const path = realpathSync(dataDir);
  const { dev, ino } = statSync(path);
  const name = createHash('sha256').update(`${dev}:${ino}:${path}`).digest('hex').slice(0, 32);
  return process.platform === 'win32' ? `\\\\.\\pipe\\commandcenter-${name}` : `\0commandcenter-${name}`;
}

function listen(server: Server, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, () => resolve());
  });
}

function askHolder(address: string): Promise<LockHolder | null> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(address);
    socket.setTimeout(ASK_TIMEOUT_MS, () => socket.destroy());
    socket.on('data', (chunk) => {
      answer += chunk.toString();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      try {
        resolve(JSON.parse(answer) as LockHolder);
      } catch {
        resolve(null);
      }
    });
  });
}

function inUse(dataDir: string, holder: LockHolder | null): Error {
  const who = holder
    ? `process ${holder.pid}${holder.url ? ` (${holder.url})` : ''} since ${holder.since}`
    : 'another process';
  return appError('data-directory-in-use', 409, `${dataDir} is in use by ${who}.`, {
    remedy: 'Use that one, stop it first, or set DATA_DIR to another folder.',
    details: holder ?? undefined,
  });
}

function lockByFile(dataDir: string, holder: LockHolder): DataDirectoryLock {
  const path = join(dataDir, 'lock.json');
  const write = (flag: 'wx' | 'w'): void =>
    writeFileSync(path, JSON.stringify(holder), { flag, mode: 0o600 });
  try {
    write('wx');
  } catch {
    const other = readLockFile(path);
    if (other && isAlive(other.pid)) throw inUse(dataDir, other);
    rmSync(path, { force: true });
    write('wx');
  }
  return {
    describe(more) {
      Object.assign(holder, more);
      write('w');
    },
    async release() {
      rmSync(path, { force: true });
    },
  };
}

function readLockFile(path: string): LockHolder | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as LockHolder;
  } catch {
    return null;
  }
}

/** Whether a process of this machine still runs, whoever owns it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
