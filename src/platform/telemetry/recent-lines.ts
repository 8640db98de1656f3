const MOST_LINES = 500;
const MOST_CHARACTERS = 1_000_000;

const lines: string[] = [];
let next = 0;
let characters = 0;

/** Keeps a line that was written to the log for a while, in this process alone; returns it. */
export function keepLine(line: string): string {
  characters += line.length - (lines[next]?.length ?? 0);
  lines[next] = line;
  next = (next + 1) % MOST_LINES;
  if (characters > MOST_CHARACTERS) forgetOldest();
  return line;
}

/** Long lines, such as those of errors, push out more than one. */
function forgetOldest(): void {
  for (let at = next; characters > MOST_CHARACTERS && at < next + MOST_LINES - 1; at++) {
    const oldest = at % MOST_LINES;
    characters -= lines[oldest]?.length ?? 0;
    lines[oldest] = '';
  }
}

/** The latest lines of this process's log, as they were written: the oldest first. */
export function recentLines(): string[] {
  return [...lines.slice(next), ...lines.slice(0, next)]
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');
}
