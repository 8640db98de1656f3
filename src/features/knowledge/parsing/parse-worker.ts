import { parentPort, workerData } from 'node:worker_threads';
import type { ParseLimits } from './limits.ts';
import { type ParseOutcome, parseDocument } from './parse-document.ts';
import type { SourceDocument } from './types.ts';

export interface ParseRequest {
  id: number;
  source: SourceDocument;
}

export interface ParseReply {
  id: number;
  outcome: ParseOutcome;
}

/** The thread in which untrusted bytes are read: it can be stopped, and its memory is bounded. */
const bounds = workerData as ParseLimits;
parentPort?.on('message', ({ id, source }: ParseRequest) => {
  parseDocument(source, bounds).then((outcome) => {
    parentPort?.postMessage({ id, outcome } satisfies ParseReply);
  });
});
