import { analyzeWords } from '#platform/retrieval-index/index.ts';
import { QUESTION_WORDS } from '../search/question-words.ts';
import type { FoundQuotation } from './find-quotations.ts';
import type { WrittenCitation, WrittenSentence } from './read-sentences.ts';
import type { Citation, Sentence } from './schema.ts';

/** Fewer characters are no quotation: "the" stands everywhere. */
const MIN_QUOTED_CHARACTERS = 8;
/** How much of what a sentence says must stand in what it cites. */
const MIN_SHARED_WORDS = 0.4;

/**
 * Checks a sentence against the stored text: every citation must be found there word by word, and together they must
 * hold the sentence's numbers and names and a good part of its words. What fails is shown as unsupported.
 */
export async function verifySentence(
  sentence: WrittenSentence,
  quotations: readonly FoundQuotation[],
): Promise<Sentence> {
  const citations = sentence.citations.map((citation) => locate(citation, quotations));
  const verified = citations.filter((citation) => citation !== undefined);
  const complete = verified.length > 0 && verified.length === citations.length;
  const cited = verified.map(({ quote }) => quote).join('\n');
  // The headings above a quotation say what it is about.
  const about = verified.map(({ n }) => headings(quotations[n - 1])).join('\n');
  const supported = complete && (await bearsOut(sentence.text, cited, about));
  return { text: sentence.text, supported, citations: supported ? verified : [] };
}

/** Where the cited words stand in the document; a bare [n] stands for the quotation as it is shown. */
function locate({ n, words }: WrittenCitation, quotations: readonly FoundQuotation[]): Citation | undefined {
  const quotation = quotations[n - 1];
  if (!quotation) return undefined;
  if (words === undefined) return { n, start: quotation.start, end: quotation.end, quote: quotation.quote };
  if (words.trim().length < Math.min(MIN_QUOTED_CHARACTERS, quotation.quote.length)) return undefined;
  const { chunk } = quotation;
  const found = findLoosely(chunk.text, words);
  if (!found) return undefined;
  const quote = chunk.text.slice(found.start, found.end);
  return { n, start: chunk.start + found.start, end: chunk.start + found.end, quote };
}

/** Finds words exactly, except that white space, quotation marks, dashes and case may be written differently. */
export function findLoosely(text: string, words: string): { start: number; end: number } | undefined {
  const pattern = words
    .trim()
    .split(/\s+/)
    .map((word) => [...word].map(looseCharacter).join(''))
    .join('\\s+');
  const found = new RegExp(pattern, 'iu').exec(text);
  return found ? { start: found.index, end: found.index + found[0].length } : undefined;
}

function looseCharacter(character: string): string {
  if (/["“”„«»]/.test(character)) return '["“”„«»]';
  if (/['’‘‚]/.test(character)) return "['’‘‚]";
  if (/[-‐‑–—]/.test(character)) return '[-‐‑–—]';
  return character.replace(/[\\^$.*+?()[\]{}|/]/u, '\\$&');
}

async function bearsOut(sentence: string, cited: string, about: string): Promise<boolean> {
  const ground = `${cited}\n${about}`;
  const numbers = sentence.match(/\d+(?:[.,:]\d+)*/g) ?? [];
  if (numbers.some((number) => !hasNumber(ground, number))) return false;
  if (hasForeignLink(sentence, cited)) return false;
  const said = contentWords(sentence);
  if (said.length === 0) return true;
  const known = await analyzeWords([...said, ...wordsOf(ground)]);
  const stem = (word: string) => known.get(word)?.stem ?? '';
  const grounded = new Set(wordsOf(ground).map(stem));
  const wanted = said.filter((word) => !known.get(word)?.isStopWord && stem(word) !== '');
  const shared = wanted.filter((word) => grounded.has(stem(word)));
  return wanted.length === 0 || shared.length / wanted.length >= MIN_SHARED_WORDS;
}

function hasNumber(text: string, number: string): boolean {
  const escaped = number.replace(/[.]/g, '\\.');
  return (
    new RegExp(`(?<![\\d.,])${escaped}(?![.,]?\\d)`).test(text) ||
    new RegExp(`(?<!\\d)${escaped}(?!\\d)`).test(text)
  );
}

/** An address that the documents don't give is never part of an answer from them. */
function hasForeignLink(sentence: string, cited: string): boolean {
  return (sentence.match(/\b(?:https?:\/\/|www\.)[^\s)\]>"]+/gi) ?? []).some(
    (link) => !cited.includes(link.replace(/[.,;:!?]+$/, '')),
  );
}

function contentWords(text: string): string[] {
  return wordsOf(text).filter((word) => !QUESTION_WORDS.has(word.toLowerCase()));
}

function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
}

function headings(quotation: FoundQuotation | undefined): string {
  return quotation ? [quotation.title, ...quotation.headingPath].join('\n') : '';
}
