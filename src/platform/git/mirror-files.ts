import type { Dirent } from 'node:fs';
import { lstat, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Mirror } from './types.ts';

const PARTIAL = '.partial-';

/** The name under which a mirror is built until it is whole. */
export function partialName(mirror: Mirror, id: string): string {
  return `${mirror.directory}${PARTIAL}${id}`;
}

/** Removes what builds that were killed have left beside the mirror. */
export async function removePartials(mirror: Mirror): Promise<void> {
  const folder = dirname(mirror.directory);
  const prefix = `${basename(mirror.directory)}${PARTIAL}`;
  const names = await readdir(folder).catch(() => []);
  for (const name of names)
    if (name.startsWith(prefix)) await rm(join(folder, name), { recursive: true, force: true });
}

/**
 * Removes lock files and unfinished packs that a killed git has left, which would refuse the next fetch.
 * Only the one sync that works on the mirror may call this.
 */
export async function removeLeftovers(mirror: Mirror): Promise<number> {
  let removed = 0;
  for (const entry of await listFiles(mirror.directory)) {
    const leftover =
      entry.name.endsWith('.lock') || /^(tmp_|\.tmp-)/.test(entry.name) || entry.name === 'gc.pid';
    if (!leftover) continue;
    await rm(join(entry.parentPath, entry.name), { force: true });
    removed += 1;
  }
  return removed;
}

/** Bytes on disk of everything in the folder. */
export async function measureFolder(directory: string): Promise<number> {
  let bytes = 0;
  for (const entry of await listFiles(directory)) {
    const stats = await lstat(join(entry.parentPath, entry.name)).catch(() => undefined);
    bytes += stats?.size ?? 0;
  }
  return bytes;
}

export async function countPacks(mirror: Mirror): Promise<number> {
  const names = await readdir(join(mirror.directory, 'objects', 'pack')).catch(() => []);
  return names.filter((name) => name.endsWith('.pack')).length;
}

async function listFiles(directory: string): Promise<Dirent[]> {
  // Files come and go while git works; a folder that vanished meanwhile holds nothing.
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile());
}
