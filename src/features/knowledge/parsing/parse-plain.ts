import type { DocumentHeading } from '../tables.ts';
import { createHeadingPath } from './heading-path.ts';
import { countLines } from './line-numbers.ts';
import type { Boundary, ParsedText } from './types.ts';

const UNDERLINE = /^([=\-~^"'*+#.:`])\1{2,}\s*$/;
const ASCIIDOC_TITLE = /^(={1,6}) (\S.*)$/;

interface FoundHeading {
  title: string;
  level: number;
  start: number;
}

/** Plain text falls into paragraphs; reStructuredText and AsciiDoc have headings too. */
export function parsePlain(text: string, mediaType: string): ParsedText {
  const lines = countLines(text);
  const found =
    mediaType === 'text/x-rst'
      ? findUnderlined(text)
      : mediaType === 'text/asciidoc'
        ? findAsciidoc(text)
        : [];
  const headings: DocumentHeading[] = found.map((heading) => ({ ...heading, line: lines.at(heading.start) }));
  const path = createHeadingPath();
  const boundaries: Boundary[] = [];
  let next = 0;
  for (const start of paragraphStarts(text, found)) {
    const heading = found[next]?.start === start ? found[next] : undefined;
    if (heading) {
      path.enter(heading);
      next += 1;
    }
    boundaries.push({
      start,
      headingPath: path.current(),
      page: null,
      ...(heading ? { heading: true } : {}),
    });
  }
  return { text, title: found[0]?.title ?? null, headings, pages: [], boundaries };
}

function paragraphStarts(text: string, found: readonly FoundHeading[]): number[] {
  const starts = new Set<number>([0, ...found.map(({ start }) => start)]);
  for (const match of text.matchAll(/\n[^\S\n]*\r?\n\s*/g)) {
    const end = match.index + match[0].length;
    // Back to the start of the line, so that its indentation stays with it.
    starts.add(text.lastIndexOf('\n', end - 1) + 1);
  }
  return [...starts].sort((a, b) => a - b);
}

function findUnderlined(text: string): FoundHeading[] {
  const found: FoundHeading[] = [];
  const levels: string[] = [];
  let offset = 0;
  let before = { line: '', start: 0 };
  for (const line of text.split('\n')) {
    const mark = UNDERLINE.exec(line)?.[1];
    const title = before.line.trim();
    if (mark && title && !UNDERLINE.test(before.line) && line.trim().length >= title.length) {
      if (!levels.includes(mark)) levels.push(mark);
      found.push({ title, level: levels.indexOf(mark) + 1, start: before.start });
    }
    before = { line, start: offset };
    offset += line.length + 1;
  }
  return found;
}

function findAsciidoc(text: string): FoundHeading[] {
  const found: FoundHeading[] = [];
  let offset = 0;
  for (const line of text.split('\n')) {
    const match = ASCIIDOC_TITLE.exec(line.trimEnd());
    if (match?.[1] && match[2]) found.push({ title: match[2], level: match[1].length, start: offset });
    offset += line.length + 1;
  }
  return found;
}
