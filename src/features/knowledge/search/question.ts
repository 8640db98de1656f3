import { analyzeWords, identifierWords, prepareQuery } from '#platform/retrieval-index/index.ts';
import { QUESTION_WORDS } from './question-words.ts';

/** One thing that a question asks about: a word by its stem, or a name such as `read_file` as a whole. */
export interface QuestionTerm {
  readonly key: string;
  /** As it was typed. */
  readonly word: string;
}

export interface Question {
  readonly terms: readonly QuestionTerm[];
  /** Learns the words of a text, so that `match` knows their stems. */
  learn(text: string): Promise<void>;
  /** The keys of the terms that a word of a text stands for. */
  match(word: string): readonly string[];
}

const NAME = /[\p{L}\p{N}\p{M}_$]+/gu;
const NOTHING: readonly string[] = [];

/** Reads what is asked about, without the words that only make it a question. */
export async function readQuestion(text: string): Promise<Question> {
  const names = prepareQuery(text).text.match(NAME) ?? [];
  const known = await analyzeWords(names.flatMap(partsOf));
  const terms = new Map<string, string>();
  for (const name of names) {
    if (isIdentifier(name)) {
      terms.set(identifierKey(name), name);
      continue;
    }
    const { stem, isStopWord } = known.get(name) ?? { stem: '', isStopWord: true };
    if (stem !== '' && !isStopWord && !QUESTION_WORDS.has(name.toLowerCase()) && !terms.has(stem))
      terms.set(stem, name);
  }
  const beginnings = new Set([...terms.keys()].map(beginningOf));
  const remembered = new Map<string, readonly string[]>();
  const lookUp = (name: string): readonly string[] => {
    const keys = [identifierKey(name), ...partsOf(name).map((part) => known.get(part)?.stem ?? '')];
    const found = [...new Set(keys)].filter((key) => terms.has(key));
    return found.length === 0 ? NOTHING : found;
  };
  return {
    terms: [...terms].map(([key, word]) => ({ key, word })),
    async learn(more) {
      const parts = [...new Set(more.match(NAME))].flatMap(partsOf);
      // A word that begins otherwise has another stem; most words of a text needn't be looked at.
      const unknown = parts.filter((part) => !known.has(part) && beginnings.has(beginningOf(part)));
      for (const [word, analyzed] of await analyzeWords(unknown)) known.set(word, analyzed);
      remembered.clear();
    },
    match(name) {
      let found = remembered.get(name);
      if (!found) {
        found = lookUp(name);
        remembered.set(name, found);
      }
      return found;
    },
  };
}

/** A name of code is asked about as a whole: `run_target` is neither "run" nor "target". */
function isIdentifier(name: string): boolean {
  return /[\p{L}\p{N}][_$]+[\p{L}\p{N}]|^_+\p{L}|[\p{Ll}\p{N}]\p{Lu}/u.test(name);
}

/** The same for readFile and read_file. Marked, so that it is never taken for a stem. */
function identifierKey(name: string): string {
  return `name:${name.replaceAll(/[_$]+/g, '').toLowerCase()}`;
}

/** Stemming leaves the beginning of a word alone; the index folds accents and case. */
function beginningOf(word: string): string {
  return word.slice(0, 4).normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().slice(0, 2);
}

/** Most words: no name with words inside. */
const PLAIN = /^[A-Z]?[a-z]*$/;

function partsOf(name: string): string[] {
  if (PLAIN.test(name)) return [name];
  const pieces = name.split(/[_$]+/).filter(Boolean);
  return [...pieces, ...identifierWords(name).filter((part) => !pieces.includes(part))];
}
