export { type AnalyzedWord, analyzeWords } from './analyze-words.ts';
export { identifierWords } from './identifier-words.ts';
export { type PreparedQuery, prepareQuery } from './prepare-query.ts';
export { createRetrievalIndex, type RetrievalIndexOptions } from './retrieval-index.ts';
export type { ChunkKind, IndexHit, IndexQuery, IndexRow, IndexState, RetrievalIndex } from './types.ts';
