import { and, desc, eq, gte, isNull, like, lte, sql } from 'drizzle-orm';
import type { Tx } from '#platform/database/index.ts';
import { activity } from './activity-store.ts';

export type ActivityRow = typeof activity.$inferSelect;

export interface ActivityFilter {
  actor?: string | undefined;
  /** `radar.move`, or all of a feature: `radar`. */
  action?: string | undefined;
  subject?: string | undefined;
  from?: Date | undefined;
  to?: Date | undefined;
  outsideProjects?: boolean | undefined;
}

/** The sort key of a row of the log. */
export interface ActivityKey {
  at: string;
  id: string;
}

/** A page of the log, newest first. Row-level security says which rows there are. */
export async function selectActivityPage(
  tx: Tx,
  filter: ActivityFilter,
  { after, limit }: { after?: ActivityKey | undefined; limit: number },
): Promise<ActivityRow[]> {
  const { actor, action, subject, from, to, outsideProjects } = filter;
  const ofFeature = action !== undefined && !action.includes('.');
  return tx
    .select()
    .from(activity)
    .where(
      and(
        outsideProjects ? isNull(activity.projectId) : undefined,
        actor === undefined ? undefined : eq(activity.actorId, actor),
        action === undefined
          ? undefined
          : ofFeature
            ? like(activity.action, `${action.replace(/[\\%_]/g, '\\$&')}.%`)
            : eq(activity.action, action),
        subject === undefined ? undefined : eq(activity.subjectId, subject),
        from === undefined ? undefined : gte(activity.at, from),
        to === undefined ? undefined : lte(activity.at, to),
        after === undefined
          ? undefined
          : sql`(${activity.at}, ${activity.id}) < (${after.at}::timestamptz, ${after.id}::uuid)`,
      ),
    )
    .orderBy(desc(activity.at), desc(activity.id))
    .limit(limit);
}
