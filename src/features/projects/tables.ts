import { customType, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';

const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' });
const instant = (name: string) => timestamp(name, { withTimezone: true });
const ROLES = { enum: ['owner', 'editor', 'viewer'] } as const;

export const projects = pgTable('projects', {
  id: uuid().primaryKey(),
  slug: text().notNull(),
  name: text().notNull(),
});
export type ProjectRow = typeof projects.$inferSelect;

export const members = pgTable('members', {
  userId: uuid('user_id').notNull(),
  projectId: uuid('project_id').notNull(),
  role: text(ROLES).notNull(),
  source: text({ enum: ['person', 'groups'] }).notNull(),
  addedAt: instant('added_at').notNull(),
});
export type MemberRow = typeof members.$inferSelect;

export const invitations = pgTable('invitations', {
  id: uuid().primaryKey(),
  projectId: uuid('project_id').notNull(),
  email: text().notNull(),
  role: text(ROLES).notNull(),
  codeHash: bytea('code_hash').notNull(),
  invitedBy: text('invited_by').notNull(),
  createdAt: instant('created_at').notNull(),
  expiresAt: instant('expires_at').notNull(),
});
export type InvitationRow = typeof invitations.$inferSelect;

/** What the list of members tells of people; their accounts are kept by the identity feature. */
export const people = pgTable('users', {
  id: uuid().primaryKey(),
  name: text().notNull(),
  email: text(),
  disabledAt: instant('disabled_at'),
});
