import type { DocumentPage } from '../tables.ts';
import { limits } from './limits.ts';
import { type Boundary, type ParsedText, UnreadableError } from './types.ts';

type PdfJs = typeof import('unpdf/pdfjs');
type PdfDocument = Awaited<ReturnType<PdfJs['getDocument']>['promise']>;
type PdfPage = Awaited<ReturnType<PdfDocument['getPage']>>;

/** The end mark of a whole file stands in its last bytes; some programs add a little after it. */
const TAIL_BYTES = 4_096;

/** Extracts the text of a PDF page by page. Throws UnreadableError for one that is broken, locked or only pictures. */
export async function parsePdf(bytes: Uint8Array): Promise<ParsedText> {
  if (!hasEndMark(bytes)) throw truncated();
  const { getDocument, VerbosityLevel } = await import('unpdf/pdfjs');
  const loading = getDocument({
    // A copy: the reader takes the buffer over.
    data: Uint8Array.from(bytes),
    verbosity: VerbosityLevel.ERRORS,
    useSystemFonts: false,
    disableFontFace: true,
    stopAtErrors: false,
  });
  try {
    const document = await loading.promise.catch((error: unknown) => {
      throw explain(error);
    });
    return await readPages(document);
  } finally {
    await loading.destroy();
  }
}

function hasEndMark(bytes: Uint8Array): boolean {
  const tail = bytes.subarray(Math.max(0, bytes.length - TAIL_BYTES));
  return Buffer.from(tail.buffer, tail.byteOffset, tail.length).includes('%%EOF');
}

function truncated(): UnreadableError {
  return new UnreadableError(
    'pdf-truncated',
    'The PDF is cut off: its end is missing.',
    'Get the whole file and add it again.',
  );
}

function explain(error: unknown): UnreadableError {
  if (error instanceof Error && error.name === 'PasswordException') {
    return new UnreadableError(
      'pdf-encrypted',
      'The PDF is protected by a password.',
      'Save it without the password and add it again.',
    );
  }
  return new UnreadableError(
    'pdf-damaged',
    'The PDF is damaged and could not be opened.',
    'Open it in a viewer, save it as a new file and add that.',
  );
}

async function readPages(document: PdfDocument): Promise<ParsedText> {
  if (document.numPages > limits.pages) {
    throw new UnreadableError(
      'too-long',
      `The PDF has ${document.numPages} pages, more than ${limits.pages}.`,
      'Split it into parts.',
    );
  }
  const parts: string[] = [];
  const pages: DocumentPage[] = [];
  const boundaries: Boundary[] = [];
  let length = 0;
  let broken = 0;
  for (let number = 1; number <= document.numPages; number += 1) {
    const lines = await readPage(document, number).catch(() => {
      broken += 1;
      return [];
    });
    const start = length;
    for (const paragraph of lines) {
      boundaries.push({ start: length, headingPath: [], page: number });
      parts.push(paragraph, '\n\n');
      length += paragraph.length + 2;
    }
    if (length > limits.textLength)
      throw new UnreadableError('too-long', 'The text of the PDF is too long.', 'Split it into parts.');
    pages.push({ page: number, start, end: Math.max(start, length - 2) });
  }
  const text = parts.join('').trimEnd();
  if (text === '') throw withoutText(document.numPages, broken);
  return { text, title: await readTitle(document), headings: [], pages, boundaries };
}

function withoutText(pages: number, broken: number): UnreadableError {
  if (broken === pages) return explain(undefined);
  const what = pages === 1 ? 'Its page has' : `Its ${pages} pages have`;
  return new UnreadableError(
    'pdf-without-text',
    `${what} no text: the PDF seems to be scanned.`,
    'Run text recognition over it (such as ocrmypdf) and add the result.',
  );
}

/** The paragraphs of a page: lines whose distance is that of lines stand together. */
async function readPage(document: PdfDocument, number: number): Promise<string[]> {
  const page = await document.getPage(number);
  try {
    const content = await page.getTextContent();
    return toParagraphs(content.items);
  } finally {
    page.cleanup();
  }
}

function toParagraphs(items: Awaited<ReturnType<PdfPage['getTextContent']>>['items']): string[] {
  const paragraphs: string[] = [];
  let paragraph = '';
  let lastLine: { y: number; height: number } | undefined;
  for (const item of items) {
    if (!('str' in item)) continue;
    const y = Number(item.transform[5]);
    const height = item.height || lastLine?.height || 10;
    if (lastLine && item.str.trim() && Math.abs(lastLine.y - y) > Math.max(height, lastLine.height) * 1.9) {
      paragraphs.push(paragraph);
      paragraph = '';
    }
    paragraph += item.str + (item.hasEOL ? '\n' : '');
    if (item.str.trim()) lastLine = { y, height };
  }
  paragraphs.push(paragraph);
  // NUL comes from fonts without a mapping and can't be stored.
  return paragraphs
    .map((text) =>
      text
        .replaceAll('\0', '')
        .replace(/[ \t]+\n/g, '\n')
        .trim(),
    )
    .filter(Boolean);
}

async function readTitle(document: PdfDocument): Promise<string | null> {
  try {
    const { info } = await document.getMetadata();
    const title: unknown = 'Title' in info ? info.Title : undefined;
    return typeof title === 'string' && title.trim() ? title.replace(/\s+/g, ' ').trim().slice(0, 300) : null;
  } catch {
    // A document without readable metadata goes by its file name.
    return null;
  }
}
