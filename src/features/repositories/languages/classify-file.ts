import linguist from './linguist.json' with { type: 'json' };
import type { HeuristicRule, LinguistData } from './types.ts';

const data = linguist as LinguistData;

interface Index {
  byExtension: Map<string, string[]>;
  byFilename: Map<string, string[]>;
  byInterpreter: Map<string, string[]>;
  byAlias: Map<string, string>;
  rulesOf: Map<string, HeuristicRule[]>;
}

let built: Index | undefined;

/** Built on first use: most processes never count languages. */
function index(): Index {
  if (built) return built;
  const made: Index = {
    byExtension: new Map(),
    byFilename: new Map(),
    byInterpreter: new Map(),
    byAlias: new Map(),
    rulesOf: new Map(),
  };
  const add = (map: Map<string, string[]>, keys: string[] | undefined, name: string): void => {
    for (const key of keys ?? []) map.set(key, [...(map.get(key) ?? []), name]);
  };
  for (const [name, language] of Object.entries(data.languages)) {
    add(made.byExtension, language.extensions, name);
    add(made.byFilename, language.filenames, name);
    add(made.byInterpreter, language.interpreters, name);
    for (const alias of language.aliases ?? []) made.byAlias.set(alias, name);
  }
  for (const { extensions, rules } of data.heuristics)
    for (const key of extensions) made.rulesOf.set(key, rules);
  built = made;
  return made;
}

const matchAny = (patterns: readonly string[]): RegExp =>
  new RegExp(patterns.map((one) => `(?:${one})`).join('|'), 'm');
const vendored = matchAny(data.vendored);
const documentation = matchAny(data.documentation);
const generated = matchAny(data.generated);

export const isVendored = (path: string): boolean => vendored.test(path);
export const isDocumentation = (path: string): boolean => documentation.test(path);
export const hasGeneratedName = (path: string): boolean => generated.test(path);

/** What a file's name says of its language. */
export interface NameVerdict {
  /** None if the name says nothing; several if the content has to decide. */
  candidates: readonly string[];
  extension: string;
}

export function classifyName(path: string): NameVerdict {
  const { byExtension, byFilename } = index();
  const name = path.slice(path.lastIndexOf('/') + 1);
  const named = byFilename.get(name);
  if (named) return { candidates: named, extension: '' };
  const lower = name.toLowerCase();
  for (let dot = lower.indexOf('.'); dot >= 0; dot = lower.indexOf('.', dot + 1)) {
    const extension = lower.slice(dot);
    const found = byExtension.get(extension);
    if (found) return { candidates: found, extension };
  }
  return { candidates: [], extension: lower.includes('.') ? lower.slice(lower.lastIndexOf('.')) : '' };
}

/** Decides between a name's candidates; without a sample, or if nothing in it decides, by the extension's main language. */
export function classifyContent(
  { candidates, extension }: NameVerdict,
  sample: string | undefined,
): string | undefined {
  if (sample !== undefined) {
    const byShebang = interpreterLanguages(sample);
    const agreed =
      candidates.length === 0 ? byShebang : candidates.filter((name) => byShebang.includes(name));
    if (agreed.length === 1) return agreed[0];
  }
  if (candidates.length <= 1) return candidates[0];
  const rules = index().rulesOf.get(extension) ?? [];
  const rule = rules.find(
    ({ tests }) => tests.length === 0 || (sample !== undefined && passes(tests, sample)),
  );
  const decided = rule?.languages.find((name) => candidates.includes(name));
  return decided ?? mainLanguage(candidates, extension);
}

/** Where content decides nothing Linguist asks a trained classifier; here the more common language wins. */
const COMMON = [
  'Python',
  'JavaScript',
  'TypeScript',
  'Java',
  'C',
  'C++',
  'C#',
  'Go',
  'PHP',
  'Ruby',
  'Rust',
  'Kotlin',
  'Swift',
  'Objective-C',
  'Perl',
  'R',
  'Scala',
  'SQL',
  'Lua',
  'Assembly',
  'Markdown',
  'HTML',
  'XML',
];

function mainLanguage(candidates: readonly string[], extension: string): string | undefined {
  return (
    COMMON.find((name) => candidates.includes(name)) ??
    candidates.find((name) => data.languages[name]?.extensions?.[0] === extension) ??
    candidates.find((name) => data.languages[name]?.type === 'programming') ??
    candidates[0]
  );
}

const compiled = new Map<string, RegExp>();

function passes(tests: HeuristicRule['tests'], sample: string): boolean {
  return tests.every(({ pattern, negative }) => {
    let regex = compiled.get(pattern);
    if (!regex) {
      regex = new RegExp(pattern, 'm');
      compiled.set(pattern, regex);
    }
    return regex.test(sample) !== (negative ?? false);
  });
}

/** `#!/usr/bin/env -S python3.12 -u` → the languages of python3. */
function interpreterLanguages(sample: string): readonly string[] {
  const line = /^#!\s*(\S+)(?:[ \t]+(.*))?/.exec(sample.slice(0, 200).split('\n', 1)[0] ?? '');
  if (!line?.[1]) return [];
  let program = line[1].slice(line[1].lastIndexOf('/') + 1);
  if (program === 'env') {
    const word = (line[2] ?? '')
      .split(/\s+/)
      .find((part) => part !== '' && !part.startsWith('-') && !part.includes('='));
    program = word ? word.slice(word.lastIndexOf('/') + 1) : '';
  }
  const { byInterpreter } = index();
  return (
    byInterpreter.get(program) ??
    byInterpreter.get(program.replace(/\.\d+$/, '')) ??
    byInterpreter.get(program.replace(/[\d.]+$/, '')) ??
    []
  );
}

/** The language that a .gitattributes file names. */
export function languageNamed(name: string): string | undefined {
  return (
    index().byAlias.get(name.toLowerCase().replaceAll('-', ' ')) ?? index().byAlias.get(name.toLowerCase())
  );
}

/** What a language is counted as, and whether it is counted by default: only programming and markup are. */
export function countedAs(name: string): { name: string; color: string | null; countedByDefault: boolean } {
  const group = data.languages[name]?.group ?? name;
  const type = data.languages[name]?.type;
  return {
    name: group,
    color: data.languages[group]?.color ?? null,
    countedByDefault: type === 'programming' || type === 'markup',
  };
}
