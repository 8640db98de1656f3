import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Database } from './database.ts';
import { migrationsFingerprint } from './migrate.ts';
import { openDatabase } from './open.ts';

/**
 * Prepares an initialised and migrated database, once at build time: making one takes seconds, copying one
 * does not. It is kept in a folder of `directory` that names the migrations it was made with, so a stale
 * one is never used. `prepare` may add what else every installation starts with. Returns the folder.
 */
export async function createTemplate(
  directory: string,
  prepare: (database: Database) => Promise<void> = async () => {},
): Promise<string> {
  const target = join(directory, await migrationsFingerprint());
  if (existsSync(target)) return target;
  const partial = `${target}.${process.pid}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  const database = await openDatabase({ directory: partial });
  await prepare(database);
  await database.ownerQuery('checkpoint');
  await database.close();
  try {
    await rename(partial, target);
  } catch (error) {
    // Another process has made the same one meanwhile.
    if (!existsSync(target)) throw error;
    await rm(partial, { recursive: true, force: true });
  }
  return target;
}
