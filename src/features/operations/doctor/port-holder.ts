import { readdir, readFile, readlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { basename } from 'node:path';

export interface PortHolder {
  pid: number | null;
  program: string | null;
  /** The user whose socket it is. */
  uid: number | null;
}

/**
 * Why a port can't be listened on (`EADDRINUSE`, `EACCES`), or null if it can. On every address where none is named,
 * as Docker publishes.
 */
export async function tryPort(port: number, host?: string): Promise<string | null> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'error'));
    probe.listen({ port, ...(host === undefined ? {} : { host }) }, () => probe.close(() => resolve(null)));
  });
}

const TRIES = 200;

/** The next port that is free; none below 1024, which only root may take. */
export async function findFreePort(wanted: number, taken: ReadonlySet<number>): Promise<number | null> {
  const first = wanted < 1024 ? wanted + 8000 : wanted + 1;
  for (let port = first; port < Math.min(first + TRIES, 65_536); port++) {
    if (!taken.has(port) && (await tryPort(port)) === null) return port;
  }
  return null;
}

const LISTENING = '0A';

/** Which process listens on a port, from Linux's own tables; null where there are none. */
export async function findPortHolder(port: number): Promise<PortHolder | null> {
  const tables = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map((path) => readFile(path, 'utf8').catch(() => '')),
  );
  const socket = tables
    .flatMap((table) => table.split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .find(
      (columns) => columns[3] === LISTENING && Number.parseInt(columns[1]?.split(':')[1] ?? '', 16) === port,
    );
  if (!socket) return null;
  const uid = Number(socket[7]);
  const pid = await findOwner(`socket:[${socket[9]}]`);
  return { pid, program: pid === null ? null : await programOf(pid), uid };
}

/** The process that has a socket open; only root can see those of others. */
async function findOwner(socket: string): Promise<number | null> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    const folder = `/proc/${pid}/fd`;
    const files = await readdir(folder).catch(() => []);
    const targets = await Promise.all(files.map((file) => readlink(`${folder}/${file}`).catch(() => '')));
    if (targets.includes(socket)) return Number(pid);
  }
  return null;
}

/** By its file, because a program may call itself anything; only root can see that of others. */
async function programOf(pid: number): Promise<string | null> {
  const file = await readlink(`/proc/${pid}/exe`).catch(() => '');
  const name =
    basename(file.replace(/ \(deleted\)$/, '')) ||
    (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => ''));
  return name.trim() || null;
}
