import { resolve } from 'node:path';
import type { Config } from '#platform/config/index.ts';
import { openSnapshot } from '#platform/database/index.ts';
import { appError } from '#platform/errors/index.ts';
import {
  backupFolder,
  findSet,
  identitiesOf,
  isOrdinary,
  listSets,
  makeSafetySet,
  type OpenSet,
  openSet,
} from '../backup/index.ts';
import type { Place } from './place.ts';

/** Which set: by its name or its folder, or the newest that was taken no later than a time and is no safety set. */
export interface Choice {
  set?: string | undefined;
  at?: Date | undefined;
}

/** Opens the chosen set, or the newest whole one; checks its manifest by the seal. */
export async function chooseSet(config: Config, { set, at }: Choice): Promise<OpenSet> {
  const folder = backupFolder(config);
  const identities = identitiesOf(config);
  if (set?.includes('/')) return openSet(resolve(set), identities);
  if (set !== undefined || at === undefined) return openSet(await findSet(folder, set), identities);
  const before = (await listSets(folder)).filter(
    (each) => isOrdinary(each) && each.takenAt !== null && new Date(each.takenAt) <= at,
  );
  const newest = before.at(-1);
  if (newest) return openSet(await findSet(folder, newest.name), identities);
  throw appError('backup-missing', 404, `No whole set was taken before ${at.toISOString()}.`, {
    remedy: '`commandcenter backup list` shows the sets.',
  });
}

/**
 * Makes a set of what the chosen one is about to replace. Returns its name, or why the living database could not be
 * read.
 */
export async function saveReplaced(
  config: Config,
  { live }: Place,
  { version, chosen }: { version: string; chosen: OpenSet },
): Promise<{ name: string } | { problem: string }> {
  const answers = await openSnapshot(live).then(
    (snapshot) => snapshot.close(),
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  if (typeof answers === 'string') return { problem: answers };
  const takeSnapshot = () => openSnapshot(live);
  const { name } = await makeSafetySet({
    ...{ config, version, takeSnapshot },
    madeBefore: 'restore',
    keep: chosen.name,
  });
  return { name };
}
