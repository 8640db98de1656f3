/** Linguist's data in the form that counting needs; made by compile-linguist.ts. */
export interface LinguistData {
  source: string;
  languages: Record<string, LanguageData>;
  heuristics: { extensions: string[]; rules: HeuristicRule[] }[];
  /** Regular expressions on paths, already in JavaScript's syntax. */
  vendored: string[];
  documentation: string[];
  generated: string[];
}

export interface LanguageData {
  type: 'data' | 'markup' | 'programming' | 'prose';
  color?: string;
  /** The language that this one is counted as. */
  group?: string;
  extensions?: string[];
  filenames?: string[];
  interpreters?: string[];
  /** Lower-case names that a .gitattributes file may use. */
  aliases?: string[];
}

/** Languages that a file is if every test passes; without tests, always. */
export interface HeuristicRule {
  languages: string[];
  tests: { pattern: string; negative?: true }[];
}
