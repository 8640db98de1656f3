import { stat } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import type { Config } from '#platform/config/index.ts';
import { safeMessage } from '#platform/errors/index.ts';
import { backupFolder, type OpenSet } from '../backup/index.ts';
import { parseManifest } from '../backup/manifest.ts';
import { chooseCopy } from '../backup/off-site-copy.ts';
import { withOffSite } from '../backup/off-site-open.ts';

/** What an installation could come back from when its host or its site is gone. */
export interface Survivors {
  /** The newest whole copy elsewhere. */
  copy: { name: string; takenAt: string; place: string } | null;
  /** Why there is none, although a place for copies is named. */
  problem: string | null;
  /** Whether a place for copies is named at all. */
  named: boolean;
  /** Whether the sets are on another disk than the data. */
  otherDisk: boolean;
}

export async function findSurvivors(config: Config, signal: AbortSignal): Promise<Survivors> {
  const folders = [config.dataDir, backupFolder(config)];
  const [data, sets] = await Promise.all(folders.map((path) => stat(path)));
  const otherDisk = data?.dev !== sets?.dev;
  if (config.backupOffSite === undefined) return { copy: null, problem: null, named: false, otherDisk };
  try {
    const copy = await withOffSite(config, async (store) => {
      const { name } = await chooseCopy(store, undefined, signal);
      const manifest = parseManifest(await buffer(await store.get(`${name}/manifest.json`, signal)), name);
      return { name, takenAt: manifest.takenAt, place: store.name };
    });
    return { copy, problem: null, named: true, otherDisk };
  } catch (error) {
    signal.throwIfAborted();
    return { copy: null, problem: safeMessage(error), named: true, otherDisk };
  }
}

/** When what would come back after the loss of the host was taken; or why nothing would. */
export function afterLossOfHost(
  { copy, problem, named, otherDisk }: Survivors,
  set: OpenSet,
): { takenAt: string } | { problem: string; named: boolean } {
  const known = [copy?.takenAt, otherDisk ? set.takenAt : undefined].filter((at) => at !== undefined);
  const newest = known.sort().at(-1);
  if (newest !== undefined) return { takenAt: newest };
  return {
    named,
    problem:
      problem ?? 'BACKUP_OFFSITE names no place for copies, and BACKUP_DIR is on the disk of DATA_DIR.',
  };
}
