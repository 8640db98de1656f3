import { and, count, desc, eq, ilike, inArray, isNull, lt, or, type SQL, sql } from 'drizzle-orm';
import type { Reading, Tx } from '#platform/context/index.ts';
import { newId } from '#platform/ids/index.ts';
import type { Chunk } from './chunking/chunk-text.ts';
import {
  type DocumentHeading,
  type DocumentPage,
  type DocumentProblem,
  type DocumentRow,
  type DocumentSource,
  type DocumentState,
  documents,
} from './tables.ts';

/** Everything but the text, the headings and the pages, which a list has no use for. */
const summaryColumns = {
  id: documents.id,
  source: documents.source,
  repositoryId: documents.repositoryId,
  externalId: documents.externalId,
  path: documents.path,
  uri: documents.uri,
  title: documents.title,
  mediaType: documents.mediaType,
  bytes: documents.bytes,
  contentHash: documents.contentHash,
  state: documents.state,
  problem: documents.problem,
  chunkCount: documents.chunkCount,
  commit: documents.commit,
  fileKey: documents.fileKey,
  indexState: documents.indexState,
  goneAt: documents.goneAt,
  goneReason: documents.goneReason,
  kept: documents.kept,
  createdAt: documents.createdAt,
  updatedAt: documents.updatedAt,
};

export type DocumentSummaryRow = Omit<DocumentRow, 'text' | 'headings' | 'pages'>;

export interface DocumentFilter {
  source?: DocumentSource | undefined;
  repositoryId?: string | undefined;
  state?: DocumentState | undefined;
  q?: string | undefined;
}

function conditions({ source, repositoryId, state, q }: DocumentFilter): SQL | undefined {
  const pattern = q === undefined ? '' : `%${q.replace(/[\\%_]/g, '\\$&')}%`;
  return and(
    source === undefined ? undefined : eq(documents.source, source),
    repositoryId === undefined ? undefined : eq(documents.repositoryId, repositoryId),
    state === undefined ? undefined : eq(documents.state, state),
    q === undefined ? undefined : or(ilike(documents.title, pattern), ilike(documents.externalId, pattern)),
  );
}

/** Documents, the newest first. */
export async function selectDocuments(
  tx: Tx,
  filter: DocumentFilter,
  page: { before?: string | undefined; limit: number },
): Promise<DocumentSummaryRow[]> {
  const older = page.before === undefined ? undefined : lt(documents.id, page.before);
  return tx
    .select(summaryColumns)
    .from(documents)
    .where(and(conditions(filter), older))
    .orderBy(desc(documents.id))
    .limit(page.limit);
}

export async function countMatching(tx: Tx, filter: DocumentFilter): Promise<number> {
  const [row] = await tx.select({ total: count() }).from(documents).where(conditions(filter));
  return row?.total ?? 0;
}

/** How many documents are in each state. */
export function readDocumentCounts(): Reading<Record<DocumentState, number>> {
  return {
    name: 'document counts',
    text: 'select state, count(*) from documents group by state',
    values: [],
    take(rows) {
      const counts: Record<DocumentState, number> = { ready: 0, pending: 0, failed: 0, gone: 0 };
      for (const [state, count] of rows) counts[state as DocumentState] = Number(count);
      return counts;
    },
  };
}

export async function selectDocument(tx: Tx, id: string): Promise<DocumentRow | undefined> {
  const [row] = await tx.select().from(documents).where(eq(documents.id, id));
  return row;
}

export async function selectSummaries(tx: Tx, ids: readonly string[]): Promise<DocumentSummaryRow[]> {
  return tx
    .select(summaryColumns)
    .from(documents)
    .where(inArray(documents.id, [...ids]));
}

/** What is known of a document by its identity in its source. */
export interface KnownDocument {
  id: string;
  externalId: string;
  contentHash: string;
  state: DocumentState;
  goneReason: DocumentRow['goneReason'];
  kept: boolean;
  fileKey: string | null;
  problem: DocumentProblem | null;
}

export interface Origin {
  source: DocumentSource;
  repositoryId: string | null;
}

