import { bigint, boolean, integer, jsonb, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import type { Activity, BranchSummary, Contributor, LanguageShare, RepositoryProblem } from './schema.ts';

const instant = (name: string) => timestamp(name, { withTimezone: true });

export const repositories = pgTable('repositories', {
  id: uuid().primaryKey(),
  name: text().notNull(),
  location: text().notNull(),
  locationKey: text('location_key').notNull(),
  kind: text({ enum: ['path', 'url'] }).notNull(),
  accessTokenEncrypted: text('access_token_encrypted'),
  defaultBranch: text('default_branch'),
  headCommit: text('head_commit'),
  headCommittedAt: instant('head_committed_at'),
  shallow: boolean().notNull().default(false),
  state: text({ enum: ['new', 'ready', 'empty', 'unreachable'] })
    .notNull()
    .default('new'),
  problem: jsonb().$type<RepositoryProblem>(),
  historyRewrittenAt: instant('history_rewritten_at'),
  includeSource: boolean('include_source').notNull().default(false),
  syncEveryMinutes: integer('sync_every_minutes').notNull(),
  announcedCommit: text('announced_commit'),
  lastSyncedAt: instant('last_synced_at'),
  lastTriedAt: instant('last_tried_at'),
  archivedAt: instant('archived_at'),
  createdAt: instant('created_at').notNull().defaultNow(),
  updatedAt: instant('updated_at').notNull().defaultNow(),
});

export const repositoryStatistics = pgTable('repository_statistics', {
  repositoryId: uuid('repository_id').primaryKey(),
  commit: text().notNull(),
  branches: jsonb().$type<BranchSummary[]>().notNull(),
  languages: jsonb().$type<LanguageShare[]>().notNull(),
  contributors: jsonb().$type<Contributor[]>().notNull(),
  activity: jsonb().$type<Activity[]>().notNull(),
  commitCount: integer('commit_count').notNull(),
  fileCount: integer('file_count').notNull(),
  bytes: bigint({ mode: 'number' }).notNull(),
  computedAt: instant('computed_at').notNull(),
});

export type RepositoryRow = typeof repositories.$inferSelect;
export type StatisticsRow = typeof repositoryStatistics.$inferSelect;
