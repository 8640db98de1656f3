import { type DefaultTreeAdapterTypes, parse } from 'parse5';
import type { DocumentHeading } from '../tables.ts';
import { createHeadingPath } from './heading-path.ts';
import { countLines } from './line-numbers.ts';
import type { Boundary, ParsedText } from './types.ts';

type Node = DefaultTreeAdapterTypes.Node;
type Element = DefaultTreeAdapterTypes.Element;

const words = (list: string): ReadonlySet<string> => new Set(list.split(' '));

/** Not part of what a page says. */
const SKIPPED = words(
  'script style noscript template nav footer aside form button select input textarea svg math canvas iframe object embed audio video head dialog menu',
);
const BLOCKS = words(
  'address article blockquote body center dd details div dl dt fieldset figcaption figure h1 h2 h3 h4 h5 h6 header hr html li main ol p pre section summary table tbody thead tfoot tr ul',
);
const SKIPPED_ROLES = words('navigation banner contentinfo search complementary menu menubar dialog');
/** A main part is trusted to hold the page if it has at least this many characters. */
const ENOUGH = 200;

/** Extracts what a page says, without its scripts, styles and navigation; offsets are into that text. */
export function parseHtml(source: string): ParsedText {
  const document = parse(source);
  const main = findElement(
    document,
    (element) => element.tagName === 'main' || attribute(element, 'role') === 'main',
  );
  const article = main ?? findElement(document, (element) => element.tagName === 'article');
  let written = article ? write(article) : undefined;
  if (!written || written.text.length < ENOUGH) written = write(document);
  const title =
    titleOf(document) ??
    written.headings.find(({ level }) => level === 1)?.title ??
    written.headings[0]?.title;
  return { ...written, title: title ?? null, pages: [] };
}

function isElement(node: Node): node is Element {
  return 'tagName' in node;
}

function attribute(element: Element, name: string): string | undefined {
  return element.attrs.find((candidate) => candidate.name === name)?.value;
}

/** Goes through a tree without recursion: a page may nest as deep as it likes. */
function* walk(root: Node, enter: (node: Node) => boolean): Generator<{ node: Node; leaving: boolean }> {
  const stack: { node: Node; leaving: boolean }[] = [{ node: root, leaving: false }];
  for (let step = stack.pop(); step; step = stack.pop()) {
    yield step;
    if (step.leaving || !('childNodes' in step.node) || !enter(step.node)) continue;
    stack.push({ node: step.node, leaving: true });
    for (let i = step.node.childNodes.length - 1; i >= 0; i -= 1) {
      const child = step.node.childNodes[i];
      if (child) stack.push({ node: child, leaving: false });
    }
  }
}

function findElement(root: Node, matches: (element: Element) => boolean): Element | undefined {
  for (const { node } of walk(root, () => true)) if (isElement(node) && matches(node)) return node;
  return undefined;
}

function titleOf(document: Node): string | undefined {
  const title = findElement(document, ({ tagName }) => tagName === 'title');
  const text = title?.childNodes.map((child) => ('value' in child ? child.value : '')).join('');
  return text?.replace(/\s+/g, ' ').trim().slice(0, 300) || undefined;
}

function isSkipped(node: Node): boolean {
  if (!isElement(node)) return false;
  if (SKIPPED.has(node.tagName)) return true;
  if (attribute(node, 'hidden') !== undefined || attribute(node, 'aria-hidden') === 'true') return true;
  return SKIPPED_ROLES.has(attribute(node, 'role') ?? '');
}

interface Writer {
  parts: string[];
  length: number;
  /** The present line has text. */
  inLine: boolean;
  space: boolean;
}

function write(root: Node): Pick<ParsedText, 'text' | 'headings' | 'boundaries'> {
  const out: Writer = { parts: [], length: 0, inLine: false, space: false };
  const starts: number[] = [];
  const found: { title: string; level: number; start: number }[] = [];
  let preformatted = 0;
  let openHeading: { start: number; from: number } | undefined;

  for (const { node, leaving } of walk(root, (candidate) => candidate === root || !isSkipped(candidate))) {
    if ('value' in node && node.nodeName === '#text') {
      if (preformatted > 0) writeRaw(out, node.value);
      else writeWords(out, node.value);
      continue;
    }
    if (!isElement(node) || (node !== root && isSkipped(node))) continue;
    const name = node.tagName;
    if (name === 'pre') preformatted += leaving ? -1 : 1;
    if (name === 'br') endLine(out);
    if (name === 'td' || name === 'th') writeCellEnd(out, leaving);
    if (!BLOCKS.has(name)) continue;
    if (leaving && openHeading && /^h[1-6]$/.test(name)) {
      const title = out.parts.slice(openHeading.from).join('').replace(/\s+/g, ' ').trim();
      if (title) found.push({ title: title.slice(0, 300), level: Number(name[1]), start: openHeading.start });
      openHeading = undefined;
    }
    endBlock(out, name === 'li' || name === 'tr' ? 1 : 2);
    if (leaving) continue;
    starts.push(out.length);
    if (/^h[1-6]$/.test(name)) openHeading = { start: out.length, from: out.parts.length };
    if (name === 'li') writeRaw(out, '- ');
  }
  return structure(out.parts.join(''), starts, found);
}

function structure(
  text: string,
  starts: readonly number[],
  found: readonly { title: string; level: number; start: number }[],
): Pick<ParsedText, 'text' | 'headings' | 'boundaries'> {
  const lines = countLines(text);
  const byStart = new Map(found.map((heading) => [heading.start, heading]));
  const path = createHeadingPath();
  const boundaries: Boundary[] = [];
  for (const start of new Set(starts)) {
    const heading = byStart.get(start);
    if (heading) path.enter(heading);
    boundaries.push({
      start,
      headingPath: path.current(),
      page: null,
      ...(heading ? { heading: true } : {}),
    });
  }
  const headings: DocumentHeading[] = found.map((heading) => ({ ...heading, line: lines.at(heading.start) }));
  return { text, headings, boundaries };
}

function append(out: Writer, text: string): void {
  out.parts.push(text);
  out.length += text.length;
}

function writeRaw(out: Writer, text: string): void {
  append(out, text);
  out.inLine = !text.endsWith('\n');
  out.space = false;
}

function writeWords(out: Writer, text: string): void {
  for (const piece of text.split(/([ \t\r\n\f]+)/)) {
    if (piece === '') continue;
    if (/^[ \t\r\n\f]/.test(piece)) {
      out.space = true;
      continue;
    }
    if (out.space && out.inLine) append(out, ' ');
    append(out, piece);
    out.inLine = true;
    out.space = false;
  }
}

function writeCellEnd(out: Writer, leaving: boolean): void {
  if (leaving && out.inLine) writeRaw(out, ' | ');
}

function endLine(out: Writer): void {
  append(out, '\n');
  out.inLine = false;
  out.space = false;
}

/** Ends the line, and leaves an empty one if two ends are asked for. */
function endBlock(out: Writer, ends: 1 | 2): void {
  if (out.length === 0) return;
  const tail = out.parts.slice(-2).join('').slice(-2);
  const there = tail.endsWith('\n\n') ? 2 : tail.endsWith('\n') ? 1 : 0;
  for (let i = there; i < ends; i += 1) append(out, '\n');
  out.inLine = false;
  out.space = false;
}