/** The known documents of a source: all, or those with the given external ids. */
export async function selectKnown(
  tx: Tx,
  origin: Origin,
  externalIds?: readonly string[],
): Promise<Map<string, KnownDocument>> {
  const rows = await tx
    .select({
      id: documents.id,
      externalId: documents.externalId,
      contentHash: documents.contentHash,
      state: documents.state,
      goneReason: documents.goneReason,
      kept: documents.kept,
      fileKey: documents.fileKey,
      problem: documents.problem,
    })
    .from(documents)
    .where(
      and(
        eq(documents.source, origin.source),
        origin.repositoryId === null
          ? isNull(documents.repositoryId)
          : eq(documents.repositoryId, origin.repositoryId),
        externalIds && sql`${documents.externalId} = any(${sql.param(externalIds)}::text[])`,
      ),
    );
  return new Map(rows.map((row) => [row.externalId, row]));
}

/** A document as one ingest leaves it. */
export interface DocumentWrite {
  externalId: string;
  path: string | null;
  uri: string | null;
  title: string;
  mediaType: string;
  contentHash: string;
  bytes: number;
  state: 'pending' | 'ready' | 'failed';
  problem: DocumentProblem | null;
  text: string;
  headings: readonly DocumentHeading[];
  pages: readonly DocumentPage[];
  chunks: readonly Chunk[];
  commit: string | null;
  fileKey: string | null;
}

/**
 * Writes documents of one source over what is known of them, and their chunks. A document whose new content
 * could not be read keeps its last text to look at. External ids must be distinct.
 */
export async function upsertDocuments(
  tx: Tx,
  origin: Origin,
  writes: readonly DocumentWrite[],
  now: Date,
): Promise<{ id: string; externalId: string; created: boolean }[]> {
  if (writes.length === 0) return [];
  // Always locked in the same order, so that two ingests at once never wait for each other.
  const sorted = writes.toSorted((a, b) => (a.externalId < b.externalId ? -1 : 1));
  const saved = await upsertRows(tx, origin, sorted, now);
  const ids = new Map(saved.map((row) => [row.externalId, row.id]));
  const ready = sorted.filter(({ state }) => state === 'ready');
  await replaceChunks(
    tx,
    ready.map((write) => ({ documentId: ids.get(write.externalId) ?? '', chunks: write.chunks })),
    new Set(saved.filter(({ created }) => !created).map(({ id }) => id)),
  );
  return saved;
}

async function upsertRows(tx: Tx, origin: Origin, writes: readonly DocumentWrite[], now: Date) {
  const column = <T>(read: (write: DocumentWrite) => T) => sql.param(writes.map(read));
  const instant = now.toISOString();
  const { rows } = await tx.execute<{ id: string; external_id: string; created: boolean }>(sql`
    insert into documents (source, repository_id, id, external_id, path, uri, title, media_type, content_hash, bytes, state,
      problem, text, headings, pages, chunk_count, commit, file_key, index_state, created_at, updated_at)
    select ${origin.source}, ${origin.repositoryId}::uuid, id, external_id, path, uri, title, media_type, content_hash, bytes, state,
      problem::jsonb, text, headings::jsonb, pages::jsonb, chunk_count, commit, file_key, 'dirty', ${instant}::timestamptz, ${instant}::timestamptz
    from unnest(
      ${column(() => newId())}::uuid[], ${column((write) => write.externalId)}::text[], ${column((write) => write.path)}::text[],
      ${column((write) => write.uri)}::text[], ${column((write) => write.title)}::text[], ${column((write) => write.mediaType)}::text[],
      ${column((write) => write.contentHash)}::text[], ${column((write) => write.bytes)}::bigint[], ${column((write) => write.state)}::text[],
      ${column((write) => write.problem && JSON.stringify(write.problem))}::text[], ${column((write) => write.text)}::text[],
      ${column((write) => JSON.stringify(write.headings))}::text[], ${column((write) => JSON.stringify(write.pages))}::text[],
      ${column((write) => write.chunks.length)}::integer[], ${column((write) => write.commit)}::text[], ${column((write) => write.fileKey)}::text[]
    ) as new (id, external_id, path, uri, title, media_type, content_hash, bytes, state, problem, text, headings, pages, chunk_count, commit, file_key)
    on conflict on constraint documents_identity do update set
      path = excluded.path, uri = excluded.uri, content_hash = excluded.content_hash, bytes = excluded.bytes,
      state = excluded.state, problem = excluded.problem, commit = excluded.commit, file_key = excluded.file_key,
      title = case when excluded.state = 'ready' then excluded.title else documents.title end,
      media_type = case when excluded.state = 'ready' then excluded.media_type else documents.media_type end,
      text = case when excluded.state = 'ready' then excluded.text else documents.text end,
      headings = case when excluded.state = 'ready' then excluded.headings else documents.headings end,
      pages = case when excluded.state = 'ready' then excluded.pages else documents.pages end,
      chunk_count = case when excluded.state = 'ready' then excluded.chunk_count else documents.chunk_count end,
      index_state = 'dirty', gone_at = null, gone_reason = null, kept = false, updated_at = excluded.updated_at
    returning id, external_id, xmax = 0 as created`);
  return rows.map((row) => ({ id: row.id, externalId: row.external_id, created: row.created }));
}

