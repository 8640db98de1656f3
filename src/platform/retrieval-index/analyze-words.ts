export interface AnalyzedWord {
  /** The form under which the index knows the word; empty if it doesn't index it (too long, no letters). */
  readonly stem: string;
  /** Whether it is too common to look for. */
  readonly isStopWord: boolean;
}

/**
 * What the full-text index makes of words, by its own tokenizer, so that a match found outside of it is the same match.
 * Takes words of letters, digits and marks only.
 */
export async function analyzeWords(words: Iterable<string>): Promise<Map<string, AnalyzedWord>> {
  const unique = [...new Set(words)];
  if (unique.length === 0) return new Map();
  const { tokenize } = await import('@lancedb/lancedb');
  const line = unique.join(' ');
  const [all, lookedFor] = await Promise.all([
    tokenize(line, { removeStopWords: false }),
    tokenize(line, { removeStopWords: true }),
  ]);
  // A word becomes one token at its own position. Removing stop words shifts positions, but keeps the order.
  const stems = new Map<number, string>();
  const kept = new Set<number>();
  let next = 0;
  for (const token of all) {
    stems.set(token.position, token.text);
    if (lookedFor[next]?.text !== token.text) continue;
    kept.add(token.position);
    next += 1;
  }
  return new Map(
    unique.map((word, position) => [
      word,
      { stem: stems.get(position) ?? '', isStopWord: !kept.has(position) },
    ]),
  );
}
