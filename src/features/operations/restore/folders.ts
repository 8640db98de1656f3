import { open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { lockDataDirectory } from '#platform/database/index.ts';
import { AppError, appError } from '#platform/errors/index.ts';
import { dropIndex } from './drop-index.ts';
import { readJournal } from './journal.ts';
import type { Place, Swap } from './place.ts';

const LIVE = 'postgres';

/** The embedded database: folders that are renamed while nobody else can open them. */
export async function openFolders(dataDir: string): Promise<Place> {
  const lock = await lockDataDirectory(dataDir).catch((error: unknown) => {
    throw sayHowToStop(error);
  });
  const at = (name: string): string => join(dataDir, name);
  return {
    runtime: 'embedded',
    live: { directory: at(LIVE) },
    names: (id) => ({ incoming: `postgres-restore-${id}`, outgoing: `postgres-before-${id}` }),
    scratch: async (name) => ({ directory: at(name) }),
    identify: async () => null,
    isThere: (name) => isThere(at(name)),
    remove: (name) => rm(at(name), { recursive: true, force: true }),
    swap: (swap) => swapFolders(dataDir, swap),
    close: () => lock.release(),
  };
}

/**
 * Puts a folder in the place of the living database. The caller holds the lock of the data directory. Two renames
 * are not one: who was killed between them is followed by whoever opens the data directory next.
 */
export async function swapFolders(dataDir: string, swap: Omit<Swap, 'identity'>): Promise<number> {
  const began = performance.now();
  const [live, incoming, outgoing] = [LIVE, swap.incoming, swap.outgoing].map((name) => join(dataDir, name));
  if (!(live && incoming && outgoing)) throw new Error('A swap needs two names.');
  if (await isThere(incoming)) {
    if (await isThere(live)) {
      await refuseThere(outgoing);
      await rename(live, outgoing);
      await syncFolder(dataDir);
    }
    await swap.whileClosed();
    await rename(incoming, live);
    await syncFolder(dataDir);
  }
  return performance.now() - began;
}

async function refuseThere(path: string): Promise<void> {
  if (!(await isThere(path))) return;
  throw appError('restore-blocked', 409, `${path} is there already, and so is a living database.`, {
    remedy: 'One of the two is the old state: look at both, move one away, then run this again.',
  });
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  await folder.sync().finally(() => folder.close());
}

function sayHowToStop(error: unknown): unknown {
  if (!(error instanceof AppError) || error.code !== 'data-directory-in-use') return error;
  const { pid } = (error.details ?? {}) as { pid?: number };
  return appError(error.code, error.status, error.message, {
    remedy: `Stop it first: Ctrl-C where it runs${pid === undefined ? '' : `, or \`kill ${pid}\``}; then run this again.`,
    details: error.details,
    cause: error,
  });
}

/**
 * Finishes a swap that was broken off between its two renames, when there is no living database at all. For whoever
 * opens the data directory and holds its lock; `restore` notes that it is done.
 */
export async function finishFolderSwap(dataDir: string): Promise<void> {
  if (await isThere(join(dataDir, LIVE))) return;
  const { operation } = await readJournal(dataDir);
  if (operation?.step !== 'aside' && operation?.step !== 'place') return;
  await swapFolders(dataDir, { ...operation, whileClosed: () => dropIndex(dataDir) });
}