interface ChunksOf {
  documentId: string;
  chunks: readonly Chunk[];
}

/** Rows a statement; bounds the memory that one statement takes. */
const CHUNKS_AT_ONCE = 5_000;

async function replaceChunks(
  tx: Tx,
  written: readonly ChunksOf[],
  known: ReadonlySet<string>,
): Promise<void> {
  const stale = written.map(({ documentId }) => documentId).filter((id) => known.has(id));
  if (stale.length > 0)
    await tx.execute(sql`delete from chunks where document_id = any(${sql.param(stale)}::uuid[])`);
  const rows = written.flatMap(({ documentId, chunks }) =>
    chunks.map((chunk, ordinal) => ({ documentId, ordinal, chunk })),
  );
  for (let from = 0; from < rows.length; from += CHUNKS_AT_ONCE) {
    const part = rows.slice(from, from + CHUNKS_AT_ONCE);
    const column = <T>(read: (row: (typeof part)[number]) => T) => sql.param(part.map(read));
    await tx.execute(sql`
      insert into chunks (id, document_id, ordinal, start_offset, end_offset, heading_path, page, line_start, line_end)
      select id, document_id, ordinal, start_offset, end_offset, heading_path::text[], page, line_start, line_end
      from unnest(
        ${column(() => newId())}::uuid[], ${column((row) => row.documentId)}::uuid[], ${column((row) => row.ordinal)}::integer[],
        ${column((row) => row.chunk.start)}::integer[], ${column((row) => row.chunk.end)}::integer[],
        ${column((row) => arrayLiteral(row.chunk.headingPath))}::text[], ${column((row) => row.chunk.page)}::integer[],
        ${column((row) => row.chunk.lineStart)}::integer[], ${column((row) => row.chunk.lineEnd)}::integer[]
      ) as new (id, document_id, ordinal, start_offset, end_offset, heading_path, page, line_start, line_end)`);
  }
}

/** unnest() would flatten arrays of arrays, so each path goes as the text of an array. */
function arrayLiteral(titles: readonly string[]): string {
  return `{${titles.map((title) => `"${title.replace(/["\\]/g, '\\$&')}"`).join(',')}}`;
}

/** Takes documents out of search; their text and chunks stay. */
export async function updateGone(
  tx: Tx,
  ids: readonly string[],
  change: { reason: 'left-source' | 'removed'; at: Date },
): Promise<void> {
  if (ids.length === 0) return;
  await tx
    .update(documents)
    .set({
      state: 'gone',
      // A problem of fetching a readable document again would make it look unread when it is restored.
      problem: sql`case when ${documents.state} = 'ready' then null else ${documents.problem} end`,
      goneAt: change.at,
      goneReason: change.reason,
      kept: false,
      indexState: 'dirty',
      updatedAt: change.at,
    })
    .where(sql`${documents.id} = any(${sql.param(ids)}::uuid[])`);
}

/** Brings gone documents back to what they were. `kept` holds them against a source that has them no longer. */
export async function updateRestored(
  tx: Tx,
  ids: readonly string[],
  change: { kept: boolean; at: Date },
): Promise<void> {
  if (ids.length === 0) return;
  await tx
    .update(documents)
    .set({
      state: sql`case when ${documents.problem} is not null then 'failed' when ${documents.chunkCount} > 0 then 'ready' else 'pending' end`,
      goneAt: null,
      goneReason: null,
      kept: change.kept,
      indexState: 'dirty',
      updatedAt: change.at,
    })
    .where(sql`${documents.id} = any(${sql.param(ids)}::uuid[])`);
}

/** The source has them again: nothing needs to hold them any more. */
export async function updateNotKept(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length > 0)
    await tx
      .update(documents)
      .set({ kept: false })
      .where(inArray(documents.id, [...ids]));
}

export async function updateDocument(
  tx: Tx,
  id: string,
  values: Partial<Pick<DocumentRow, 'state' | 'problem' | 'contentHash' | 'indexState' | 'updatedAt'>>,
): Promise<void> {
  await tx.update(documents).set(values).where(eq(documents.id, id));
}
