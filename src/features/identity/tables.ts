import { bigint, boolean, customType, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core';

const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' });
const instant = (name: string) => timestamp(name, { withTimezone: true });

export const users = pgTable('users', {
  id: uuid().primaryKey(),
  email: text(),
  emailVerified: boolean('email_verified').notNull().default(false),
  name: text().notNull(),
  admin: boolean().notNull().default(false),
  passwordHash: text('password_hash'),
  totpSecret: text('totp_secret'),
  totpPending: text('totp_pending'),
  totpLastStep: bigint('totp_last_step', { mode: 'number' }),
  createdAt: instant('created_at').notNull().defaultNow(),
  lastSignedInAt: instant('last_signed_in_at'),
  disabledAt: instant('disabled_at'),
});
export type UserRow = typeof users.$inferSelect;

export const userLinks = pgTable(
  'user_links',
  { issuer: text().notNull(), subject: text().notNull(), userId: uuid('user_id').notNull() },
  (table) => [primaryKey({ columns: [table.issuer, table.subject] })],
);

export const recoveryCodes = pgTable('recovery_codes', {
  userId: uuid('user_id').notNull(),
  codeHash: bytea('code_hash').notNull(),
});

export const loginCodes = pgTable('login_codes', {
  codeHash: bytea('code_hash').primaryKey(),
  userId: uuid('user_id').notNull(),
  expiresAt: instant('expires_at').notNull(),
});

export const sessions = pgTable('sessions', {
  id: uuid().primaryKey(),
  tokenHash: bytea('token_hash').notNull(),
  userId: uuid('user_id').notNull(),
  createdAt: instant('created_at').notNull(),
  lastUsedAt: instant('last_used_at').notNull(),
  expiresAt: instant('expires_at').notNull(),
  address: text(),
  userAgent: text('user_agent'),
});
export type SessionRow = typeof sessions.$inferSelect;

export const apiTokens = pgTable('api_tokens', {
  id: uuid().primaryKey(),
  tokenHash: bytea('token_hash').notNull(),
  prefix: text(),
  name: text().notNull(),
  scope: text({ enum: ['read', 'write', 'admin'] }).notNull(),
  userId: uuid('user_id').notNull(),
  projectId: uuid('project_id'),
  local: boolean().notNull().default(false),
  createdAt: instant('created_at').notNull(),
  expiresAt: instant('expires_at'),
  lastUsedAt: instant('last_used_at'),
});
export type TokenRow = typeof apiTokens.$inferSelect;

/** Kept by the projects; read here, because finding out who asks is one join. */
export const members = pgTable('members', {
  userId: uuid('user_id').notNull(),
  projectId: uuid('project_id').notNull(),
  role: text({ enum: ['owner', 'editor', 'viewer'] }).notNull(),
  source: text({ enum: ['person', 'groups'] })
    .notNull()
    .default('person'),
  addedAt: instant('added_at').notNull(),
});

export const projects = pgTable('projects', {
  id: uuid().primaryKey(),
  slug: text().notNull(),
  name: text().notNull(),
  createdAt: instant('created_at').notNull().defaultNow(),
});
