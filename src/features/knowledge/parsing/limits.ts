import { UnreadableError } from './types.ts';

const MEGABYTE = 1024 * 1024;

/** What one document may cost. Above each limit it gets a problem that names the limit. */
export const limits = {
  bytes: 32 * MEGABYTE,
  /** UTF-16 code units of stored text. */
  textLength: 5_000_000,
  pages: 5_000,
  timeoutMs: 60_000,
  /** V8 heap of the parsing thread. */
  heapMegabytes: 384,
  /** Buffers of the parsing thread, which hold what a compressed document unfolds to. */
  bufferBytes: 256 * MEGABYTE,
};

export type ParseLimits = typeof limits;

/** The problem of a document that has more bytes than are read. */
export function tooLarge(bytes: number, limit: number): UnreadableError {
  const size = (value: number) => `${Math.round(value / (1024 * 1024))} MB`;
  return new UnreadableError(
    'too-large',
    `The file has ${size(bytes)}, more than the ${size(limit)} that are read.`,
    'Split it into parts.',
  );
}
