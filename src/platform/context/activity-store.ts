import { sql } from 'drizzle-orm';
import { jsonb, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import type { Reading, Tx } from '#platform/database/index.ts';
import { isoTime } from '#platform/http/json-text.ts';
import { newId } from '#platform/ids/index.ts';
import type { Actor } from './platform.ts';

export interface ActivityEntry {
  /** feature.verb, e.g. `radar.move`. */
  action: string;
  subjectKind: string;
  subjectId: string;
  before?: unknown;
  after?: unknown;
}

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

/** The same as one statement among others, in the project of their transaction. */
export function activityInsert(actor: Actor, at: Date, entry: ActivityEntry): Reading<void> {
  const { action, subjectKind, subjectId, before, after } = entry;
  return {
    name: 'add activity',
    text: `insert into activity (id, at, actor_kind, actor_id, actor_name, actor_address, action, subject_kind, subject_id, before, after)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    values: [
      newId(),
      at.toISOString(),
      actor.kind,
      actor.id,
      actor.name,
      actor.address ?? null,
      action,
      subjectKind,
      subjectId,
      before === undefined ? null : JSON.stringify(before),
      after === undefined ? null : JSON.stringify(after),
    ],
    take: () => {},
  };
}

/** A change as it is shown to people. */
export interface Activity {
  id: string;
  at: string;
  actor: { kind: string; id: string; name: string };
  action: string;
  subjectKind: string;
  subjectId: string;
}

/** The latest changes, newest first. */
export function readLatest(limit: number): Reading<Activity[]> {
  return {
    name: `latest ${limit} of the activity`,
    // A number that stands in the text lets the plan be made once.
    text: `select id, at, actor_kind, actor_id, actor_name, action, subject_kind, subject_id
      from activity order by at desc, id desc limit ${limit}`,
    values: [],
    take: (rows) => rows.map(toActivity),
  };
}

function toActivity(row: readonly (string | null)[]): Activity {
  const [
    id = '',
    at = '',
    kind = '',
    actorId = '',
    name = '',
    action = '',
    subjectKind = '',
    subjectId = '',
  ] = row.map((value) => value ?? '');
  return { id, at: isoTime(at), actor: { kind, id: actorId, name }, action, subjectKind, subjectId };
}
