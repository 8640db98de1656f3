import { type Context, recordActivity, type Tx } from '#platform/context/index.ts';
import { appError, notFound } from '#platform/errors/index.ts';
import { isId } from '#platform/ids/index.ts';
import { type Job, startJob } from '#platform/jobs/index.ts';
import { FETCH_URL } from './fetch-url.ts';
import { announceChange } from './ingest.ts';
import type { Document, DocumentAndJob, DocumentDetail } from './schema.ts';
import {
  countMatching,
  type DocumentFilter,
  selectDocument,
  selectDocuments,
  updateDocument,
  updateGone,
  updateRestored,
} from './store.ts';
import type { DocumentRow } from './tables.ts';
import { toDocument } from './to-document.ts';
import { INGEST_UPLOAD } from './upload.ts';

export { fetchDocument } from './fetch-url.ts';
export { ingestBatch } from './ingest-batch.ts';
export { addUploads, type StoredFile, storeFile } from './upload.ts';

/** The kind of the job that reads a repository's documents; its definition is in jobs.ts. */
export const INGEST_REPOSITORY = { kind: 'knowledge.ingestRepository' } as const;

export interface ListDocumentsInput extends DocumentFilter {
  before?: string | undefined;
  limit: number;
}

/** Documents, the newest first, and how many there are in all. */
export async function listDocuments(
  context: Context,
  input: ListDocumentsInput,
): Promise<{ items: Document[]; total: number }> {
  const { before, limit, ...filter } = input;
  return context.transaction(async (tx) => {
    const rows = await selectDocuments(tx, filter, { before, limit });
    return { items: rows.map(toDocument), total: await countMatching(tx, filter) };
  });
}

/** A document with its text; also one that is gone or failed. */
export async function getDocument(context: Context, id: string): Promise<DocumentDetail> {
  const row = await context.transaction((tx) => requireDocument(tx, id));
  return { ...toDocument(row), text: row.text, headings: row.headings, pages: row.pages };
}

async function requireDocument(tx: Tx, id: string): Promise<DocumentRow> {
  const row = isId(id) ? await selectDocument(tx, id) : undefined;
  if (!row) throw notFound('document', id);
  return row;
}

/** Takes a document out of search, for good unless it is restored; it can still be looked at. */
export async function removeDocument(context: Context, id: string): Promise<Document> {
  return context.transaction(async (tx) => {
    const row = await requireDocument(tx, id);
    if (row.state === 'gone' && row.goneReason === 'removed') return toDocument(row);
    await updateGone(tx, [id], { reason: 'removed', at: context.platform.clock.now() });
    await recordChange(context, tx, 'knowledge.remove', row);
    await announceChange(context, tx);
    return toDocument(await requireDocument(tx, id));
  });
}

/** Brings a gone document back into search, also one that its source no longer has. */
export async function restoreDocument(context: Context, id: string): Promise<Document> {
  return context.transaction(async (tx) => {
    const row = await requireDocument(tx, id);
    if (row.state !== 'gone')
      throw appError(
        'document-not-gone',
        409,
        `The document is ${row.state}; only a gone one can be restored.`,
      );
    await updateRestored(tx, [id], {
      kept: row.goneReason === 'left-source',
      at: context.platform.clock.now(),
    });
    await recordChange(context, tx, 'knowledge.restore', row);
    await announceChange(context, tx);
    return toDocument(await requireDocument(tx, id));
  });
}

/** Reads a document's source again. */
export async function retryDocument(context: Context, id: string): Promise<DocumentAndJob> {
  return context.transaction(async (tx) => {
    const row = await requireDocument(tx, id);
    if (row.state === 'gone') {
      throw appError('document-gone', 409, 'The document is gone.', { remedy: 'Restore it first.' });
    }
    const job = await startRetry(context, tx, row);
    await recordActivity(tx, context, { action: 'knowledge.retry', subjectKind: 'document', subjectId: id });
    return { document: toDocument(await requireDocument(tx, id)), job };
  });
}

async function startRetry(context: Context, tx: Tx, row: DocumentRow): Promise<Job> {
  if (row.source === 'url') return startJob(context, tx, FETCH_URL, { documentId: row.id });
  if (row.source === 'upload') {
    await updateDocument(tx, row.id, {
      state: 'pending',
      indexState: 'dirty',
      updatedAt: context.platform.clock.now(),
    });
    return startJob(context, tx, INGEST_UPLOAD, { documentIds: [row.id] });
  }
  if (row.source === 'repository' && row.repositoryId) {
    // No content has this hash, so the next run reads the file anew.
    await updateDocument(tx, row.id, { contentHash: '' });
    return startJob(context, tx, INGEST_REPOSITORY, { repositoryId: row.repositoryId });
  }
  throw appError('not-retryable', 409, 'This document was sent by a program; its original is not here.', {
    remedy: 'Send it again with POST /documents:batch.',
  });
}

async function recordChange(context: Context, tx: Tx, action: string, row: DocumentRow): Promise<void> {
  await recordActivity(tx, context, {
    action,
    subjectKind: 'document',
    subjectId: row.id,
    before: { state: row.state, title: row.title },
  });
}
