import { sql } from 'drizzle-orm';
import { boolean, date, integer, jsonb, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import type { Kind, Ring } from './rings.ts';

export interface Link {
  title: string;
  url: string;
}

/** A passage of a stored document; offsets count UTF-16 code units of its text, `end` is exclusive. */
export interface Citation {
  documentId: string;
  start: number;
  end: number;
  quote: string;
}

export interface Quadrant {
  id: string;
  name: string;
  /** What is found with one of these kinds belongs here unless a person or the catalogue says otherwise. */
  kinds: Kind[];
}

/** The fields of a technology that scans fill and a person may take over. */
export const DETECTED_FIELDS = ['name', 'kind', 'quadrant', 'homepage'] as const;
export type DetectedField = (typeof DETECTED_FIELDS)[number];

const emptyArray = sql`'{}'::text[]`;

export const technologies = pgTable('technologies', {
  id: uuid().primaryKey(),
  slug: text().notNull(),
  name: text().notNull(),
  kind: text().$type<Kind>().notNull(),
  quadrant: text().notNull(),
  ring: text().$type<Ring>(),
  description: text().notNull().default(''),
  owner: text(),
  tags: text().array().notNull().default(emptyArray),
  homepage: text(),
  links: jsonb().$type<Link[]>().notNull().default([]),
  standardVersion: text('standard_version'),
  reviewDate: date('review_date', { mode: 'string' }),
  catalogued: boolean().notNull().default(false),
  edited: text().array().$type<DetectedField[]>().notNull().default(emptyArray),
  version: integer().notNull().default(1),
  /** Whether code uses it; the database keeps it. */
  used: boolean().notNull().default(false),
  archivedAt: timestamp('archived_at', { withTimezone: true }),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(),
});
export type TechnologyRow = typeof technologies.$inferSelect;

export const moves = pgTable('moves', {
  id: uuid().primaryKey(),
  technologyId: uuid('technology_id').notNull(),
  fromRing: text('from_ring').$type<Ring>(),
  toRing: text('to_ring').$type<Ring>().notNull(),
  reason: text().notNull(),
  actorKind: text('actor_kind').notNull(),
  actorId: text('actor_id').notNull(),
  actorName: text('actor_name').notNull(),
  decidedAt: timestamp('decided_at', { withTimezone: true }).notNull(),
  citations: jsonb().$type<Citation[]>().notNull().default([]),
});
export type MoveRow = typeof moves.$inferSelect;

export const radarSettings = pgTable('radar_settings', {
  projectId: uuid('project_id').primaryKey().default(sql`current_setting('app.project_id')::uuid`),
  quadrants: jsonb().$type<Quadrant[]>().notNull(),
  version: integer().notNull().default(1),
  updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(),
});
