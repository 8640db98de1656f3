import { isAlias, isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseAllDocuments } from 'yaml';
import type { FileText } from '../types.ts';
import { readSource, type SourceLines, unreadable } from './source-lines.ts';

/** An alias that leads to an alias, and so on, is followed this far. */
const MAX_HOPS = 10;
/** Merge keys inside merge keys are followed this deep, and this many of each. */
const MAX_MERGES = 3;
const MAX_MERGED = 10;
const MAX_CHARACTERS = 4 * 1024 * 1024;

/** A value in a YAML file that knows its line. Only what is asked for is followed, so aliases can't multiply. */
export interface YamlValue {
  line: number;
  text(): string | null;
  get(key: string): YamlValue | undefined;
  entries(): [string, YamlValue][];
  items(): YamlValue[];
}

export interface YamlSource extends SourceLines {
  documents: YamlValue[];
}

/** Parses YAML of one or several documents. */
export function readYaml(file: FileText): YamlSource {
  const source = readSource(file);
  if (source.text.length > MAX_CHARACTERS)
    throw unreadable(file.path, 'it is larger than a YAML file that people write');
  const lineCounter = new LineCounter();
  const parsed = parseAllDocuments(source.text, { lineCounter, logLevel: 'silent', uniqueKeys: false });
  const documents = Array.isArray(parsed) ? parsed : [];
  const error = documents.flatMap((document) => document.errors)[0];
  if (error) throw unreadable(file.path, `it is not valid YAML (${error.message.split('\n')[0]})`);
  return {
    ...source,
    documents: documents.flatMap((document) => {
      const follow = (node: unknown): Node | undefined => {
        let current = node as Node | undefined;
        for (let hop = 0; isAlias(current) && hop < MAX_HOPS; hop += 1) current = current.resolve(document);
        return isAlias(current) ? undefined : (current ?? undefined);
      };
      const root = follow(document.contents);
      return root ? [wrap(root, 1, follow, lineCounter)] : [];
    }),
  };
}

function wrap(
  node: Node,
  line: number,
  follow: (node: unknown) => Node | undefined,
  lineCounter: LineCounter,
  merges = 0,
): YamlValue {
  const lineOf = (at: unknown, fallback: number): number => {
    const range = (at as Node | null)?.range;
    return range ? lineCounter.linePos(range[0]).line : fallback;
  };
  const entries = (): [string, YamlValue][] => {
    if (!isMap(node)) return [];
    const own: [string, YamlValue][] = [];
    const merged: [string, YamlValue][] = [];
    for (const pair of node.items) {
      if (!isPair(pair) || !isScalar(pair.key)) continue;
      const key = String(pair.key.value);
      const at = lineOf(pair.key, line);
      const value = follow(pair.value);
      if (key === '<<' && merges < MAX_MERGES) {
        for (const source of isSeq(value) ? value.items.slice(0, MAX_MERGED).map(follow) : [value]) {
          if (source) merged.push(...wrap(source, at, follow, lineCounter, merges + 1).entries());
        }
      } else if (value) {
        own.push([key, wrap(value, at, follow, lineCounter, merges)]);
      }
    }
    const names = new Set(own.map(([key]) => key));
    return [...own, ...merged.filter(([key]) => !names.has(key))];
  };
  return {
    line,
    text: () =>
      isScalar(node) && (typeof node.value === 'string' || typeof node.value === 'number')
        ? (node.source ?? String(node.value))
        : null,
    get: (key) => entries().find(([name]) => name === key)?.[1],
    entries: () => entries(),
    items: () =>
      isSeq(node)
        ? node.items.flatMap((item) => {
            const value = follow(item);
            return value ? [wrap(value, lineOf(item, line), follow, lineCounter, merges)] : [];
          })
        : [],
  };
}
