import type { Context } from '#platform/context/index.ts';
import { classifyContent } from '../indexing/classify-content.ts';
import { type Question, readQuestion } from '../search/question.ts';
import { type Retrieved, retrieveChunks } from '../search/retrieve.ts';
import { type KnowledgeCounts, selectKnowledgeCounts } from '../search/search-store.ts';
import { findPassage, findTerms } from './passages.ts';
import type { LookedAt, Quotation } from './schema.ts';

/** A quotation together with the chunk that it was taken from. */
export interface FoundQuotation extends Quotation {
  readonly chunk: { readonly start: number; readonly text: string };
}

export interface Finding {
  readonly quotations: readonly FoundQuotation[];
  readonly question: Question;
  readonly lookedAt: LookedAt;
}

const CANDIDATES = 40;
/** Counting each word's chunks costs a small search; a longer question is told by its first words too. */
const MAX_TERMS = 30;
const COUNT_CEILING = 1_000;

/*
 * When a passage answers. BM25 scores can't be compared between questions or collections, so the measure is the
 * share of the question's information that a chunk holds: each term weighs its inverse document frequency, so that a
 * word that is nowhere weighs most and a word that is everywhere next to nothing. Calibrated in bench/retrieval.
 */
const ENOUGH_SHARE = 0.5;
/** A long question is never held by one chunk as a whole; there, much information in absolute terms is as telling. */
const LONG_QUESTION = { share: 0.25, terms: 4, information: 16 };

/** The passages that answer a question, best first; none if none is good enough. */
export async function findQuotations(context: Context, text: string, limit: number): Promise<Finding> {
  const question = await readQuestion(text);
  const counts = await context.transaction(selectKnowledgeCounts);
  const weights = await weighTerms(context, question, counts);
  const lookedAt = {
    documents: counts.documents,
    chunks: counts.chunks,
    terms: question.terms.map(({ word }) => word),
  };
  if (weights.size === 0) return { quotations: [], question, lookedAt };
  const chunks = await retrieveChunks(context, { query: text, limit: CANDIDATES });
  await question.learn(chunks.map(contextOf).join('\n'));
  const quotations: FoundQuotation[] = [];
  const seen = new Set<string>();
  for (const chunk of chunks) {
    if (quotations.length === limit) break;
    const found = quote(chunk, question, weights);
    // The same words in two copies of a document tell nothing new.
    if (!found || seen.has(found.quote)) continue;
    seen.add(found.quote);
    quotations.push({ ...found, n: quotations.length + 1 });
  }
  return { quotations, question, lookedAt };
}

async function weighTerms(
  context: Context,
  question: Question,
  counts: KnowledgeCounts,
): Promise<Map<string, number>> {
  const { retrievalIndex } = context.platform;
  const terms = question.terms.slice(0, MAX_TERMS);
  const weights = await Promise.all(
    terms.map(async ({ key, word }) => {
      const matches = await retrievalIndex.countMatches(context.projectId, word, COUNT_CEILING);
      const chunks = Math.max(counts.chunks, matches);
      return [key, Math.log(1 + (chunks - matches + 0.5) / (matches + 0.5))] as const;
    }),
  );
  return new Map(weights);
}

function quote(
  chunk: Retrieved,
  question: Question,
  weights: ReadonlyMap<string, number>,
): Omit<FoundQuotation, 'n'> | undefined {
  const weight = (term: string) => weights.get(term) ?? 0;
  const total = sum(weights.keys(), weight);
  const inContext = findTerms(contextOf(chunk), question.match);
  const information = sum(inContext, weight);
  if (!isEnough(information, information / total, inContext.size)) return undefined;
  const isCode = classifyContent(chunk) === 'code';
  const passage = findPassage({ text: chunk.text, isCode, match: question.match, weight });
  if (!passage) return undefined;
  // What stands in the headings above a passage belongs to what it says.
  const held = new Set([...findTerms(headingsOf(chunk), question.match), ...passage.found]);
  const start = chunk.start + passage.start;
  const end = chunk.start + passage.end;
  const linesBefore = countLineBreaks(chunk.text, 0, passage.start);
  const lineStart = chunk.lineStart + linesBefore;
  return {
    documentId: chunk.documentId,
    title: chunk.title,
    headingPath: chunk.headingPath,
    page: chunk.page,
    lineStart,
    lineEnd: lineStart + countLineBreaks(chunk.text, passage.start, passage.end),
    start,
    end,
    quote: chunk.text.slice(passage.start, passage.end),
    score: Math.round((sum(held, weight) / total) * 100) / 100,
    url: `/documents/${chunk.documentId}?start=${start}&end=${end}`,
    chunk: { start: chunk.start, text: chunk.text },
  };
}

function isEnough(information: number, share: number, terms: number): boolean {
  if (share >= ENOUGH_SHARE) return true;
  return (
    share >= LONG_QUESTION.share && terms >= LONG_QUESTION.terms && information >= LONG_QUESTION.information
  );
}

function headingsOf(chunk: Retrieved): string {
  return [chunk.title, ...chunk.headingPath].join('\n');
}

function contextOf(chunk: Retrieved): string {
  return `${headingsOf(chunk)}\n${chunk.text}`;
}

function sum(terms: Iterable<string>, weight: (term: string) => number): number {
  let total = 0;
  for (const term of terms) total += weight(term);
  return total;
}

function countLineBreaks(text: string, start: number, end: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', start); at !== -1 && at < end; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
