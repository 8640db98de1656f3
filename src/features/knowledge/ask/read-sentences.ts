/** A sentence as the model wrote it, with what it cites. */
export interface WrittenSentence {
  readonly text: string;
  readonly citations: readonly WrittenCitation[];
}

export interface WrittenCitation {
  readonly n: number;
  /** The words that it claims to quote; undefined for a bare [n]. */
  readonly words: string | undefined;
}

const CITATION =
  /\[(?:quotation\s*)?(\d{1,3})(?:(?:\s*[:,]\s*|\s+)["“«]([\s\S]*?)["”»]\s*)?\]|\[(\d{1,3}(?:\s*,\s*\d{1,3})+)\]/gi;
const sentences = new Intl.Segmenter('en', { granularity: 'sentence' });
const MAX_LINE = 4_000;

/** Reads the stream of a model's answer and gives each line's sentences as soon as the line is complete. */
export async function* readSentences(pieces: AsyncIterable<string>): AsyncGenerator<WrittenSentence> {
  let rest = '';
  for await (const piece of pieces) {
    rest += piece;
    for (let end = lineEnd(rest); end !== -1; end = lineEnd(rest)) {
      yield* sentencesOf(rest.slice(0, end));
      rest = rest.slice(end + 1);
    }
  }
  yield* sentencesOf(rest);
}

/** The end of a complete line. A line break inside the quoted words of a citation doesn't end it. */
function lineEnd(text: string): number {
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) {
    const open = text.lastIndexOf('[', at);
    const insideCitation = open !== -1 && /^\[\d{1,3}\s*[:,]\s*["“«][^\]]*$/.test(text.slice(open, at));
    if (!insideCitation || at - open > MAX_LINE) return at;
  }
  return -1;
}

/** Citations belong to the sentence before them; sentences before that one have none. */
export function sentencesOf(line: string): WrittenSentence[] {
  const found: { text: string; citations: WrittenCitation[] }[] = [];
  let at = 0;
  let canAttach = false;
  for (const match of line.matchAll(CITATION)) {
    const before = plain(line.slice(at, match.index));
    if (before !== '' || !canAttach) {
      found.push(...split(before));
      canAttach = found.length > 0;
    }
    found.at(-1)?.citations.push(...citationsOf(match));
    at = match.index + match[0].length;
  }
  found.push(...split(plain(line.slice(at))));
  return found;
}

function citationsOf([, n, words, list]: RegExpMatchArray): WrittenCitation[] {
  if (list !== undefined) return list.split(',').map((each) => ({ n: Number(each), words: undefined }));
  return [{ n: Number(n), words }];
}

/** Without the marks of a list and the punctuation that followed the citation before. */
function plain(text: string): string {
  return text
    .replace(/^[\s.;,:]+(?=\s|$)/, '')
    .replace(/^\s*(?:[-*•]|\d{1,2}[.)])\s+/, '')
    .trim();
}

function split(text: string): { text: string; citations: WrittenCitation[] }[] {
  return [...sentences.segment(text)]
    .map(({ segment }) => segment.trim())
    .filter((segment) => /[\p{L}\p{N}]/u.test(segment))
    .map((segment) => ({ text: segment, citations: [] }));
}
