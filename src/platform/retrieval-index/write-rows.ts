import { setTimeout as sleep } from 'node:timers/promises';
import { equals, isOneOf } from './filters.ts';
import type { Handle } from './handle.ts';
import { identifierWords } from './identifier-words.ts';
import type { LanceTable } from './lance-table.ts';
import type { IndexRow } from './types.ts';

/** Old versions are kept this long, for readers in other processes. */
const KEEP_VERSIONS_MS = 10 * 60_000;
const OPTIMIZE_ATTEMPTS = 5;
const DELETE_BATCH = 500;

/**
 * A row without words that says that a project has been filled into this table. It goes when the table goes,
 * which is how a rebuilt index knows what it lacks.
 */
function markerId(projectId: string): string {
  return `project:${projectId}`;
}

export function ownRows(projectId: string): string {
  return `${equals('projectId', projectId)} AND documentId <> ''`;
}

export async function hasMarker({ table }: LanceTable, projectId: string): Promise<boolean> {
  const filter = `${equals('projectId', projectId)} AND ${equals('chunkId', markerId(projectId))}`;
  return (await table.countRows(filter)) > 0;
}

/** Rows that are found by scanning instead of by the full-text index. */
export async function countUnindexed({ table }: LanceTable): Promise<number> {
  const statistics = await table.indexStats('text_idx');
  return statistics?.numUnindexedRows ?? 0;
}

/** See {@link RetrievalIndex.beginProject}. */
export async function beginProject(handle: Handle, projectId: string): Promise<void> {
  const opened = await handle.ensure();
  await opened.table.delete(equals('projectId', projectId));
  const marker = { chunkId: markerId(projectId), documentId: '', projectId, source: '', repositoryId: '' };
  await opened.table.add([{ ...marker, text: '', code: null }]);
}

/** Deletes, then adds: a process that dies in between leaves documents that are still marked as to be indexed. */
export async function replaceDocuments(
  handle: Handle,
  documentIds: readonly string[],
  rows: readonly IndexRow[],
): Promise<void> {
  const { table } = await handle.ensure();
  for (let start = 0; start < documentIds.length; start += DELETE_BATCH) {
    await table.delete(isOneOf('documentId', documentIds.slice(start, start + DELETE_BATCH)));
  }
  if (rows.length > 0) await table.add(rows.map(toRecord));
}

function toRecord(row: IndexRow): Record<string, string | null> {
  const words = row.kind === 'code' ? identifierWords(row.text) : [];
  const text = words.length === 0 ? row.text : `${row.text}\n${words.join(' ')}`;
  return {
    chunkId: row.chunkId,
    documentId: row.documentId,
    projectId: row.projectId,
    source: row.source,
    repositoryId: row.repositoryId ?? '',
    text,
    code: row.kind === 'code' ? text : null,
  };
}

/** Retries, because two processes that write at once make one of them start over. */
export async function optimize(handle: Handle): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const opened = await handle.open();
    if (typeof opened === 'string') return;
    try {
      await opened.table.optimize({ cleanupOlderThan: new Date(Date.now() - KEEP_VERSIONS_MS) });
      return;
    } catch (error) {
      if (attempt === OPTIMIZE_ATTEMPTS) throw error;
      handle.log.debug({ err: error, attempt }, 'optimizing the retrieval index failed; trying again');
      await sleep(100 * 2 ** attempt * (0.5 + Math.random()));
    }
  }
}
