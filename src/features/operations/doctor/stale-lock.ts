import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive, type LockHolder } from '#platform/database/index.ts';

/** The lock file that systems other than Linux and Windows use, if the process that made it has ended. */
export async function readStaleLock(
  folder: string,
): Promise<{ path: string; content: string; pid: number } | null> {
  const path = join(folder, 'lock.json');
  try {
    const content = await readFile(path, 'utf8');
    const { pid } = JSON.parse(content) as LockHolder;
    return Number.isInteger(pid) && pid > 0 && !isAlive(pid) ? { path, content, pid } : null;
  } catch {
    return null;
  }
}
