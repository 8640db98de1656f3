import type { Context } from '#platform/context/index.ts';
import { listRepositoryNames } from './repository-names.ts';
import { countScanned, selectUsage, type UsageRow } from './usage-store.ts';

export type TechnologyUsage = UsageRow;

/** How much, where and in which versions code uses each technology: one query, however many detections. */
export async function summarizeUsage(
  context: Context,
  filter: { technology?: string } = {},
): Promise<TechnologyUsage[]> {
  const repositoryIds = [...(await listRepositoryNames(context)).keys()];
  if (repositoryIds.length === 0) return [];
  return context.transaction((tx) => selectUsage(tx, { ...filter, repositoryIds }));
}

/** How many of the tracked repositories have been scanned. */
export async function countScannedRepositories(context: Context): Promise<number> {
  const repositoryIds = [...(await listRepositoryNames(context)).keys()];
  if (repositoryIds.length === 0) return 0;
  return context.transaction((tx) => countScanned(tx, repositoryIds));
}
