export interface Line {
  number: number;
  start: number;
  text: string;
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
