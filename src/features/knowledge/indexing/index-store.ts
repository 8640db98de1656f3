import { and, asc, count, eq, inArray, sql } from 'drizzle-orm';
import type { Tx } from '#platform/context/index.ts';
import type { Database } from '#platform/database/index.ts';
import { chunks, documents } from '../tables.ts';

/** Changes with every update of a row, so that a change made while its old content was indexed isn't lost. */
const rowVersion = sql<string>`${documents}.xmin::text`;

export interface IndexCounts {
  readonly dirty: number;
  readonly indexed: number;
}

export async function selectIndexCounts(tx: Tx): Promise<IndexCounts> {
  const rows = await tx
    .select({ state: documents.indexState, documents: count() })
    .from(documents)
    .groupBy(documents.indexState);
  const of = (state: string) => rows.find((row) => row.state === state)?.documents ?? 0;
  return { dirty: of('dirty'), indexed: of('indexed') };
}

export async function updateAllDirty(tx: Tx): Promise<void> {
  await tx.update(documents).set({ indexState: 'dirty' }).where(eq(documents.indexState, 'indexed'));
}

/** The next documents to index, and how much text each has, so that a batch can be bounded. */
export async function selectDirtySizes(tx: Tx, limit: number): Promise<{ id: string; characters: number }[]> {
  return tx
    .select({ id: documents.id, characters: sql<number>`length(${documents.text})` })
    .from(documents)
    .where(eq(documents.indexState, 'dirty'))
    .orderBy(asc(documents.id))
    .limit(limit);
}

/** How many of these documents wait to be indexed. */
export async function countDirtyOf(tx: Tx, ids: readonly string[]): Promise<number> {
  return tx.$count(documents, and(inArray(documents.id, [...ids]), eq(documents.indexState, 'dirty')));
}

export interface DirtyDocument {
  readonly id: string;
  readonly version: string;
  readonly externalId: string;
  readonly state: string;
  readonly source: string;
  readonly repositoryId: string | null;
  readonly path: string | null;
  readonly mediaType: string;
  readonly title: string;
  readonly text: string;
}

export async function selectDocumentsToIndex(tx: Tx, ids: readonly string[]): Promise<DirtyDocument[]> {
  return tx
    .select({
      id: documents.id,
      version: rowVersion,
      externalId: documents.externalId,
      state: documents.state,
      source: documents.source,
      repositoryId: documents.repositoryId,
      path: documents.path,
      mediaType: documents.mediaType,
      title: documents.title,
      text: documents.text,
    })
    .from(documents)
    .where(inArray(documents.id, [...ids]));
}

export interface ChunkToIndex {
  readonly id: string;
  readonly documentId: string;
  readonly start: number;
  readonly end: number;
  readonly headingPath: string[];
}

export async function selectChunksToIndex(tx: Tx, documentIds: readonly string[]): Promise<ChunkToIndex[]> {
  return tx
    .select({
      id: chunks.id,
      documentId: chunks.documentId,
      start: chunks.startOffset,
      end: chunks.endOffset,
      headingPath: chunks.headingPath,
    })
    .from(chunks)
    .where(inArray(chunks.documentId, [...documentIds]))
    .orderBy(asc(chunks.documentId), asc(chunks.ordinal));
}

/** Marks as indexed what is still as it was read; what changed meanwhile stays dirty. */
export async function updateIndexed(tx: Tx, read: readonly { id: string; version: string }[]): Promise<void> {
  const versions = new Map<string, string[]>();
  for (const { id, version } of read) versions.set(version, [...(versions.get(version) ?? []), id]);
  for (const [version, ids] of versions) {
    await tx
      .update(documents)
      .set({ indexState: 'indexed' })
      .where(and(inArray(documents.id, ids), eq(documents.indexState, 'dirty'), eq(rowVersion, version)));
  }
}

/** How much the index lacks, in the whole installation: for monitoring, which sees numbers only. */
export async function selectIndexLag(
  database: Database,
): Promise<{ documents: number; oldestSeconds: number }> {
  const { rows } = await database.ownerQuery(
    `select count(*) as documents, coalesce(extract(epoch from now() - min(updated_at)), 0)::float8 as oldest
     from documents where index_state = 'dirty'`,
  );
  return { documents: Number(rows[0]?.['documents'] ?? 0), oldestSeconds: Number(rows[0]?.['oldest'] ?? 0) };
}
