import { stripVTControlCharacters } from 'node:util';

export interface OutputOptions {
  json?: boolean;
}

/** Prints a result: the JSON itself, or what `text` makes of it for people. */
export function print<T>(options: OutputOptions, value: T, text: (value: T) => string): void {
  process.stdout.write(`${options.json ? JSON.stringify(value, null, 2) : clean(text(value))}\n`);
}

/** What comes from repositories and documents must not steer the terminal. */
export function clean(text: string): string {
  return stripVTControlCharacters(text).replace(/[^\P{Cc}\n\t]/gu, '');
}

const GAP = '  ';

/** Aligned columns, as wide as their widest cell. */
export function table(header: string[], rows: string[][]): string {
  const lines = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join(GAP)
        .trimEnd(),
    )
    .join('\n');
}

/** "1 repository", "2 repositories". */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}
