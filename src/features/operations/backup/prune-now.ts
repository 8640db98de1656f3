import type { Config } from '#platform/config/index.ts';
import { backupFolder, listSets, removeSet } from './index.ts';
import { openOffSite } from './off-site-open.ts';
import { type PruneResult, pruneSets } from './prune.ts';
import { toRoundSets } from './schedule-parts.ts';

/** Prunes what is here and elsewhere at this moment. */
export async function pruneNow(
  config: Config,
  options: { dryRun: boolean; databaseTime: Date | undefined; signal: AbortSignal },
): Promise<PruneResult> {
  const { dryRun, signal } = options;
  const folder = backupFolder(config);
  const store = await openOffSite(config);
  try {
    return await pruneSets({
      config,
      clocks: { now: new Date(), database: options.databaseTime },
      sets: toRoundSets(await listSets(folder), folder),
      remove: (name) => removeSet(folder, name),
      store,
      dryRun,
      signal,
    });
  } finally {
    store?.close();
  }
}
