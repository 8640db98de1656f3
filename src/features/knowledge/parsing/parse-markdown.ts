import type { Nodes, RootContent } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { frontmatterFromMarkdown } from 'mdast-util-frontmatter';
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table';
import { toString as textOf } from 'mdast-util-to-string';
import { frontmatter } from 'micromark-extension-frontmatter';
import { gfmTable } from 'micromark-extension-gfm-table';
import { parse as parseYaml } from 'yaml';
import type { DocumentHeading } from '../tables.ts';
import { createHeadingPath } from './heading-path.ts';
import { countLines } from './line-numbers.ts';
import type { Boundary, ParsedText } from './types.ts';

/** Inline markup says nothing about structure and costs most of the time, so only headings are read with it. */
const withoutInline = {
  disable: {
    null: [
      'attention',
      'autolink',
      'characterEscape',
      'characterReference',
      'codeText',
      'hardBreakEscape',
      'htmlText',
      'labelEnd',
      'labelStartImage',
      'labelStartLink',
    ],
  },
};
const options = {
  extensions: [frontmatter(['yaml', 'toml']), gfmTable(), withoutInline],
  mdastExtensions: [frontmatterFromMarkdown(['yaml', 'toml']), gfmTableFromMarkdown()],
};
/** Longer lists, quotes and tables are opened, so that a chunk can end between two of their parts. */
const KEEP_WHOLE = 1_500;

/** Reads the structure of Markdown. The stored text is the source, so that every offset and line is its own. */
export function parseMarkdown(text: string): ParsedText {
  const root = fromMarkdown(text, options);
  const lines = countLines(text);
  const path = createHeadingPath();
  const headings: DocumentHeading[] = [];
  const boundaries: Boundary[] = [];
  let matterTitle: string | null = null;

  for (const node of root.children) {
    const start = node.position?.start.offset ?? 0;
    const end = node.position?.end.offset ?? text.length;
    if (node.type === 'yaml') matterTitle = titleOfMatter(node.value);
    const heading = readHeading(node, text.slice(start, end));
    if (heading) {
      path.enter(heading);
      headings.push({ ...heading, start, line: lines.at(start) });
    }
    // Front matter belongs to what follows, as a heading does.
    const leads = heading !== undefined || node.type === 'yaml' || (node.type as string) === 'toml';
    for (const part of heading ? [start] : splitBlock(node)) {
      boundaries.push({ start: part, headingPath: path.current(), page: null, heading: leads });
    }
  }
  const first = headings.find(({ level }) => level === 1) ?? headings[0];
  return { text, title: matterTitle ?? first?.title ?? null, headings, pages: [], boundaries };
}

function readHeading(node: RootContent, source: string): { title: string; level: number } | undefined {
  if (node.type === 'heading') {
    const title = textOf(fromMarkdown(source)).replace(/\s+/g, ' ').trim();
    return title ? { title, level: node.depth } : undefined;
  }
  if (node.type !== 'html') return undefined;
  const match = /^<h([1-6])\b[^>]*>([\s\S]{1,500}?)<\/h\1>/i.exec(node.value);
  const title = match?.[2]
    ?.replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return match && title ? { title, level: Number(match[1]) } : undefined;
}

/** Where the parts of a block begin that may be told apart. */
function splitBlock(node: Nodes): number[] {
  const start = node.position?.start.offset ?? 0;
  const length = (node.position?.end.offset ?? start) - start;
  const opens =
    node.type === 'list' || node.type === 'listItem' || node.type === 'blockquote' || node.type === 'table';
  if (length <= KEEP_WHOLE || !opens) return [start];
  const parts = node.children.flatMap(splitBlock);
  // The mark of a list item or quote stands before its first part.
  return parts.length === 0 ? [start] : [start, ...parts.slice(1)];
}

function titleOfMatter(yaml: string): string | null {
  try {
    const matter: unknown = parseYaml(yaml, { maxAliasCount: 10 });
    const title = typeof matter === 'object' && matter !== null && 'title' in matter ? matter.title : null;
    return typeof title === 'string' && title.trim() ? title.trim().slice(0, 300) : null;
  } catch {
    // Broken front matter is text like any other.
    return null;
  }
}
