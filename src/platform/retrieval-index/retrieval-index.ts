import { type Call, type Logger, watchCall } from '#platform/telemetry/index.ts';
import { createHandle, existsOnDisk, type Handle } from './handle.ts';
import { countMatches, probeFullText, searchRows } from './search-rows.ts';
import type { IndexState, RetrievalIndex } from './types.ts';
import { countUnindexed, hasMarker, ownRows } from './write-rows.ts';
import { createWriter } from './writer.ts';

export interface RetrievalIndexOptions {
  /** A folder, or an s3:// URL. */
  readonly uri: string;
  readonly log: Logger;
}

const SEARCH: Call = { name: 'index search', attributes: {}, part: 'index' };
const COUNT: Call = { name: 'index count', attributes: {}, part: 'index' };

/** The full-text index over all chunks. Derived: whatever it loses is built again from the database. */
export function createRetrievalIndex(options: RetrievalIndexOptions): RetrievalIndex {
  const handle = createHandle(options.uri, options.log);
  const writer = createWriter(options.uri);
  return {
    search: (query) => watchCall(SEARCH, () => searchRows(handle, query)),
    countMatches: (projectId, word, ceiling) =>
      watchCall(COUNT, () => countMatches(handle, projectId, word, ceiling)),
    replaceDocuments: (documentIds, rows) => writer.perform({ kind: 'replace', documentIds, rows }),
    optimize: () => writer.perform({ kind: 'optimize' }),
    state: (projectId) => projectState(handle, projectId),
    isLoaded: () => handle.isLoaded(),
    isDamaged: () => handle.isDamaged(),
    exists: () => existsOnDisk(options.uri),
    countRows: (projectId) => countRows(handle, projectId),
    countAllRows: () => countAllRows(handle),
    countUnindexedRows: () => countUnindexedRows(handle),
    beginProject: (projectId) => writer.perform({ kind: 'begin', projectId }),
    async reset() {
      // A writer that still holds the old table open must not write on into the removed folder.
      await writer.close();
      await handle.reset();
    },
    async close() {
      await writer.close();
      handle.forget();
    },
  };
}

async function projectState(handle: Handle, projectId: string): Promise<IndexState> {
  // The worker that repairs is not always the process that found the damage, so it tries a search itself.
  const known = await handle.read(async (opened) => {
    await probeFullText(opened);
    return hasMarker(opened, projectId);
  });
  if (typeof known === 'string') return known;
  return known ? 'ready' : 'unknown-project';
}

async function countRows(handle: Handle, projectId: string): Promise<number> {
  const count = await handle.read(({ table }) => table.countRows(ownRows(projectId)));
  return typeof count === 'string' ? 0 : count;
}

async function countAllRows(handle: Handle): Promise<number> {
  const count = await handle.read(({ table }) => table.countRows());
  return typeof count === 'string' ? 0 : count;
}

async function countUnindexedRows(handle: Handle): Promise<number> {
  const count = await handle.read(countUnindexed);
  return typeof count === 'string' ? 0 : count;
}
