import type { Reading, Tx } from '#platform/database/index.ts';
import { type ActivityEntry, activityInsert, insertActivity } from './activity-store.ts';
import type { Context } from './context.ts';
import type { Actor, Platform } from './platform.ts';

/** Writes who changed what, in the transaction that changes it. */
export async function recordActivity(tx: Tx, context: Context, entry: ActivityEntry): Promise<void> {
  await insertActivity(tx, context.actor, context.platform.clock.now(), entry);
}

/** News for whoever keeps in mind what people may do: something about them has changed. */
export const PEOPLE_CHANGED = 'people.changed';

/** The same as `recordActivity`, as a statement of `context.change`. */
export function addActivity(context: Context, entry: ActivityEntry): Reading<void> {
  return activityInsert(context.actor, context.platform.clock.now(), entry);
}

/**
 * The same for what is done to people, tokens and projects themselves, outside of a project's transaction;
 * `projectId` is null for what belongs to none. Since nothing of that kind is done without, it tells the news.
 */
export async function recordIdentityActivity(
  tx: Tx,
  by: { platform: Platform; actor: Actor },
  projectId: string | null,
  entry: ActivityEntry,
): Promise<void> {
  await insertActivity(tx, by.actor, by.platform.clock.now(), entry, projectId);
  by.platform.database.afterCommit(async () => {
    if (projectId !== null) await by.platform.cache.invalidate(projectId);
    by.platform.events.publish(PEOPLE_CHANGED, {});
  });
}
