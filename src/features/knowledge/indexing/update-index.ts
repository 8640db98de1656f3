import type { Context, Tx } from '#platform/context/index.ts';
import type { JobHandle } from '#platform/jobs/index.ts';
import type { IndexRow } from '#platform/retrieval-index/index.ts';
import { classifyContent } from './classify-content.ts';
import {
  type ChunkToIndex,
  type DirtyDocument,
  selectChunksToIndex,
  selectDirtySizes,
  selectDocumentsToIndex,
  selectIndexCounts,
  updateAllDirty,
  updateIndexed,
} from './index-store.ts';

const BATCH_DOCUMENTS = 500;
/** The embedded database never gives back the memory that a large answer took. */
const BATCH_CHARACTERS = 1_000_000;
/** Rows outside the full-text index are found by scanning, which costs several times as much from some 300 on. */
const MAX_SCANNED_ROWS = 200;
/** They are also scored by other statistics, so where merging is quick (well under a second) none are left. */
const QUICKLY_MERGED_ROWS = 20_000;
/** While much is written, merging after each batch would take longer than writing. */
const MERGE_EVERY_ROWS = 2_000;

export interface UpdateIndexResult {
  readonly documents: number;
  readonly chunks: number;
  readonly rebuilt: boolean;
}

type Progress = JobHandle['progress'];

/**
 * Brings the retrieval index to what the database says, one process at a time: all projects share one index.
 */
export function updateIndex(context: Context, progress: Progress): Promise<UpdateIndexResult> {
  const { database } = context.platform;
  return database.withLock('retrieval-index', () => updateIndexAlone(context, progress), context.signal);
}

/**
 * Documents are marked as indexed only after their rows are written, and written anew as a whole, so that a process
 * that dies anywhere loses nothing and repeats a batch at most.
 */
async function updateIndexAlone(context: Context, progress: Progress): Promise<UpdateIndexResult> {
  const index = context.platform.retrievalIndex;
  const counts = await context.transaction(selectIndexCounts);
  const nothing = { documents: 0, chunks: 0, rebuilt: false };
  if (counts.dirty + counts.indexed === 0) return nothing;
  // A process that has never searched isn't made to load the engine only to find that all is well.
  if (counts.dirty === 0 && !index.isLoaded() && (await index.exists())) return nothing;
  const rebuilt = await prepareIndex(context, counts.indexed > 0, progress);
  const total = rebuilt ? counts.dirty + counts.indexed : counts.dirty;
  const message = rebuilt ? REBUILDING : undefined;
  let written = { documents: 0, chunks: 0 };
  for (let unmerged = 0; ; ) {
    context.signal.throwIfAborted();
    progress({ phase: 'index', done: written.documents, total, ...(message ? { message } : {}) });
    const batch = await context.transaction(readBatch);
    if (batch.documents.length === 0) break;
    const chunks = await writeBatch(context, batch);
    written = { documents: written.documents + batch.documents.length, chunks: written.chunks + chunks };
    unmerged += chunks;
    if (unmerged >= Math.max(MERGE_EVERY_ROWS, written.chunks / 5)) {
      await index.optimize();
      unmerged = 0;
    }
    // Before the last ones are marked, so that an index that is said to be ready also ranks as it will.
    if (batch.isLast) await mergeRest(context, false);
    await context.transaction((tx) => updateIndexed(tx, batch.documents));
  }
  if (written.documents === 0) await mergeRest(context, true);
  return { ...written, rebuilt };
}

/** Merges what is not yet in the full-text index, unless it is little and would take long; a quiet moment takes all. */
async function mergeRest({ platform, projectId }: Context, isQuiet: boolean): Promise<void> {
  const index = platform.retrievalIndex;
  const rest = await index.countUnindexedRows();
  if (rest === 0) return;
  if (isQuiet || rest >= MAX_SCANNED_ROWS || (await index.countRows(projectId)) < QUICKLY_MERGED_ROWS)
    await index.optimize();
}

const REBUILDING = 'The search index was missing or damaged and is being rebuilt from the database.';

/** Makes sure that there is a sound index that knows the project. Returns whether it has to be built again. */
async function prepareIndex(context: Context, hadContent: boolean, progress: Progress): Promise<boolean> {
  const { platform, projectId } = context;
  const state = await platform.retrievalIndex.state(projectId);
  if (state === 'ready') return false;
  if (hadContent) {
    context.log.warn({ state, projectId }, REBUILDING);
    progress({ phase: 'rebuild', message: REBUILDING });
  }
  if (state === 'damaged') await platform.retrievalIndex.reset();
  // Committed before the index says that it knows the project: if we die in between, this is done again.
  await context.transaction(updateAllDirty);
  await platform.retrievalIndex.beginProject(projectId);
  return hadContent;
}

/** Writes the rows of a batch and returns how many there are. */
async function writeBatch(context: Context, batch: Batch): Promise<number> {
  const rows = batch.documents.flatMap((document) =>
    toRows(context.projectId, document, batch.chunks.get(document.id) ?? []),
  );
  await context.platform.retrievalIndex.replaceDocuments(
    batch.documents.map((document) => document.id),
    rows,
  );
  return rows.length;
}

interface Batch {
  documents: DirtyDocument[];
  chunks: Map<string, ChunkToIndex[]>;
  /** Whether nothing else waits. */
  isLast: boolean;
}

async function readBatch(tx: Tx): Promise<Batch> {
  const sizes = await selectDirtySizes(tx, BATCH_DOCUMENTS);
  const ids = takeWhileSmall(sizes);
  if (ids.length === 0) return { documents: [], chunks: new Map(), isLast: true };
  const documents = await selectDocumentsToIndex(tx, ids);
  const chunks = await selectChunksToIndex(tx, ids);
  const isLast = ids.length === sizes.length && sizes.length < BATCH_DOCUMENTS;
  return { documents, chunks: Map.groupBy(chunks, (chunk) => chunk.documentId), isLast };
}

function takeWhileSmall(sizes: readonly { id: string; characters: number }[]): string[] {
  const taken: string[] = [];
  let characters = 0;
  for (const size of sizes) {
    characters += size.characters;
    if (taken.length > 0 && characters > BATCH_CHARACTERS) break;
    taken.push(size.id);
  }
  return taken;
}

/** Only a document that can be shown is found: one that is gone or failed has no rows. */
function toRows(projectId: string, document: DirtyDocument, chunks: readonly ChunkToIndex[]): IndexRow[] {
  const { text } = document;
  if (document.state !== 'ready') return [];
  const kind = classifyContent({ path: document.path, mediaType: document.mediaType, text });
  return chunks.map((chunk) => ({
    chunkId: chunk.id,
    documentId: document.id,
    projectId,
    source: document.source,
    repositoryId: document.repositoryId,
    kind,
    text: [...namesOf(document, chunk), text.slice(chunk.start, chunk.end)].join('\n'),
  }));
}

/** What a chunk is found by beside its text, each once: said twice, it would count twice. */
function namesOf({ title, externalId, text }: DirtyDocument, chunk: ChunkToIndex): Set<string> {
  const names = new Set([title, ...chunk.headingPath]);
  // An id that stands in for a missing title tells nothing, and a title may be all that a document has.
  names.delete(externalId);
  if (title === text) names.delete(title);
  return names;
}
