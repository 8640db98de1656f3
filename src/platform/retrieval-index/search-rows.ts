import type { FullTextQuery } from '@lancedb/lancedb';
import { equals } from './filters.ts';
import type { Handle } from './handle.ts';
import type { LanceTable } from './lance-table.ts';
import { type PreparedQuery, prepareQuery } from './prepare-query.ts';
import type { IndexHit, IndexQuery } from './types.ts';

const TIMEOUT_MS = 15_000;

/** See {@link RetrievalIndex.search}. */
export async function searchRows(handle: Handle, query: IndexQuery): Promise<IndexHit[]> {
  const prepared = prepareQuery(query.query);
  if (prepared.text === '' || query.limit < 1) return [];
  const rows = await handle.read(
    (opened): Promise<unknown[]> =>
      opened.table
        .query()
        .fullTextSearch(matchQuery(opened, prepared))
        .where(rowFilter(query))
        .select(['chunkId', 'documentId', '_score'])
        .limit(query.limit)
        .toArray({ timeoutMs: TIMEOUT_MS }),
  );
  return typeof rows === 'string' ? [] : rows.map(toHit);
}

/** See {@link RetrievalIndex.countMatches}. */
export async function countMatches(
  handle: Handle,
  projectId: string,
  word: string,
  ceiling: number,
): Promise<number> {
  const { text } = prepareQuery(word);
  if (text === '') return 0;
  const rows = await handle.read(
    ({ engine, table }): Promise<unknown[]> =>
      table
        .query()
        .fullTextSearch(new engine.MatchQuery(text, 'text', { operator: engine.Operator.And }))
        .where(equals('projectId', projectId))
        .select(['_score'])
        .limit(ceiling)
        .toArray({ timeoutMs: TIMEOUT_MS }),
  );
  return typeof rows === 'string' ? 0 : rows.length;
}

/** Reads a little of each full-text index; throws if one of them is damaged. */
export async function probeFullText({ engine, table }: LanceTable): Promise<void> {
  for (const column of ['text', 'code']) {
    const query = new engine.MatchQuery('the', column);
    await table.query().fullTextSearch(query).select(['_score']).limit(1).toArray({ timeoutMs: TIMEOUT_MS });
  }
}

/** One column for all rows, so that all scores share one set of statistics; code gets the words of names on top. */
function matchQuery({ engine }: LanceTable, prepared: PreparedQuery): FullTextQuery {
  const text = new engine.MatchQuery(prepared.text, 'text');
  if (prepared.codeWords === '') return text;
  const code = new engine.MatchQuery(prepared.codeWords, 'code');
  return new engine.BooleanQuery([
    [engine.Occur.Should, text],
    [engine.Occur.Should, code],
  ]);
}

function rowFilter(query: IndexQuery): string {
  const conditions = [equals('projectId', query.projectId)];
  if (query.source !== undefined) conditions.push(equals('source', query.source));
  if (query.repositoryId !== undefined) conditions.push(equals('repositoryId', query.repositoryId));
  return conditions.join(' AND ');
}

function toHit(row: unknown): IndexHit {
  const { chunkId, documentId, _score } = row as { chunkId: string; documentId: string; _score: number };
  return { chunkId, documentId, score: _score };
}
