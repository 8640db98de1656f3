import { sql } from 'drizzle-orm';
import { bigint, boolean, integer, jsonb, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';

export type DocumentSource = 'repository' | 'upload' | 'url' | 'api';
/** `pending`: not parsed yet. `failed`: its present content could not be parsed. `gone`: no longer in its source. */
export type DocumentState = 'pending' | 'ready' | 'failed' | 'gone';

/** Why a document could not be read, and what to do about it. */
export interface DocumentProblem {
  code: string;
  message: string;
  remedy?: string;
}

/** A heading, or a symbol of source code, and where it stands in the text. */
export interface DocumentHeading {
  title: string;
  level: number;
  start: number;
  line: number;
}

/** One page of a paged document; `end` is exclusive. */
export interface DocumentPage {
  page: number;
  start: number;
  end: number;
}

const emptyList = sql`'[]'::jsonb`;

export const documents = pgTable('documents', {
  id: uuid().primaryKey(),
  source: text().$type<DocumentSource>().notNull(),
  repositoryId: uuid('repository_id'),
  externalId: text('external_id').notNull(),
  path: text(),
  uri: text(),
  title: text().notNull(),
  mediaType: text('media_type').notNull(),
  text: text().notNull().default(''),
  contentHash: text('content_hash').notNull(),
  bytes: bigint({ mode: 'number' }).notNull().default(0),
  state: text().$type<DocumentState>().notNull(),
  problem: jsonb().$type<DocumentProblem>(),
  headings: jsonb().$type<DocumentHeading[]>().notNull().default(emptyList),
  pages: jsonb().$type<DocumentPage[]>().notNull().default(emptyList),
  chunkCount: integer('chunk_count').notNull().default(0),
  commit: text(),
  fileKey: text('file_key'),
  indexState: text('index_state').$type<'dirty' | 'indexed'>().notNull().default('dirty'),
  goneAt: timestamp('gone_at', { withTimezone: true }),
  goneReason: text('gone_reason').$type<'left-source' | 'removed'>(),
  kept: boolean().notNull().default(false),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(),
});

export const chunks = pgTable('chunks', {
  id: uuid().primaryKey(),
  documentId: uuid('document_id').notNull(),
  ordinal: integer().notNull(),
  startOffset: integer('start_offset').notNull(),
  endOffset: integer('end_offset').notNull(),
  headingPath: text('heading_path').array().notNull(),
  page: integer(),
  lineStart: integer('line_start').notNull(),
  lineEnd: integer('line_end').notNull(),
});

export type DocumentRow = typeof documents.$inferSelect;
export type ChunkRow = typeof chunks.$inferSelect;
