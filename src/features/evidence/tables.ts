import { boolean, integer, jsonb, pgTable, real, text, timestamp, uuid } from 'drizzle-orm/pg-core';

const instant = (name: string) => timestamp(name, { withTimezone: true });
const id = () => uuid().primaryKey();
const repositoryId = () => uuid('repository_id').notNull();

/** A line of a file at a commit that shows a technology in use. */
export interface StoredEvidence {
  path: string;
  line: number;
  excerpt: string;
  rule: string;
  commit: string;
}

export interface ScanProblem {
  path: string;
  code: string;
  message: string;
}

export interface ScanCounts {
  detections: number;
  technologies: number;
  ignored: number;
  /** Packages that only other packages ask for, by ecosystem. */
  transitive: Record<string, number>;
}

export const scans = pgTable('scans', {
  id: id(),
  repositoryId: repositoryId(),
  commit: text().notNull(),
  committedAt: instant('committed_at'),
  startedAt: instant('started_at').notNull(),
  finishedAt: instant('finished_at').notNull(),
  files: integer().notNull(),
  counts: jsonb().$type<ScanCounts>().notNull(),
  problems: jsonb().$type<ScanProblem[]>().notNull(),
});

export const detections = pgTable('detections', {
  id: id(),
  repositoryId: repositoryId(),
  scanId: uuid('scan_id').notNull(),
  subjectKey: text('subject_key').notNull(),
  technologySlug: text('technology_slug').notNull(),
  technologyName: text('technology_name').notNull(),
  kind: text().notNull(),
  ecosystem: text().notNull(),
  packageName: text('package_name').notNull(),
  component: text().notNull(),
  scope: text().notNull(),
  versionDeclared: text('version_declared'),
  versionLocked: text('version_locked'),
  confidence: real().notNull(),
  rule: text().notNull(),
  evidence: jsonb().$type<StoredEvidence[]>().notNull(),
  firstSeenAt: instant('first_seen_at').notNull(),
  lastSeenAt: instant('last_seen_at').notNull(),
  goneAt: instant('gone_at'),
});

export const detectionVerdicts = pgTable('detection_verdicts', {
  id: id(),
  repositoryId: repositoryId(),
  subjectKey: text('subject_key').notNull(),
  verdict: text({ enum: ['wrong', 'right'] }).notNull(),
  reason: text(),
  actorName: text('actor_name').notNull(),
  createdAt: instant('created_at').notNull(),
});

export const transitiveDependencies = pgTable('transitive_dependencies', {
  id: id(),
  repositoryId: repositoryId(),
  ecosystem: text().notNull(),
  name: text().notNull(),
  version: text().notNull(),
  component: text().notNull(),
  path: text().notNull(),
  line: integer().notNull(),
});

export const ignoredPaths = pgTable('ignored_paths', {
  id: id(),
  repositoryId: uuid('repository_id'),
  pattern: text().notNull(),
  actorName: text('actor_name').notNull(),
  createdAt: instant('created_at').notNull(),
});

export const technologyPins = pgTable('technology_pins', {
  id: id(),
  ecosystem: text().notNull(),
  packageName: text('package_name').notNull(),
  technologySlug: text('technology_slug').notNull(),
  technologyName: text('technology_name').notNull(),
  actorName: text('actor_name').notNull(),
  createdAt: instant('created_at').notNull(),
});

export const technologyHistory = pgTable('technology_history', {
  id: id(),
  repositoryId: repositoryId(),
  technologySlug: text('technology_slug').notNull(),
  ecosystem: text().notNull(),
  packageName: text('package_name').notNull(),
  path: text().notNull(),
  change: text({ enum: ['entered', 'version', 'left'] }).notNull(),
  versionBefore: text('version_before'),
  versionAfter: text('version_after'),
  commit: text().notNull(),
  committedAt: instant('committed_at').notNull(),
  author: text().notNull(),
});

export const historyWalks = pgTable('history_walks', {
  repositoryId: uuid('repository_id').primaryKey(),
  commit: text().notNull(),
  commits: integer().notNull(),
  walkedAt: instant('walked_at').notNull(),
});

/** Derived from the detections by the database. */
export const technologyUsage = pgTable('technology_usage', {
  slug: text('technology_slug').primaryKey(),
  name: text().notNull(),
  kind: text().notNull(),
  repositories: integer().notNull(),
  detections: integer().notNull(),
  versions: text().array().notNull(),
  confidence: real().notNull(),
  runtime: boolean().notNull(),
});
