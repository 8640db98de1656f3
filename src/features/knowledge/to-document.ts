import type { Document } from './schema.ts';
import type { DocumentSummaryRow } from './store.ts';

/** The form in which a document leaves the feature: without where its file lies. */
export function toDocument(row: DocumentSummaryRow): Document {
  return {
    id: row.id,
    source: row.source,
    repositoryId: row.repositoryId,
    externalId: row.externalId,
    path: row.path,
    uri: row.uri,
    title: row.title,
    mediaType: row.mediaType,
    bytes: row.bytes,
    state: row.state,
    problem: row.problem,
    chunkCount: row.chunkCount,
    indexState: row.indexState,
    commit: row.commit,
    kept: row.kept,
    goneAt: row.goneAt?.toISOString() ?? null,
    goneReason: row.goneReason,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
