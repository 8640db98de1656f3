import { eq, sql } from 'drizzle-orm';
import type { Tx } from '#platform/context/index.ts';
import { historyWalks, technologyHistory } from './tables.ts';

const BATCH = 500;

export type HistoryWalk = typeof historyWalks.$inferSelect;
export type HistoryInsert = typeof technologyHistory.$inferInsert;

export async function selectHistoryWalk(tx: Tx, repositoryId: string): Promise<HistoryWalk | undefined> {
  const [row] = await tx.select().from(historyWalks).where(eq(historyWalks.repositoryId, repositoryId));
  return row;
}

/** Adds what was walked and how far the walk is now, together. */
export async function insertHistory(
  tx: Tx,
  rows: HistoryInsert[],
  walk: { repositoryId: string; commit: string; commits: number; walkedAt: Date },
): Promise<void> {
  for (let start = 0; start < rows.length; start += BATCH) {
    await tx.insert(technologyHistory).values(rows.slice(start, start + BATCH));
  }
  await tx
    .insert(historyWalks)
    .values(walk)
    .onConflictDoUpdate({
      target: historyWalks.repositoryId,
      set: {
        commit: walk.commit,
        commits: sql`${historyWalks.commits} + ${walk.commits}`,
        walkedAt: walk.walkedAt,
      },
    });
}

/** Forgets a walk whose commits are no longer part of the history. */
export async function deleteHistory(tx: Tx, repositoryId: string): Promise<void> {
  await tx.delete(technologyHistory).where(eq(technologyHistory.repositoryId, repositoryId));
  await tx.delete(historyWalks).where(eq(historyWalks.repositoryId, repositoryId));
}
