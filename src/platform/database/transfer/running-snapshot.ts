import { constants } from 'node:fs';
import { cp, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type pg from 'pg';
import { newId } from '#platform/ids/index.ts';
import type { EmbeddedOptions } from '../backend.ts';
import { takeConnection } from '../take-connection.ts';
import { openSnapshot, type Snapshot } from './snapshot.ts';

/** Copies that are being read; others are left over from a process that was killed. */
const inUse = new Set<string>();

/**
 * A snapshot of the embedded database that `pool` has open. It has one connection, so whoever holds it is alone: with
 * everything on the disk its files are copied, shared with the original where the file system can, and the
 * application goes on. The copy is beside it, and removed when the snapshot is closed.
 */
export function snapshotRunning(pool: pg.Pool, options: EmbeddedOptions): Promise<Snapshot> {
  return snapshotOfCopy(options, async (copy) => {
    const connection = await takeConnection(pool, { opening: 'checkpoint' });
    try {
      await copy();
    } finally {
      connection.release();
    }
  });
}

/** The same for whoever holds the connection, outside a transaction. */
export function snapshotHeld(client: pg.ClientBase, options: EmbeddedOptions): Promise<Snapshot> {
  return snapshotOfCopy(options, async (copy) => {
    await client.query('checkpoint');
    await copy();
  });
}

async function snapshotOfCopy(
  { directory }: EmbeddedOptions,
  whileAlone: (copyFiles: () => Promise<void>) => Promise<void>,
): Promise<Snapshot> {
  const parent = dirname(directory);
  const prefix = `${basename(directory)}-snapshot-`;
  for (const name of await readdir(parent)) {
    const path = join(parent, name);
    if (name.startsWith(prefix) && !inUse.has(path)) await rm(path, { recursive: true, force: true });
  }
  const copy = join(parent, `${prefix}${newId().slice(-12)}`);
  inUse.add(copy);
  const remove = async (): Promise<void> => {
    await rm(copy, { recursive: true, force: true });
    inUse.delete(copy);
  };
  try {
    await whileAlone(() => cp(directory, copy, { recursive: true, mode: constants.COPYFILE_FICLONE }));
    const snapshot = await openSnapshot({ directory: copy });
    return {
      ...snapshot,
      async close() {
        await snapshot.close();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}
