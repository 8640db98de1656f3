import { type Context, createContext, systemActor } from '#platform/context/index.ts';
import { appError } from '#platform/errors/index.ts';
import { startJob } from '#platform/jobs/index.ts';
import { prepareQuery } from '#platform/retrieval-index/index.ts';
import { updateIndexJob } from '../indexing/jobs.ts';
import { cutExcerpt } from './excerpt.ts';
import { readQuestion } from './question.ts';
import { type Retrieved, retrieveDocuments } from './retrieve.ts';
import { type IndexStatus, MAX_QUERY_CHARACTERS, type SearchItem, type SearchResult } from './schema.ts';
import { countDirty, hasDocuments } from './search-store.ts';

export interface SearchInput {
  readonly q: string;
  readonly limit?: number | undefined;
  readonly source?: string | undefined;
  readonly repository?: string | undefined;
}

const DEFAULT_LIMIT = 10;

/** Searches the documents of the project: the best chunk of each document, best first. */
export async function searchDocuments(context: Context, input: SearchInput): Promise<SearchResult> {
  const started = performance.now();
  const query = checkQuery(input.q);
  const [found, index] = await Promise.all([
    retrieveDocuments(context, {
      query,
      limit: input.limit ?? DEFAULT_LIMIT,
      source: input.source,
      repositoryId: input.repository,
    }),
    indexStatus(context),
  ]);
  const items = await toItems(query, found);
  const note = noteFor(query, index, items.length);
  const tookMs = Math.round((performance.now() - started) * 10) / 10;
  return { items, total: items.length, tookMs, index, ...(note ? { note } : {}) };
}

/** Refuses a query that is no question; what has no words in it is a query that finds nothing. */
export function checkQuery(text: string): string {
  if (text.length > MAX_QUERY_CHARACTERS) {
    throw appError(
      'query-too-long',
      400,
      `The query has ${text.length} characters; at most ${MAX_QUERY_CHARACTERS} are looked for.`,
      {
        remedy: 'Ask with the words that matter most.',
      },
    );
  }
  return text;
}

/**
 * How fresh the index is. If it is lost, building it again is started here, so that the first search after the loss
 * already brings it back.
 */
export async function indexStatus(context: Context): Promise<IndexStatus> {
  const { pending, any } = await context.transaction(async (tx) => ({
    pending: await countDirty(tx),
    any: await hasDocuments(tx),
  }));
  if (!any) return { state: 'empty', pending: 0 };
  const state = await context.platform.retrievalIndex.state(context.projectId);
  if (state === 'ready') return { state: pending > 0 ? 'updating' : 'ready', pending };
  await startRebuild(context);
  // Documents that were never indexed make it a first build, not a loss.
  return { state: 'rebuilding', pending };
}

/** In the product's own name: who only reads may be the first to notice, and is answered in any case. */
async function startRebuild({ platform, projectId, log }: Context): Promise<void> {
  const context = createContext(platform, { projectId, role: 'owner', actor: systemActor });
  try {
    await context.transaction((tx) => startJob(context, tx, updateIndexJob, {}));
  } catch (error) {
    log.warn({ err: error }, 'building the lost index again could not be started');
  }
}

async function toItems(query: string, found: readonly Retrieved[]): Promise<SearchItem[]> {
  if (found.length === 0) return [];
  const question = await readQuestion(query);
  await question.learn(found.map((chunk) => chunk.text).join('\n'));
  return found.map((chunk) => ({
    documentId: chunk.documentId,
    externalId: chunk.externalId,
    title: chunk.title,
    score: chunk.score,
    span: {
      start: chunk.start,
      end: chunk.end,
      lineStart: chunk.lineStart,
      lineEnd: chunk.lineEnd,
      page: chunk.page,
      headingPath: chunk.headingPath,
    },
    excerpt: cutExcerpt(chunk.text, question.match),
    path: chunk.path,
    repositoryId: chunk.repositoryId,
    chunkId: chunk.chunkId,
  }));
}

function noteFor(query: string, index: IndexStatus, found: number): string | undefined {
  if (index.state === 'empty') return 'There are no documents yet.';
  if (index.state === 'rebuilding')
    return 'The search index is being built; the answer is incomplete until it is.';
  const prepared = prepareQuery(query);
  if (prepared.text === '') return 'The query has no words to look for.';
  if (prepared.shortened) return 'The query is long; only its first words were looked for.';
  if (found === 0 && index.pending > 0) return 'Nothing found yet; some documents are still being indexed.';
  return undefined;
}
