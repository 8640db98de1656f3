import { resolve } from 'node:path';
import type { Config } from '#platform/config/index.ts';
import { openSnapshot } from '#platform/database/index.ts';
import { appError } from '#platform/errors/index.ts';
import {
  backupFolder,
  createSet,
  findSet,
  identitiesOf,
  listSets,
  type OpenSet,
  openSet,
} from '../backup/index.ts';
import type { Place } from './place.ts';

/** Which set: by its name or its folder, or the newest that was taken no later than a time. */
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
    ({ state, takenAt }) => state === 'whole' && takenAt !== null && new Date(takenAt) <= at,
  );
  const newest = before.at(-1);
  if (newest) return openSet(await findSet(folder, newest.name), identities);
  throw appError('backup-missing', 404, `No whole set was taken before ${at.toISOString()}.`, {
    remedy: '`commandcenter backup list` shows the sets.',
  });
}

/** Makes a set of what is about to be replaced. Returns its name, or why the living database could not be read. */
export async function makeSafetySet(
  config: Config,
  { live }: Place,
  version: string,
): Promise<{ name: string } | { problem: string }> {
  const answers = await openSnapshot(live).then(
    (snapshot) => snapshot.close(),
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  if (typeof answers === 'string') return { problem: answers };
  const { name } = await createSet({ config, version, takeSnapshot: () => openSnapshot(live) });
  return { name };
}
