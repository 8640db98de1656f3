import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '#platform/config/index.ts';
import { type DataDirectoryLock, lockDataDirectory } from '#platform/database/index.ts';
import { AppError, appError } from '#platform/errors/index.ts';

export const PARTIAL = '.partial';
const SET_NAME = /^\d{8}T\d{6}Z-[0-9a-f]{6}$/;

export const isSetName = (name: string): boolean => SET_NAME.test(name);

/** Where the sets are. */
export function backupFolder(config: Pick<Config, 'backupDir' | 'dataDir'>): string {
  return config.backupDir ?? join(config.dataDir, 'backups');
}

/** `20261126T020000Z-4f3a9c`: names sort by time. */
export function newSetName(at: Date): string {
  const time = at.toISOString().replace(/[-:]|\.\d+/g, '');
  return `${time}-${randomBytes(3).toString('hex')}`;
}

/** Nobody else makes a set in the folder while this is held; it goes with the process. */
export async function lockBackups(folder: string): Promise<DataDirectoryLock> {
  try {
    return await lockDataDirectory(folder);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'data-directory-in-use') throw error;
    throw backupRunning(error);
  }
}

export function backupRunning(cause?: unknown): Error {
  return appError('backup-running', 409, 'Another backup is being made.', {
    remedy: 'Wait until it has ended.',
    cause,
  });
}

/** Takes away what a backup that was killed has left. Only for whoever holds the lock. */
export async function removePartials(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.endsWith(PARTIAL) && isSetName(name.slice(0, -PARTIAL.length))) {
      await rm(join(folder, name), { recursive: true, force: true });
    }
  }
}

/** Throws AppError `backup-no-space` if a folder has less room than is needed. */
export async function requireSpace(folder: string, needed: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= needed) return;
  throw appError(
    'backup-no-space',
    507,
    `${folder} has ${megabytes(free)} MB free, and a backup may need ${megabytes(needed)} MB.`,
    { remedy: 'Make room, or set BACKUP_DIR to a folder on another disk.' },
  );
}

/** What a disk that filled up, or a folder that was locked or lost meanwhile, means for who makes a set. */
export function explainWriting(error: unknown, folder: string): unknown {
  const { code, path = folder } = (error ?? {}) as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return appError('backup-no-space', 507, 'The disk was full before the backup was whole.', {
      remedy: 'Make room in BACKUP_DIR and DATA_DIR, or set BACKUP_DIR to a folder on another disk.',
      cause: error,
    });
  }
  if (code !== 'EACCES' && code !== 'EPERM' && code !== 'EROFS') return error;
  return appError('backup-denied', 409, `${path} may not be written.`, {
    remedy: 'Give it to the user that CommandCenter runs as; if it is mounted, mount it for writing.',
    cause: error,
  });
}

const megabytes = (bytes: number): number => Math.ceil(bytes / 1e6);

/** Gives a folder its final name once all that is in it, and the name itself, would outlast a power cut. */
export async function renameWhole(partial: string, whole: string): Promise<void> {
  const entries = await readdir(partial, { recursive: true, withFileTypes: true });
  for (const entry of entries) if (entry.isDirectory()) await syncFolder(join(entry.parentPath, entry.name));
  await syncFolder(partial);
  await rename(partial, whole);
  await syncFolder(join(whole, '..'));
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  await folder.sync().finally(() => folder.close());
}

export async function prepareFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
}
