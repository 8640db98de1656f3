import { desc, sql } from 'drizzle-orm';
import { jsonb, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import type { Tx } from '#platform/database/index.ts';
import { newId } from '#platform/ids/index.ts';
import type { ActivityEntry, Actor } from './index.ts';

export const activity = pgTable('activity', {
  id: uuid().primaryKey(),
  // Left out, it is the project of the transaction.
  projectId: uuid('project_id').default(sql`current_setting('app.project_id')::uuid`),
  at: timestamp({ withTimezone: true }).notNull(),
  actorKind: text('actor_kind').notNull(),
  actorId: text('actor_id').notNull(),
  actorName: text('actor_name').notNull(),
  actorAddress: text('actor_address'),
  action: text().notNull(),
  subjectKind: text('subject_kind').notNull(),
  subjectId: text('subject_id').notNull(),
  before: jsonb(),
  after: jsonb(),
});

export async function insertActivity(
  tx: Tx,
  actor: Actor,
  at: Date,
  entry: ActivityEntry,
  projectId?: string | null,
): Promise<void> {
  await tx.insert(activity).values({
    id: newId(),
    at,
    actorKind: actor.kind,
    actorId: actor.id,
    actorName: actor.name,
    actorAddress: actor.address ?? null,
    ...(projectId === undefined ? {} : { projectId }),
    ...entry,
  });
}

export type ActivityRow = typeof activity.$inferSelect;

/** The latest changes, newest first. */
export async function selectActivity(tx: Tx, limit: number): Promise<ActivityRow[]> {
  return tx.select().from(activity).orderBy(desc(activity.at), desc(activity.id)).limit(limit);
}
