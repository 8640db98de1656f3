import type { Context } from '#platform/context/index.ts';
import type { IndexHit } from '#platform/retrieval-index/index.ts';
import { type FoundChunk, selectChunks } from './search-store.ts';

export interface RetrieveInput {
  readonly query: string;
  readonly limit: number;
  readonly source?: string | undefined;
  readonly repositoryId?: string | undefined;
}

export interface Retrieved extends FoundChunk {
  readonly score: number;
}

/** However many chunks a few documents have: beyond this nothing is looked at. */
const MAX_HITS = 4_000;

/** The best chunk of each of the best documents, as the database has them now. */
export async function retrieveDocuments(context: Context, input: RetrieveInput): Promise<Retrieved[]> {
  for (let wanted = input.limit * 3 + 10; ; wanted *= 4) {
    const hits = await searchIndex(context, input, wanted);
    const best = bestOfEach(hits).slice(0, input.limit + STALE_RESERVE);
    const found = await join(context, best);
    const exhausted = hits.length < wanted || wanted >= MAX_HITS;
    if (found.length >= input.limit || exhausted) return found.slice(0, input.limit);
  }
}

/** A few more than asked for are read, in place of rows that the database no longer has. */
const STALE_RESERVE = 5;

/** The best chunks, several of one document included. */
export async function retrieveChunks(context: Context, input: RetrieveInput): Promise<Retrieved[]> {
  return join(context, await searchIndex(context, input, input.limit));
}

function searchIndex(context: Context, input: RetrieveInput, limit: number): Promise<IndexHit[]> {
  const { query, source, repositoryId } = input;
  return context.platform.retrievalIndex.search({
    projectId: context.projectId,
    query,
    limit,
    source,
    repositoryId,
  });
}

function bestOfEach(hits: readonly IndexHit[]): IndexHit[] {
  const best = new Map<string, IndexHit>();
  for (const hit of hits) if (!best.has(hit.documentId)) best.set(hit.documentId, hit);
  return [...best.values()];
}

async function join(context: Context, hits: readonly IndexHit[]): Promise<Retrieved[]> {
  if (hits.length === 0) return [];
  const chunks = await context.transaction((tx) =>
    selectChunks(
      tx,
      hits.map((hit) => hit.chunkId),
    ),
  );
  const byId = new Map(chunks.map((chunk) => [chunk.chunkId, chunk]));
  return hits.flatMap((hit) => {
    const chunk = byId.get(hit.chunkId);
    return chunk ? [{ ...chunk, score: hit.score }] : [];
  });
}
