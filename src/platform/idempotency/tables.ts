import { integer, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';

export const idempotencyKeys = pgTable('idempotency_keys', {
  projectId: uuid('project_id').notNull(),
  actorId: text('actor_id').notNull(),
  key: text().notNull(),
  fingerprint: text().notNull(),
  status: integer(),
  contentType: text('content_type'),
  body: text(),
  startedAt: timestamp('started_at', { withTimezone: true }).notNull().defaultNow(),
});
