import { identifierWords } from './identifier-words.ts';

/** Words beyond this number add time and next to nothing to a ranking. */
const MAX_WORDS = 200;
const MAX_CHARACTERS = 20_000;

export interface PreparedQuery {
  /** What is matched against every row; empty if there is nothing to look for. */
  readonly text: string;
  /** The words inside the identifiers of the query, matched against code only. */
  readonly codeWords: string;
  /** Whether only the beginning of the query is used. */
  readonly shortened: boolean;
}

/**
 * Turns what a person typed into words to match. Never throws: punctuation and operators are no words,
 * and a query of any length is cut to its first {@link MAX_WORDS} words.
 */
export function prepareQuery(query: string): PreparedQuery {
  const readable = query.slice(0, MAX_CHARACTERS).toWellFormed().normalize('NFC');
  const words = readable.match(/[\p{L}\p{N}\p{M}_$]+/gu) ?? [];
  const used = words.slice(0, MAX_WORDS);
  const text = used.join(' ');
  return {
    text,
    codeWords: identifierWords(text).slice(0, MAX_WORDS).join(' '),
    shortened: query.length > MAX_CHARACTERS || words.length > MAX_WORDS,
  };
}
