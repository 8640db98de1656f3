export type ChunkKind = 'prose' | 'code';

/** One chunk as the index keeps it; everything else about it is in the database. */
export interface IndexRow {
  readonly chunkId: string;
  readonly documentId: string;
  readonly projectId: string;
  readonly source: string;
  readonly repositoryId: string | null;
  readonly kind: ChunkKind;
  /** Title, heading path and text of the chunk as one text. */
  readonly text: string;
}

export interface IndexHit {
  readonly chunkId: string;
  readonly documentId: string;
  /** BM25. Comparable within one answer, not between queries. */
  readonly score: number;
}

export interface IndexQuery {
  readonly projectId: string;
  readonly query: string;
  readonly limit: number;
  readonly source?: string | undefined;
  readonly repositoryId?: string | undefined;
}

/** `unknown-project`: the index is sound and has never been filled for this project (or was rebuilt since). */
export type IndexState = 'ready' | 'missing' | 'damaged' | 'unknown-project';

export interface RetrievalIndex {
  /** The best chunks of one project. Answers nothing, rather than failing, if the index is missing or damaged. */
  search(query: IndexQuery): Promise<IndexHit[]>;
  /** In how many chunks of a project a word occurs, counted up to `ceiling`. */
  countMatches(projectId: string, word: string, ceiling: number): Promise<number>;
  /** Replaces everything the index holds of these documents; no rows for a document removes it. */
  replaceDocuments(documentIds: readonly string[], rows: readonly IndexRow[]): Promise<void>;
  /** Brings new rows into the full-text index; until then they are found, slowly. */
  optimize(): Promise<void>;
  state(projectId: string): Promise<IndexState>;
  /** Whether this process has loaded the engine, which takes some 60 MB. */
  isLoaded(): boolean;
  /** Whether the last reading found it damaged, so that it has to be built again. */
  isDamaged(): boolean;
  /** Whether there is something on disk, told without loading the engine. */
  exists(): Promise<boolean>;
  countRows(projectId: string): Promise<number>;
  /** Of all projects. */
  countAllRows(): Promise<number>;
  countUnindexedRows(): Promise<number>;
  /** Notes that this project's documents will all be written, after what the index held of it is removed. */
  beginProject(projectId: string): Promise<void>;
  /** Removes the whole index, for all projects, so that it can be built again. */
  reset(): Promise<void>;
  close(): Promise<void>;
}
