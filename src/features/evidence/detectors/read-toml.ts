import { parse } from 'smol-toml';
import type { FileText } from '../types.ts';
import { locateToml } from './locate-toml.ts';
import { readSource, recordOf, type SourceLines, unreadable } from './source-lines.ts';

export interface TomlSource extends SourceLines {
  value: Record<string, unknown>;
  /** The line of a key, or of an element of an array, by its path; 1 if there is none. */
  lineOf(...path: (string | number)[]): number;
}

/** Parses TOML and locates its keys. */
export function readToml(file: FileText): TomlSource {
  const source = readSource(file);
  let value: Record<string, unknown>;
  try {
    value = recordOf(parse(source.text));
  } catch (error) {
    throw unreadable(file.path, `it is not valid TOML (${(error as Error).message.split('\n')[0]})`);
  }
  const offsets = locateToml(source.text);
  return {
    ...source,
    value,
    lineOf: (...path) => source.lineAt(offsets.get(path.join('\0')) ?? 0),
  };
}
