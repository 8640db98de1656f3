import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Node, Parser } from '@vscode/tree-sitter-wasm';
import type { DocumentHeading } from '../tables.ts';
import { countLines, type LineNumbers } from './line-numbers.ts';
import { parsePlain } from './parse-plain.ts';
import type { Boundary, ParsedText } from './types.ts';

/** The grammar, by the language of the media type. */
const GRAMMARS: Record<string, string> = {
  bash: 'bash',
  c: 'cpp',
  cpp: 'cpp',
  csharp: 'c-sharp',
  go: 'go',
  java: 'java',
  javascript: 'javascript',
  php: 'php',
  powershell: 'powershell',
  python: 'python',
  ruby: 'ruby',
  rust: 'rust',
  tsx: 'tsx',
  typescript: 'typescript',
};
/** The syntax tree of a larger file would cost too much memory. */
const MAX_TREE_LENGTH = 1_000_000;
/** A larger symbol is opened, so that its members become chunks of their own. */
const KEEP_WHOLE = 1_500;
const MAX_DEPTH = 6;

const SYMBOL =
  /^(function|method|class|interface|struct|enum|trait|impl|mod|module|namespace|type|type_alias|constructor|record|object|macro|singleton_method|abstract_class|internal_module|file_scoped_namespace|generator_function|property|delegate)(_(definition|declaration|item|specifier|statement|spec))?$/;
const CONTAINER = /class|interface|struct|enum|trait|impl|mod|namespace|object|record/;
/** Stands around a symbol that it belongs to. */
const WRAPPER =
  /^(export_statement|decorated_definition|template_declaration|lexical_declaration|variable_declaration|type_declaration|expression_statement|ambient_declaration)$/;
const LEADING = /comment|attribute|decorator/;

const require = createRequire(import.meta.url);
let engine: Promise<typeof import('@vscode/tree-sitter-wasm')> | undefined;
const parsers = new Map<string, Promise<Parser>>();

/** Cuts source code at its symbols; a language without a grammar, at its empty lines. */
export async function parseCode(text: string, language: string): Promise<ParsedText> {
  const grammar = GRAMMARS[language];
  if (!grammar || text.length > MAX_TREE_LENGTH) return withoutGrammar(text);
  const tree = (await parserFor(grammar)).parse(text);
  if (!tree) return withoutGrammar(text);
  try {
    const outline = createOutline(countLines(text));
    outline.visit(tree.rootNode, [], 0, true);
    return { text, title: null, headings: outline.headings, pages: [], boundaries: outline.boundaries };
  } finally {
    tree.delete();
  }
}

function withoutGrammar(text: string): ParsedText {
  const parsed = parsePlain(text, 'text/plain');
  return { ...parsed, boundaries: parsed.boundaries.map((boundary) => ({ ...boundary, joinable: true })) };
}

function parserFor(grammar: string): Promise<Parser> {
  const known = parsers.get(grammar);
  if (known) return known;
  const made = makeParser(grammar);
  parsers.set(grammar, made);
  return made;
}

async function makeParser(grammar: string): Promise<Parser> {
  const folder = dirname(require.resolve('@vscode/tree-sitter-wasm'));
  engine ??= (async () => {
    const loaded = require('@vscode/tree-sitter-wasm') as typeof import('@vscode/tree-sitter-wasm');
    await loaded.Parser.init({ locateFile: (file) => join(folder, file) });
    return loaded;
  })();
  const { Language, Parser: TreeParser } = await engine;
  const parser = new TreeParser();
  parser.setLanguage(await Language.load(join(folder, `tree-sitter-${grammar}.wasm`)));
  return parser;
}

function createOutline(lines: LineNumbers) {
  const headings: DocumentHeading[] = [];
  const boundaries: Boundary[] = [];

  function visit(parent: Node, path: readonly string[], depth: number, cut: boolean): void {
    let leading: Node | undefined;
    let previousEnd = -1;
    for (const child of parent.namedChildren) {
      if (!child) continue;
      const follows = child.startPosition.row - previousEnd <= 1;
      previousEnd = child.endPosition.row;
      if (LEADING.test(child.type)) {
        leading = leading && follows ? leading : child;
        if (leading === child && cut) addBoundary(child.startIndex, path);
        continue;
      }
      const start = leading && follows ? leading.startIndex : child.startIndex;
      leading = undefined;
      visitChild(child, start, path, depth, cut);
    }
  }

  function visitChild(
    child: Node,
    start: number,
    path: readonly string[],
    depth: number,
    cut: boolean,
  ): void {
    const symbol = findSymbol(child);
    const name = symbol && nameOf(symbol);
    const inside = name ? [...path, name] : path;
    if (cut) addBoundary(start, inside);
    if (!symbol || !name) return;
    headings.push({
      title: name,
      level: depth + 1,
      start: child.startIndex,
      line: lines.at(child.startIndex),
    });
    if (!CONTAINER.test(symbol.type) || depth + 1 >= MAX_DEPTH) return;
    const body = symbol.childForFieldName('body') ?? symbol.namedChildren.at(-1);
    if (body) visit(body, inside, depth + 1, cut && child.endIndex - start > KEEP_WHOLE);
  }

  function addBoundary(start: number, headingPath: readonly string[]): void {
    boundaries.push({ start, headingPath, page: null, joinable: true });
  }
  return { headings, boundaries, visit };
}

/** The symbol that a node declares: itself, or what it wraps (an export, a constant that holds a function). */
function findSymbol(node: Node): Node | undefined {
  if (SYMBOL.test(node.type) && node.childForFieldName('name')) return node;
  if (node.type === 'impl_item' || node.type === 'function_definition') return node;
  if (node.type === 'variable_declarator') {
    return /function|class/.test(node.childForFieldName('value')?.type ?? '') ? node : undefined;
  }
  if (!WRAPPER.test(node.type)) return undefined;
  for (const child of node.namedChildren) {
    const found = child && findSymbol(child);
    if (found) return found;
  }
  return undefined;
}

function nameOf(symbol: Node): string | undefined {
  let node = symbol.childForFieldName('name') ?? symbol.childForFieldName('type');
  // C and C++ wrap the name of a function in declarators.
  let declarator = symbol.childForFieldName('declarator');
  if (declarator) node = null;
  for (let depth = 0; declarator && depth < 8; depth += 1) {
    node = declarator;
    declarator = declarator.childForFieldName('declarator');
  }
  return node?.text.replace(/\s+/g, ' ').slice(0, 120) || undefined;
}
