import type { IndexRow } from './types.ts';

/** What the writer can be asked to do, each as one message. */
export type WriterTask =
  | { readonly kind: 'begin'; readonly projectId: string }
  | { readonly kind: 'replace'; readonly documentIds: readonly string[]; readonly rows: readonly IndexRow[] }
  | { readonly kind: 'optimize' };

export interface WriterRequest {
  readonly id: number;
  readonly uri: string;
  readonly task: WriterTask;
}

export interface WriterReply {
  readonly id: number;
  readonly problem?: string;
}
