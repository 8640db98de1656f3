import { rm, stat } from 'node:fs/promises';
import type { Logger } from '#platform/telemetry/index.ts';
import { createTable, dropTable, type LanceTable, openTable } from './lance-table.ts';

/** The open table of one process: opened on first use, forgotten when it turns out to be gone or damaged. */
export interface Handle {
  /** The table, or why there is none. */
  open(): Promise<LanceTable | 'missing' | 'damaged'>;
  /** The table, created if there is none. Throws if there is a damaged one: that is reset first. */
  ensure(): Promise<LanceTable>;
  /** Reads; a failure is tried once more on a table opened anew, and then means that the index is damaged. */
  read<T>(run: (table: LanceTable) => Promise<T>): Promise<T | 'missing' | 'damaged'>;
  forget(): void;
  isLoaded(): boolean;
  isDamaged(): boolean;
  reset(): Promise<void>;
  /** One writer at a time in this process. */
  exclusively<T>(run: () => Promise<T>): Promise<T>;
  readonly log: Logger;
}

const READ_ATTEMPTS = 2;
const LOOK_AGAIN_MS = 10_000;

export function createHandle(uri: string, log: Logger): Handle {
  let opened: Promise<LanceTable | 'missing' | 'damaged'> | undefined;
  // Some damage shows only in what one kind of query reads, so it is remembered until the index is reset;
  // or for a while, because another process may have built it again.
  let brokenAt = Number.NEGATIVE_INFINITY;
  const isBroken = (): boolean => performance.now() - brokenAt < LOOK_AGAIN_MS;
  let loaded = false;
  let damaged = false;
  let queue: Promise<unknown> = Promise.resolve();

  async function openOrExplain(): Promise<LanceTable | 'missing' | 'damaged'> {
    if (!(await existsOnDisk(uri))) return 'missing';
    try {
      loaded = true;
      const table = await openTable(uri);
      damaged = false;
      return table ?? 'missing';
    } catch (error) {
      log.warn(
        { err: error, uri },
        'the retrieval index cannot be read; it will be rebuilt from the database',
      );
      damaged = true;
      return 'damaged';
    }
  }

  const handle: Handle = {
    log,
    async open() {
      if (isBroken()) return (await existsOnDisk(uri)) ? 'damaged' : 'missing';
      opened ??= openOrExplain();
      const result = await opened;
      // What is not there now may be there at the next call: another process may have built it.
      if (typeof result === 'string') opened = undefined;
      return result;
    },
    async ensure() {
      const result = await handle.open();
      if (typeof result !== 'string') return result;
      if (result === 'damaged') throw new Error('The retrieval index is damaged and has to be reset first.');
      const created = createTable(uri);
      opened = created;
      created.catch(() => handle.forget());
      return created;
    },
    async read(run) {
      for (let attempt = 1; ; attempt++) {
        const table = await handle.open();
        if (typeof table === 'string') return table;
        try {
          return await run(table);
        } catch (error) {
          handle.forget();
          if (attempt < READ_ATTEMPTS) continue;
          log.warn(
            { err: error, uri },
            'the retrieval index cannot be read; it will be rebuilt from the database',
          );
          brokenAt = performance.now();
          return 'damaged';
        }
      }
    },
    forget() {
      // Handles are not closed here: a search may still be reading through them. They go with the last reference.
      opened = undefined;
    },
    isLoaded: () => loaded,
    isDamaged: () => damaged || isBroken(),
    async reset() {
      handle.forget();
      brokenAt = Number.NEGATIVE_INFINITY;
      damaged = false;
      if (isLocal(uri)) await rm(uri, { recursive: true, force: true });
      else await dropTable(uri);
    },
    exclusively(run) {
      const result = queue.then(run, run);
      queue = result.catch(() => undefined);
      return result;
    },
  };
  return handle;
}

function isLocal(uri: string): boolean {
  return !/^[a-z0-9+]+:\/\//i.test(uri);
}

/** Whether there may be an index, told without loading the engine. */
export async function existsOnDisk(uri: string): Promise<boolean> {
  if (!isLocal(uri)) return true;
  return stat(`${uri}/chunks.lance`).then(
    () => true,
    () => false,
  );
}
