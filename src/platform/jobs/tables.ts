import { boolean, integer, jsonb, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';

export interface JobProgress {
  phase: string;
  done?: number;
  total?: number;
  message?: string;
}

export interface JobProblem {
  code: string;
  message: string;
  remedy?: string;
}

const instant = (name: string) => timestamp(name, { withTimezone: true });

export const jobs = pgTable('jobs', {
  id: uuid().primaryKey(),
  kind: text().notNull(),
  rootId: uuid('root_id').notNull(),
  subjectKind: text('subject_kind'),
  subjectId: text('subject_id'),
  singletonKey: text('singleton_key'),
  input: jsonb().notNull(),
  state: text({ enum: ['queued', 'running', 'succeeded', 'failed', 'cancelled'] })
    .notNull()
    .default('queued'),
  progress: jsonb().$type<JobProgress>(),
  result: jsonb(),
  problem: jsonb().$type<JobProblem>(),
  attempt: integer().notNull().default(0),
  cancelRequested: boolean('cancel_requested').notNull().default(false),
  heartbeatAt: instant('heartbeat_at'),
  createdAt: instant('created_at').notNull().defaultNow(),
  startedAt: instant('started_at'),
  finishedAt: instant('finished_at'),
  requestId: text('request_id'),
  traceparent: text(),
});

export type JobRow = typeof jobs.$inferSelect;
export type JobState = JobRow['state'];
