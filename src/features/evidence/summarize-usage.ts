import type { Context } from '#platform/context/index.ts';
import { listRepositoryNames } from './repository-names.ts';
import type { StoredEvidence } from './tables.ts';
import {
  readDetectionsInUse,
  readScannedCount,
  selectEvidence,
  selectUsage,
  type UsageRow,
  type UseRow,
} from './usage-store.ts';

export type TechnologyUsage = UsageRow;

/** How much, where and in which versions code uses each technology; at most ten versions, the newest first. */
export async function summarizeUsage(
  context: Context,
  filter: { technology?: string } = {},
): Promise<TechnologyUsage[]> {
  return context.transaction((tx) => selectUsage(tx, filter.technology));
}

/** How many of the tracked repositories have been scanned. */
export async function countScannedRepositories(context: Context): Promise<number> {
  const [count] = await context.read(readScannedCount());
  return count;
}

export interface TechnologyUse extends UseRow {
  repositoryName: string;
}

/** Every present detection without its evidence: for what is computed over all of them. */
export async function listUses(context: Context): Promise<TechnologyUse[]> {
  const names = await listRepositoryNames(context);
  if (names.size === 0) return [];
  const [rows] = await context.read(readDetectionsInUse([...names.keys()]));
  return rows.map((row) => ({ ...row, repositoryName: names.get(row.repositoryId) ?? '' }));
}

/** The evidence of these detections, by their id. */
export async function listUseEvidence(
  context: Context,
  ids: string[],
): Promise<Map<string, StoredEvidence[]>> {
  if (ids.length === 0) return new Map();
  return context.transaction((tx) => selectEvidence(tx, ids));
}
