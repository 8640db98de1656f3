import { visit } from 'jsonc-parser';
import type { FileText } from '../types.ts';
import { readSource, type SourceLines, unreadable } from './source-lines.ts';

export interface JsonSource extends SourceLines {
  value: unknown;
  /** The line of a property by its path; 1 if there is none. */
  lineOf(...path: string[]): number;
}

/** Parses strict JSON and keeps the line of every property down to `depth`. */
export function readJson(file: FileText, depth = 3): JsonSource {
  const source = readSource(file);
  let value: unknown;
  try {
    value = JSON.parse(source.text);
  } catch (error) {
    throw unreadable(file.path, `it is not valid JSON (${(error as Error).message})`);
  }
  const lines = new Map<string, number>();
  visit(source.text, {
    onObjectProperty(name, _offset, _length, startLine, _startCharacter, pathSupplier) {
      const path = pathSupplier();
      if (path.length < depth) lines.set([...path, name].join('\0'), startLine + 1);
    },
  });
  return { ...source, value, lineOf: (...path) => lines.get(path.join('\0')) ?? 1 };
}
