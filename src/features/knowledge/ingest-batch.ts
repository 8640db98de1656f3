import { type Context, recordActivity } from '#platform/context/index.ts';
import { waitUntilSearchable } from './indexing/wait-until-searchable.ts';
import { announceChange, contentHash, parse, toWrite } from './ingest.ts';
import type { BatchDocument, BatchItem } from './schema.ts';
import {
  type DocumentWrite,
  type KnownDocument,
  type Origin,
  selectKnown,
  updateRestored,
  upsertDocuments,
} from './store.ts';

const API: Origin = { source: 'api', repositoryId: null };

/**
 * Takes documents that a program sends. What it answers is committed; a document that can't be read says why
 * and does not stop the rest; sending the same again changes nothing. As a rule it can be found when this returns.
 */
export async function ingestBatch(
  context: Context,
  input: { documents: readonly BatchDocument[] },
): Promise<{ items: BatchItem[] }> {
  const byId = new Map(input.documents.map((document) => [document.externalId, document]));
  const known = await context.transaction((tx) => selectKnown(tx, API, [...byId.keys()]));
  const hashes = new Map([...byId].map(([id, document]) => [id, hashOf(document)]));
  const changed = [...byId.values()].filter(({ externalId }) =>
    isChanged(known.get(externalId), hashes.get(externalId)),
  );
  const writes = await Promise.all(
    changed.map((document) => readDocument(context, document, hashes.get(document.externalId) ?? '')),
  );

  const returned = [...known.values()].filter(
    (row) => row.state === 'gone' && !isChanged(row, hashes.get(row.externalId)),
  );
  const saved = await context.transaction(async (tx) => {
    const rows = await upsertDocuments(tx, API, writes, context.platform.clock.now());
    await updateRestored(
      tx,
      returned.map(({ id }) => id),
      { kept: false, at: context.platform.clock.now() },
    );
    if (rows.length + returned.length > 0) {
      const created = rows.filter((row) => row.created).length;
      const after = { created, updated: rows.length - created, restored: returned.length };
      await recordActivity(tx, context, {
        action: 'knowledge.ingestBatch',
        subjectKind: 'documents',
        subjectId: 'api',
        after,
      });
      await announceChange(context, tx);
    }
    return rows;
  });
  await waitUntilSearchable(
    context,
    [...saved, ...returned].map(({ id }) => id),
  );
  const answers = answersOf({ known, saved, writes, returned });
  return { items: [...byId.keys()].map((id) => answers.get(id)).filter((item) => item !== undefined) };
}

function hashOf({ title, text, mediaType, uri }: BatchDocument): string {
  return contentHash(title ?? '', mediaType ?? '', uri ?? '', text);
}

function isChanged(known: KnownDocument | undefined, hash: string | undefined): boolean {
  return known?.contentHash !== hash;
}

async function readDocument(context: Context, document: BatchDocument, hash: string): Promise<DocumentWrite> {
  const { externalId, title, text, mediaType, uri } = document;
  // A title alone, as catalogues of papers have it, is a document whose text is its title.
  const content = text.trim() === '' ? (title ?? '') : text;
  const outcome = await parse(context, { content, name: externalId, title, mediaType });
  const provenance = {
    externalId,
    path: null,
    uri: uri ?? null,
    contentHash: hash,
    bytes: Buffer.byteLength(text),
    commit: null,
    fileKey: null,
    fallbackTitle: title ?? externalId,
    fallbackMediaType: mediaType ?? 'text/plain',
  };
  return toWrite(provenance, outcome);
}

interface Outcome {
  known: ReadonlyMap<string, KnownDocument>;
  saved: readonly { id: string; externalId: string; created: boolean }[];
  writes: readonly DocumentWrite[];
  returned: readonly KnownDocument[];
}

function answersOf({ known, saved, writes, returned }: Outcome): Map<string, BatchItem> {
  const answers = new Map<string, BatchItem>();
  for (const { id, externalId, problem } of known.values()) {
    const status = problem ? 'failed' : 'unchanged';
    answers.set(externalId, { externalId, documentId: id, status, ...(problem ? { problem } : {}) });
  }
  for (const row of returned)
    answers.set(row.externalId, { externalId: row.externalId, documentId: row.id, status: 'updated' });
  const problems = new Map(writes.map((write) => [write.externalId, write.problem]));
  for (const { id, externalId, created } of saved) {
    const problem = problems.get(externalId);
    const status = problem ? 'failed' : created ? 'created' : 'updated';
    answers.set(externalId, { externalId, documentId: id, status, ...(problem ? { problem } : {}) });
  }
  return answers;
}
