/** A part of a text by its offsets; `end` is exclusive. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

export interface Passage extends Range {
  /** The terms of the question that stand in it. */
  readonly found: ReadonlySet<string>;
}

export interface PassageSearch {
  readonly text: string;
  readonly isCode: boolean;
  /** The terms of the question that a word stands for. */
  readonly match: (word: string) => readonly string[];
  /** How much a term tells. */
  readonly weight: (term: string) => number;
}

interface Unit extends Range {
  readonly found: ReadonlySet<string>;
}

const PROSE = { units: 3, characters: 600, longestUnit: 400 };
const CODE = { units: 16, characters: 900, longestUnit: 300 };
/** What one more sentence must bring, as a share of the whole question, to be taken in. */
const COST_OF_PROSE_UNIT = 0.04;
const COST_OF_CODE_UNIT = 0.005;

/** The sentences, or lines of code, that hold most of what is asked, and no more than needed. */
export function findPassage(search: PassageSearch): Passage | undefined {
  const limits = search.isCode ? CODE : PROSE;
  const cost = search.isCode ? COST_OF_CODE_UNIT : COST_OF_PROSE_UNIT;
  const ranges = search.isCode ? splitLines(search.text) : splitSentences(search.text);
  const units = ranges
    .flatMap((range) => shorten(search.text, range, limits.longestUnit))
    .map((range) => scan(search, range));
  const total = weigh(search, new Set(units.flatMap((unit) => [...unit.found]))) || 1;
  let best: { passage: Passage; value: number } | undefined;
  for (const [index, first] of units.entries()) {
    if (first.found.size === 0) continue;
    const found = new Set<string>();
    for (let count = 0; count < limits.units; count++) {
      const unit = units[index + count];
      if (!unit || (count > 0 && unit.end - first.start > limits.characters)) break;
      for (const term of unit.found) found.add(term);
      const value = weigh(search, found) / total - cost * count;
      if (best && value <= best.value) continue;
      best = { value, passage: { start: first.start, end: unit.end, found: new Set(found) } };
    }
  }
  return best?.passage;
}

function weigh(search: PassageSearch, terms: ReadonlySet<string>): number {
  let sum = 0;
  for (const term of terms) sum += search.weight(term);
  return sum;
}

function scan(search: PassageSearch, range: Range): Unit {
  return { ...range, found: findTerms(search.text.slice(range.start, range.end), search.match) };
}

/** The terms of the question that stand in a text. */
export function findTerms(text: string, match: PassageSearch['match']): Set<string> {
  const found = new Set<string>();
  for (const [name] of text.matchAll(/[\p{L}\p{N}\p{M}_$]+/gu)) {
    for (const term of match(name)) found.add(term);
  }
  return found;
}

const sentences = new Intl.Segmenter('en', { granularity: 'sentence' });

/** Sentences; a heading, an item of a list and a paragraph each end one. */
export function splitSentences(text: string): Range[] {
  const found: Range[] = [];
  for (const block of splitBlocks(text)) {
    for (const { index, segment } of sentences.segment(text.slice(block.start, block.end))) {
      found.push(...trim(text, { start: block.start + index, end: block.start + index + segment.length }));
    }
  }
  return found;
}

/** Paragraphs and items of lists. A line break inside a paragraph is only a wrapped line. */
function splitBlocks(text: string): Range[] {
  const blocks: Range[] = [];
  let start = 0;
  for (const gap of text.matchAll(
    /\n(?=[ \t]*(?:\n|[-*+•] |\d{1,3}[.)] |#{1,6} |\|))|(?<=^#{1,6} [^\n]*)\n/gm,
  )) {
    blocks.push({ start, end: gap.index });
    start = gap.index + 1;
  }
  blocks.push({ start, end: text.length });
  return blocks;
}

function splitLines(text: string): Range[] {
  return [...text.matchAll(/[^\n]+/g)].flatMap((line) =>
    trim(text, { start: line.index, end: line.index + line[0].length }),
  );
}

/** Without the white space around it; nothing if that is all there is. */
function trim(text: string, { start, end }: Range): Range[] {
  const inner = text.slice(start, end);
  const from = start + (inner.length - inner.trimStart().length);
  const to = end - (inner.length - inner.trimEnd().length);
  return to > from ? [{ start: from, end: to }] : [];
}

/** What has no sentence ends, such as data on one line, is cut between words. */
function shorten(text: string, range: Range, longest: number): Range[] {
  const pieces: Range[] = [];
  let { start } = range;
  while (range.end - start > longest) {
    const gap = text.lastIndexOf(' ', start + longest);
    // Without a gap the cut falls between two code units, but never inside a pair.
    let end = gap > start ? gap : start + longest;
    if (/[\ud800-\udbff]/.test(text[end - 1] ?? '')) end += 1;
    pieces.push(...trim(text, { start, end }));
    start = end;
  }
  return [...pieces, ...trim(text, { start, end: range.end })];
}
