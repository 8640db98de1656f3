/** A bare repository that CommandCenter keeps; nothing in it is ever checked out. */
export interface Mirror {
  readonly directory: string;
}

export type EntryKind = 'file' | 'executable' | 'symlink' | 'submodule';

/** One path of a commit's tree. */
export interface TreeEntry {
  /** Decoded as UTF-8; bytes that aren't valid UTF-8 appear as U+FFFD. */
  readonly path: string;
  /** The path's own bytes, given only where `path` had to replace some. */
  readonly rawPath?: Buffer;
  readonly mode: string;
  readonly kind: EntryKind;
  readonly oid: string;
  /** Bytes of the blob; 0 for a submodule. */
  readonly size: number;
}

/** One object asked of {@link readBlobs}, in the order of asking. */
export interface BlobContent {
  readonly oid: string;
  /** Null if the object is larger than `maxBytes`, missing or not a blob. */
  readonly content: Buffer | null;
  readonly size: number;
  readonly problem?: 'too-large' | 'missing' | 'not-a-blob';
}

export interface ReadBlobsOptions {
  /** Larger objects are skipped and reported; 10 MB if not given. */
  maxBytes?: number;
  signal?: AbortSignal;
}

export type FileStatus = 'added' | 'modified' | 'deleted' | 'type-changed';

/** One path that a commit changed. */
export interface ChangedFile {
  readonly status: FileStatus;
  readonly path: string;
  /** Null if the path wasn't there before. */
  readonly oldOid: string | null;
  /** Null if the path is gone. */
  readonly newOid: string | null;
}

export interface LogCommit {
  readonly commit: string;
  readonly parents: readonly string[];
  /** Name as the mailmap of the tree doesn't change it. */
  readonly author: string;
  readonly email: string;
  /** When it was committed: the order of history. */
  readonly date: Date;
  /** When it was written. */
  readonly authoredAt: Date;
  readonly subject: string;
  /** Empty if `files` is false, and for merges unless `firstParent`. */
  readonly files: readonly ChangedFile[];
}

export interface WalkLogOptions {
  /** A commit, or `old..new`. */
  range: string;
  /** Pathspecs such as `package.json` (that path) or `:(glob)docs/*.md`; everything if empty. */
  paths?: readonly string[];
  /** Follows only first parents; a merge then lists what it brought in. */
  firstParent?: boolean;
  /** Oldest first; git then has to walk the whole range before the first commit appears. */
  reverse?: boolean;
  /** Whether to list changed files; true if not given. */
  files?: boolean;
  signal?: AbortSignal;
}

export interface Branch {
  readonly name: string;
  readonly commit: string;
  readonly committedAt: Date;
}
