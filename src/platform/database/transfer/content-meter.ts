import { createHash } from 'node:crypto';

/** What a table's contents come to. */
export interface ContentMeasure {
  rows: number;
  bytes: number;
  sha256: string;
}

const NEWLINE = 10;

/** Measures contents in COPY's text format, where a newline ends a row and stands nowhere else. */
export function createContentMeter(): { add(chunk: Uint8Array): void; result(): ContentMeasure } {
  const hash = createHash('sha256');
  let rows = 0;
  let bytes = 0;
  return {
    add(chunk) {
      hash.update(chunk);
      bytes += chunk.length;
      for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) rows += 1;
    },
    result: () => ({ rows, bytes, sha256: hash.digest('hex') }),
  };
}
