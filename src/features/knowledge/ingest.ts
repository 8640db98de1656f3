import { createHash } from 'node:crypto';
import type { Context, Tx } from '#platform/context/index.ts';
import { emitEvent } from '#platform/jobs/index.ts';
import type { ParseOutcome } from './parsing/parse-document.ts';
import { createDocumentParser } from './parsing/parser.ts';
import type { SourceDocument } from './parsing/types.ts';
import type { DocumentWrite } from './store.ts';

/** One for the process: its threads come and go with the work. */
const parser = createDocumentParser();

/** Reads one document in a bounded thread. */
export function parse(context: Context, source: SourceDocument): Promise<ParseOutcome> {
  return parser.parse(source, context.signal);
}

/** Raised when parsing or chunking changes what is stored, so that unchanged content is read again. */
const FORM = 'v1';

/** Equal if and only if reading the content again would change nothing. */
export function contentHash(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256').update(FORM);
  for (const part of parts) hash.update('\0').update(part);
  return hash.digest('hex');
}

export type Provenance = Pick<
  DocumentWrite,
  'externalId' | 'path' | 'uri' | 'contentHash' | 'bytes' | 'commit' | 'fileKey'
> & {
  /** Shown for a document that could not be read. */
  fallbackTitle: string;
  fallbackMediaType: string;
};

/** What is to be stored of a document that was read, or could not be. */
export function toWrite(provenance: Provenance, outcome: ParseOutcome): DocumentWrite {
  const { fallbackTitle, fallbackMediaType, ...rest } = provenance;
  if (outcome.document) return { ...rest, ...outcome.document, state: 'ready', problem: null };
  return { ...unread(rest, fallbackTitle, fallbackMediaType), state: 'failed', problem: outcome.problem };
}

/** A document that waits to be read. */
export function toPending({ fallbackTitle, fallbackMediaType, ...rest }: Provenance): DocumentWrite {
  return { ...unread(rest, fallbackTitle, fallbackMediaType), state: 'pending', problem: null };
}

function unread(
  rest: Omit<Provenance, 'fallbackTitle' | 'fallbackMediaType'>,
  title: string,
  mediaType: string,
) {
  return { ...rest, title, mediaType, text: '', headings: [], pages: [], chunks: [] };
}

/** Tells the index, in the transaction that changed documents. */
export async function announceChange(context: Context, tx: Tx, parent?: { rootId: string }): Promise<void> {
  await emitEvent(context, tx, 'knowledge.documentsChanged', {}, parent);
}
