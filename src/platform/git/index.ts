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
