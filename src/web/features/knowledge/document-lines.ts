export interface Line {
  number: number;
  start: number;
  text: string;
}

export interface Heading {
  level: number;
  text: string;
  line: number;
  start: number;
}

/** The lines of a text with their offsets; these are the offsets that citations use. */
export function splitLines(text: string): Line[] {
  let start = 0;
  return text.split('\n').map((line, index) => {
    const result = { number: index + 1, start, text: line.replace(/\r$/, '') };
    start += line.length + 1;
    return result;
  });
}

/** The headings of a Markdown text, for its outline; what stands in a code block is none. */
export function findHeadings(lines: Line[]): Heading[] {
  let fence: string | null = null;
  const headings: Heading[] = [];
  for (const { text, number, start } of lines) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(text)?.[1];
    if (mark && fence === null) fence = mark;
    else if (mark && fence !== null && mark.startsWith(fence)) fence = null;
    const heading = fence === null ? /^ {0,3}(#{1,6})\s+(.+?)\s*#*$/.exec(text) : null;
    if (heading?.[1] && heading[2])
      headings.push({ level: heading[1].length, text: heading[2], line: number, start });
  }
  return headings;
}

export interface Piece {
  text: string;
  marked: boolean;
}

/** A line cut where the marked span begins and ends in it. */
export function cutLine(line: Line, span: { start: number; end: number } | null): Piece[] {
  if (!span) return [{ text: line.text, marked: false }];
  const from = Math.min(Math.max(span.start - line.start, 0), line.text.length);
  const to = Math.min(Math.max(span.end - line.start, 0), line.text.length);
  if (to <= from) return [{ text: line.text, marked: false }];
  return [
    { text: line.text.slice(0, from), marked: false },
    { text: line.text.slice(from, to), marked: true },
    { text: line.text.slice(to), marked: false },
  ].filter(({ text }) => text !== '');
}
