const MAX_CHARACTERS = 320;
const WORD = /[\p{L}\p{N}_]+/gu;

/**
 * The part of a chunk that shows best why it was found: the window with the most different words of the query,
 * cut between words. `match` gives the terms of the query that a word stands for.
 */
export function cutExcerpt(text: string, match: (word: string) => readonly string[]): string {
  if (text.length <= MAX_CHARACTERS) return tidy(text);
  const matches: { start: number; term: string }[] = [];
  for (const found of text.matchAll(WORD)) {
    for (const term of match(found[0])) matches.push({ start: found.index, term });
  }
  const start = bestStart(matches);
  // Some words before the first match tell where it stands.
  const from = start < 60 ? 0 : nextWord(text, start - 50);
  const end = from + MAX_CHARACTERS >= text.length ? text.length : previousWord(text, from + MAX_CHARACTERS);
  return `${from > 0 ? '… ' : ''}${tidy(text.slice(from, end))}${end < text.length ? ' …' : ''}`;
}

function bestStart(matches: readonly { start: number; term: string }[]): number {
  let best = { start: 0, terms: 0 };
  for (const [index, first] of matches.entries()) {
    const terms = new Set<string>();
    for (const match of matches.slice(index, index + 40)) {
      if (match.start > first.start + MAX_CHARACTERS - 80) break;
      terms.add(match.term);
    }
    if (terms.size > best.terms) best = { start: first.start, terms: terms.size };
  }
  return best.start;
}

function nextWord(text: string, from: number): number {
  const gap = /\s\S/.exec(text.slice(from, from + 40));
  return gap ? from + gap.index + 1 : from;
}

function previousWord(text: string, to: number): number {
  const gap = text.slice(0, to).search(/\s\S*$/);
  return gap > to - 40 ? gap : to;
}

function tidy(text: string): string {
  return text.toWellFormed().replace(/\s+/g, ' ').trim();
}
