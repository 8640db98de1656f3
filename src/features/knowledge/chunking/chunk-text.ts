import { countLines } from '../parsing/line-numbers.ts';
import type { Boundary } from '../parsing/types.ts';

/** A piece of a document's text; offsets are UTF-16 code units, `end` and no other bound is exclusive. */
export interface Chunk {
  readonly start: number;
  readonly end: number;
  readonly headingPath: readonly string[];
  readonly page: number | null;
  readonly lineStart: number;
  readonly lineEnd: number;
}

/** A chunk is closed before the block that would make it longer than this. */
const TARGET = 1_200;
/** No chunk is longer; a block that is, is split. */
const MAX = 1_500;
/** A shorter piece takes in the section below it. */
const SMALL_SECTION = 160;
/** A shorter piece of code takes in its neighbour. */
const SMALL_CODE = 400;

interface Piece {
  start: number;
  end: number;
  headingPath: readonly string[];
  page: number | null;
  onlyHeadings: boolean;
  joinable: boolean;
}

/**
 * Cuts a text into chunks along its structure. Chunks are in order, don't overlap and hold every character
 * that isn't white space.
 */
export function chunkText(text: string, boundaries: readonly Boundary[]): Chunk[] {
  const lines = countLines(text);
  const pieces = tile(text, boundaries).flatMap((piece) => split(text, piece));
  const chunks: Chunk[] = [];
  let open: Piece | undefined;
  const close = () => {
    const range = open && trim(text, open.start, open.end);
    if (!open || !range) return;
    const { headingPath, page } = open;
    chunks.push({
      ...range,
      headingPath,
      page,
      lineStart: lines.at(range.start),
      lineEnd: lines.at(range.end - 1),
    });
  };
  for (const piece of pieces) {
    const joined = open && join(open, piece);
    if (!joined) close();
    open = joined ?? piece;
  }
  close();
  return chunks;
}

/** Pieces that cover the whole text, one a boundary, each starting where its line does if only space precedes. */
function tile(text: string, boundaries: readonly Boundary[]): Piece[] {
  const pieces: Piece[] = [];
  let last: Piece | undefined;
  for (const boundary of boundaries) {
    let start = toLineStart(text, Math.min(Math.max(boundary.start, 0), text.length));
    if (splitsPair(text, start)) start -= 1;
    if (last && start <= last.start) {
      // Two boundaries at one place: the later knows the structure better.
      if (start === last.start) Object.assign(last, describe(boundary));
      continue;
    }
    if (!last && start > 0)
      pieces.push({ start: 0, end: start, ...describe({ ...boundary, headingPath: [], heading: false }) });
    if (last) last.end = start;
    last = { start, end: text.length, ...describe(boundary) };
    pieces.push(last);
  }
  if (!last)
    pieces.push({
      start: 0,
      end: text.length,
      headingPath: [],
      page: null,
      onlyHeadings: false,
      joinable: false,
    });
  return pieces.filter(({ start, end }) => trim(text, start, end));
}

function describe(boundary: Boundary): Omit<Piece, 'start' | 'end'> {
  const { headingPath, page } = boundary;
  return { headingPath, page, onlyHeadings: boundary.heading ?? false, joinable: boundary.joinable ?? false };
}

/** The start of the line, if only space stands between it and the offset; else the offset itself. */
function toLineStart(text: string, offset: number, floor = 0): number {
  let at = offset;
  while (at > floor && text[at - 1] !== '\n' && isSpace(text, at - 1)) at -= 1;
  return at === 0 || text[at - 1] === '\n' ? at : offset;
}

function splitsPair(text: string, offset: number): boolean {
  const before = text.charCodeAt(offset - 1);
  const after = text.charCodeAt(offset);
  return before >= 0xd800 && before < 0xdc00 && after >= 0xdc00 && after < 0xe000;
}

/** The range without white space around it, but with the indentation of its first line; nothing if it is empty. */
function trim(text: string, start: number, end: number): { start: number; end: number } | undefined {
  const first = firstInk(text, start, end);
  if (first === end) return undefined;
  let last = end;
  while (isSpace(text, last - 1)) last -= 1;
  return { start: toLineStart(text, first, start), end: last };
}

function firstInk(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && isSpace(text, at)) at += 1;
  return at;
}

function isSpace(text: string, offset: number): boolean {
  const code = text.charCodeAt(offset);
  if (code > 0x20 && code < 0x80) return false;
  return code <= 0x20 ? code === 0x20 || (code >= 0x09 && code <= 0x0d) : /\s/.test(text.charAt(offset));
}

/** The two as one piece, if they belong together and are small enough; otherwise undefined. */
function join(open: Piece, piece: Piece): Piece | undefined {
  const length = piece.end - open.start;
  if (open.page !== piece.page || length > MAX) return undefined;
  const joined = { ...open, end: piece.end, onlyHeadings: open.onlyHeadings && piece.onlyHeadings };
  const below = startsWith(piece.headingPath, open.headingPath);
  const same = below && piece.headingPath.length === open.headingPath.length;
  if (open.onlyHeadings && below) return { ...joined, headingPath: piece.headingPath };
  if (length > TARGET) return undefined;
  // A second heading of the same name opens another section.
  if (same && !piece.onlyHeadings) return joined;
  const size = open.end - open.start;
  if (open.joinable && piece.joinable)
    return size < SMALL_CODE ? { ...joined, headingPath: mainPath(open, piece) } : undefined;
  return below && size < SMALL_SECTION ? joined : undefined;
}

/** The path of the one that makes up most of the two, or what both share. */
function mainPath(open: Piece, piece: Piece): readonly string[] {
  return (open.end - open.start) * 2 < piece.end - piece.start
    ? piece.headingPath
    : sharedPath(open.headingPath, piece.headingPath);
}

function startsWith(path: readonly string[], prefix: readonly string[]): boolean {
  return prefix.length <= path.length && prefix.every((title, i) => path[i] === title);
}

function sharedPath(a: readonly string[], b: readonly string[]): readonly string[] {
  const differs = a.findIndex((title, i) => b[i] !== title);
  return differs === -1 ? a : a.slice(0, differs);
}

/** A piece that is too long falls apart at its best places: empty lines, lines, sentences, words. */
function split(text: string, piece: Piece): Piece[] {
  const parts: Piece[] = [];
  let start = piece.start;
  while (piece.end - start > MAX) {
    const end = findBreak(text, start, start + MAX);
    parts.push({ ...piece, start, end });
    start = end;
  }
  parts.push({ ...piece, start });
  return parts.filter((part) => trim(text, part.start, part.end));
}

const BREAKS = [/\n[^\S\n]*\r?\n/g, /\n/g, /[.!?。！？]["')\]]?\s/g, /\s/g];

function findBreak(text: string, start: number, limit: number): number {
  const window = text.slice(start, limit);
  const earliest = MAX / 2;
  for (const pattern of BREAKS) {
    let best = -1;
    for (const match of window.matchAll(pattern)) {
      const end = match.index + match[0].length;
      if (end >= earliest) best = end;
    }
    if (best > 0) return start + best;
  }
  return splitsPair(text, limit) ? limit - 1 : limit;
}
