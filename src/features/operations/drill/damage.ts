import { randomBytes } from 'node:crypto';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openDatabase } from '#platform/database/index.ts';
import { appError } from '#platform/errors/index.ts';
import type { MarkedChanges } from './marked-changes.ts';
import type { ScratchInstallation } from './scratch-installation.ts';
import { dropTables } from './store.ts';

const PAGE = 8192;
const RELATION = /^\d+$/;

/** What was done to a database, and how the product showed that it was. */
export interface Damage {
  done: string;
  noticed: string;
}

/**
 * Damages the database of an installation that runs, calls `struck` when that is done, and waits until the product
 * shows it. Throws `drill-damage-unnoticed` if it goes on as if nothing had happened. The installation does not run
 * afterwards.
 */
export async function damageDatabase(
  installation: ScratchInstallation,
  changes: MarkedChanges,
  struck: () => void,
): Promise<Damage> {
  const { database } = installation;
  if ('directory' in database) {
    await installation.kill();
    const files = await overwritePages(database.directory);
    struck();
    await changes.stop();
    const done = `killed, and the first page of each of its ${files} data files overwritten with random bytes`;
    const noticed = await installation.start().then(
      async () => (await refusalOf(installation)) ?? undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    return { done, noticed: await judged(installation, noticed) };
  }
  const owner = await openDatabase(database, { migrations: 'require' });
  const tables = await dropTables(owner).finally(() => owner.close());
  struck();
  await changes.stop();
  const done = `${tables} tables dropped while it served, those of users and projects among them`;
  return { done, noticed: await judged(installation, await refusalOf(installation)) };
}

async function judged(installation: ScratchInstallation, noticed: string | undefined): Promise<string> {
  await installation.kill();
  if (noticed !== undefined) return noticed;
  throw appError('drill-damage-unnoticed', 409, 'The product answered as if its database were whole.');
}

/** What it says instead of a good answer; undefined if the answer is good. */
async function refusalOf(installation: ScratchInstallation): Promise<string | undefined> {
  try {
    const { status, body } = await installation.ask('GET', '/projects');
    if (status === 200) return undefined;
    const { title } = (body ?? {}) as { title?: unknown };
    return `requests were answered with ${status}${title === undefined ? '' : `: ${title}`}`;
  } catch (error) {
    return `requests were not answered: ${error instanceof Error ? error.message : String(error)}`;
  }
}

async function overwritePages(directory: string): Promise<number> {
  const base = join(directory, 'base');
  const found = await readdir(base, { recursive: true, withFileTypes: true });
  const files = found.filter((entry) => entry.isFile() && RELATION.test(entry.name));
  let damaged = 0;
  for (const { parentPath, name } of files) {
    const file = await open(join(parentPath, name), 'r+');
    try {
      const { size } = await file.stat();
      if (size === 0) continue;
      await file.write(randomBytes(Math.min(size, PAGE)), 0, undefined, 0);
      damaged += 1;
    } finally {
      await file.close();
    }
  }
  return damaged;
}
