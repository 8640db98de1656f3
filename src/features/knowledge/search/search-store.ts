import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Tx } from '#platform/context/index.ts';
import { chunks, documents } from '../tables.ts';

/**
 * The text of a chunk. Offsets count UTF-16 code units, which are PostgreSQL's characters as long as all are ASCII;
 * any other document is sent whole and cut where its offsets are meant.
 */
const isAscii = sql`octet_length(${documents.text}) = length(${documents.text})`;
const chunkText = sql<string | null>`case when ${isAscii}
  then substr(${documents.text}, ${chunks.startOffset} + 1, ${chunks.endOffset} - ${chunks.startOffset}) end`;
const wholeText = sql<string | null>`case when not (${isAscii}) then ${documents.text} end`;

export interface FoundChunk {
  readonly chunkId: string;
  readonly documentId: string;
  readonly ordinal: number;
  readonly externalId: string;
  readonly title: string;
  readonly path: string | null;
  readonly mediaType: string;
  readonly repositoryId: string | null;
  readonly start: number;
  readonly end: number;
  readonly headingPath: string[];
  readonly page: number | null;
  readonly lineStart: number;
  readonly lineEnd: number;
  readonly text: string;
}

/** The chunks that can be shown: a document that is gone meanwhile is left out, whatever the index says. */
export async function selectChunks(tx: Tx, chunkIds: readonly string[]): Promise<FoundChunk[]> {
  if (chunkIds.length === 0) return [];
  const rows = await tx
    .select({
      chunkId: chunks.id,
      documentId: documents.id,
      ordinal: chunks.ordinal,
      externalId: documents.externalId,
      title: documents.title,
      path: documents.path,
      mediaType: documents.mediaType,
      repositoryId: documents.repositoryId,
      start: chunks.startOffset,
      end: chunks.endOffset,
      headingPath: chunks.headingPath,
      page: chunks.page,
      lineStart: chunks.lineStart,
      lineEnd: chunks.lineEnd,
      text: chunkText,
      wholeText,
    })
    .from(chunks)
    .innerJoin(documents, eq(documents.id, chunks.documentId))
    .where(and(inArray(chunks.id, [...chunkIds]), eq(documents.state, 'ready')));
  return rows.map(({ wholeText: whole, text, ...chunk }) => ({
    ...chunk,
    text: text ?? whole?.slice(chunk.start, chunk.end) ?? '',
  }));
}

export interface KnowledgeCounts {
  /** Documents that can be found. */
  readonly documents: number;
  readonly chunks: number;
  /** Documents whose last change is not yet in the index. */
  readonly dirty: number;
}

export async function selectKnowledgeCounts(tx: Tx): Promise<KnowledgeCounts> {
  const [row] = await tx
    .select({
      documents: sql<number>`count(*) filter (where ${documents.state} = 'ready')`.mapWith(Number),
      chunks:
        sql<number>`coalesce(sum(${documents.chunkCount}) filter (where ${documents.state} = 'ready'), 0)`.mapWith(
          Number,
        ),
      dirty: sql<number>`count(*) filter (where ${documents.indexState} = 'dirty')`.mapWith(Number),
    })
    .from(documents);
  return row ?? { documents: 0, chunks: 0, dirty: 0 };
}

/** How many documents wait for the index: a small partial index answers it, however many documents there are. */
export async function countDirty(tx: Tx): Promise<number> {
  return tx.$count(documents, eq(documents.indexState, 'dirty'));
}

export async function hasDocuments(tx: Tx): Promise<boolean> {
  const rows = await tx.select({ id: documents.id }).from(documents).limit(1);
  return rows.length > 0;
}
