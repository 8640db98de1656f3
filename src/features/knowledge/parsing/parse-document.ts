import { basename } from 'node:path';
import { type Chunk, chunkText } from '../chunking/chunk-text.ts';
import type { DocumentHeading, DocumentPage, DocumentProblem } from '../tables.ts';
import { decodeText, storable } from './decode-text.ts';
import { detectMediaType } from './detect-media-type.ts';
import { limits, type ParseLimits, tooLarge } from './limits.ts';
import { parseCode } from './parse-code.ts';
import { parseHtml } from './parse-html.ts';
import { parseMarkdown } from './parse-markdown.ts';
import { parsePdf } from './parse-pdf.ts';
import { parsePlain } from './parse-plain.ts';
import { type ParsedText, type SourceDocument, UnreadableError } from './types.ts';

/** A document as it is stored. */
export interface ReadableDocument {
  readonly text: string;
  readonly title: string;
  readonly mediaType: string;
  readonly headings: DocumentHeading[];
  readonly pages: DocumentPage[];
  readonly chunks: Chunk[];
}

export type ParseOutcome =
  | { readonly document: ReadableDocument; readonly problem?: undefined }
  | { readonly document?: undefined; readonly problem: DocumentProblem };

const MAX_HEADINGS = 5_000;
const MAX_TITLE = 300;

/** Reads and cuts one document. Content that can't be read is an outcome, not an error. */
export async function parseDocument(
  source: SourceDocument,
  bounds: ParseLimits = limits,
): Promise<ParseOutcome> {
  try {
    return { document: await read(source, bounds) };
  } catch (error) {
    if (error instanceof UnreadableError) return { problem: error.problem };
    return {
      problem: {
        code: 'parse-failed',
        message: 'The document could not be read: its structure is beyond what the parser takes.',
      },
    };
  }
}

async function read(source: SourceDocument, bounds: ParseLimits): Promise<ReadableDocument> {
  const { content, name } = source;
  if (content.length === 0) throw empty();
  if (typeof content !== 'string' && content.length > bounds.bytes)
    throw tooLarge(content.length, bounds.bytes);
  const mediaType = detectMediaType(content, name, source.mediaType);
  const parsed = await parseAs(mediaType, source, bounds);
  if (parsed.text.trim() === '') throw empty();
  if (parsed.text.length > bounds.textLength) throw tooLong(parsed.text.length, bounds.textLength);
  return {
    text: parsed.text,
    title: (source.title?.trim() || parsed.title || basename(name) || 'Untitled')
      .slice(0, MAX_TITLE)
      .toWellFormed(),
    mediaType,
    headings: parsed.headings.slice(0, MAX_HEADINGS),
    pages: parsed.pages,
    chunks: chunkText(parsed.text, parsed.boundaries),
  };
}

async function parseAs(mediaType: string, source: SourceDocument, bounds: ParseLimits): Promise<ParsedText> {
  if (mediaType === 'application/pdf') {
    if (typeof source.content === 'string') {
      throw new UnreadableError(
        'unsupported-media-type',
        'A PDF is sent as a file, not as text.',
        'Upload the file.',
      );
    }
    return parsePdf(source.content);
  }
  const text = toText(source, mediaType);
  if (text.length > bounds.textLength) throw tooLong(text.length, bounds.textLength);
  if (mediaType === 'text/html') return parseHtml(text);
  if (mediaType === 'text/markdown') return parseMarkdown(text);
  const language = /^text\/x-(.+)$/.exec(mediaType)?.[1];
  return language && language !== 'rst' ? parseCode(text, language) : parsePlain(text, mediaType);
}

function toText({ content, mediaType: declared }: SourceDocument, mediaType: string): string {
  if (typeof content === 'string') return storable(content.startsWith('\ufeff') ? content.slice(1) : content);
  const stated = /;\s*charset="?([\w.:-]+)"?/i.exec(declared ?? '')?.[1];
  return decodeText(content, stated ?? (mediaType === 'text/html' ? charsetOfHtml(content) : undefined));
}

function charsetOfHtml(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 2_048)).toString('latin1');
  return /<meta[^>]+charset\s*=\s*["']?([\w.:-]+)/i.exec(head)?.[1];
}

function empty(): UnreadableError {
  return new UnreadableError('empty', 'The document has no text.');
}

function tooLong(length: number, limit: number): UnreadableError {
  return new UnreadableError(
    'too-long',
    `The text has ${length} characters, more than ${limit}.`,
    'Split it into parts.',
  );
}
