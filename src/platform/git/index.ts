export { type FetchedMirror, type FetchMirrorInput, type FetchPolicy, fetchMirror } from './fetch-mirror.ts';
export { findRepository } from './find-repository.ts';
export { type CommitToImport, importHistory } from './import-history.ts';
export { checkLocation, type GitLocation, parseLocation } from './location.ts';
export { measureFolder } from './mirror-files.ts';
export type { TransferProgress } from './parse-progress.ts';
export { readBlob, readBlobs } from './read-blobs.ts';
export { openTree } from './read-tree.ts';
export type {
  BlobContent,
  Branch,
  ChangedFile,
  EntryKind,
  FileStatus,
  LogCommit,
  Mirror,
  ReadBlobsOptions,
  TreeEntry,
  WalkLogOptions,
} from './types.ts';
export { countCommits, findCommit, isAncestor, listBranches, walkLog } from './walk-log.ts';
