import type { ChunkKind } from '#platform/retrieval-index/index.ts';

const CODE_EXTENSIONS = new Set(
  (
    'asm astro bash bat c cc cjs clj cljs cpp cs css cu cxx dart ex exs erl f90 fish fs go gradle graphql groovy h hcl hh ' +
    'hpp hs java jl js jsx kt kts less lua m mjs ml mm mts nim nix pas php pl pm proto ps1 py pyi r rb rs sass sc scala ' +
    'scss sh sol sql svelte swift tcl tf ts tsx v vb vhd vue zig zsh'
  ).split(' '),
);
const PROSE_EXTENSIONS = new Set('adoc asciidoc htm html markdown md mdx pdf rst tex txt'.split(' '));
const CODE_MEDIA_TYPES =
  /^(text|application)\/(x-(?!markdown|rst|tex)[\w.+-]+|javascript|typescript|css|ecmascript|sql|graphql)\b/i;
// Not Markdown: without a name that is often a guess, made by a comment that looks like a heading.
const PROSE_MEDIA_TYPES = /^(text\/(html|x-rst)|application\/(pdf|xhtml\+xml))\b/i;

/** Enough of a text to tell what it is. */
const SAMPLE_CHARACTERS = 20_000;
const MAX_WORDS_OF_A_LINE = 15;
/** Measured on prose of several kinds (under 0.1) and code of many languages (over 0.4). */
const CODE_SHARE = 0.3;

export interface ClassifiedContent {
  readonly path: string | null;
  readonly mediaType: string | null;
  readonly text: string;
}

/** Whether a document is code or prose: by its path, else by its media type, else by how its lines look. */
export function classifyContent({ path, mediaType, text }: ClassifiedContent): ChunkKind {
  const extension = /\.([a-z0-9]+)$/i.exec(path ?? '')?.[1]?.toLowerCase();
  if (extension && CODE_EXTENSIONS.has(extension)) return 'code';
  if (extension && PROSE_EXTENSIONS.has(extension)) return 'prose';
  if (mediaType && CODE_MEDIA_TYPES.test(mediaType)) return 'code';
  if (mediaType && PROSE_MEDIA_TYPES.test(mediaType)) return 'prose';
  const sample = text.slice(0, SAMPLE_CHARACTERS);
  const bare = sample.replace(COMMENT_BLOCKS, '');
  if (MARKDOWN.test(bare)) return 'prose';
  // Nothing but comments is code, and prose has no such comments.
  if (bare.trim() === '' && sample.trim() !== '') return 'code';
  return codeShare(bare) >= CODE_SHARE ? 'code' : 'prose';
}

/** Headings below the first level, and fences: comments of code look like the first level. */
const MARKDOWN = /^(#{2,6} \S|```|~~~)/m;

/** Comments over several lines: prose inside code, left out of the count. The second form is a comment without its begin. */
const COMMENT_BLOCKS =
  /^[ \t]*\/\*[\s\S]*?(?:\*\/|$(?![\s\S]))|(?:^[ \t]+\*(?:[ /].*)?(?:\n|$)){3,}|^[ \t]*("""|''')[\s\S]*?\1/gm;

/** What a line of code looks like in the languages that are written most, and prose doesn't. */
const CODE_LINE = [
  /[;{}]\s*$/,
  /^\s*[})\]]+[;,)]*\s*$/,
  /\)\s*(:|->.*|=>.*|\{|,)\s*$/,
  /^\s*[\w.:!]+\(/,
  /[([]\s*$/,
  /\b(_*[a-z][a-z0-9]*_[a-z0-9_]+|[a-z][a-z0-9]*[A-Z]\w*)\b/,
  /^( {4,}|\t+)["'`\w$.)\]}]/,
  /[\w\])]\s*(:=|[=!]==?|[+\-*/|&]=|=>|->|::|&&|\|\|)\s*\S/,
  /^\s*[\w.[\]"']+\s*=\s*\S/,
  /^\s*(\/\/|\/\*|\*\/|#!|#\[|#include|#define|@\w+)/,
  /^\s*(import|from|use|using|package|namespace|require|module)\s+[\w.{*"'<:@/]+/,
  /^\s*(pub|public|private|protected|static|export|async|abstract|final|override|def|fn|func|function|class|struct|enum|trait|impl|interface|type|const|let|var|val)\s+[\w(<{*&]+.*[({:=<;]/,
  /^\s*(if|for|while|switch|match|elif|else|try|catch|except|return|case|end|do|fi|done|then)\b.*[:;{(]?\s*$/,
];
const SENTENCE_LINE = /^\s*(?:[-*>]\s+)?\p{L}[^{}();=<>]*\s[^{}();=<>]*\s[^{}();=<>]*[.,:?!]?\s*$/u;

/** The share of a text that stands in lines that look like code. */
function codeShare(text: string): number {
  let code = 0;
  let all = 0;
  for (const line of text.split('\n')) {
    // Long lines, often data in quotes, don't outvote the rest.
    const weight = Math.min(line.trim().length, 60);
    if (weight === 0) continue;
    all += weight;
    if (isCodeLine(line)) code += weight;
  }
  return all === 0 ? 0 : code / all;
}

function isCodeLine(line: string): boolean {
  // A paragraph on one line may well mention a call() or an a => b and is still prose.
  const words = line.match(/\p{L}{2,}/gu)?.length ?? 0;
  if (words > MAX_WORDS_OF_A_LINE) return false;
  if (SENTENCE_LINE.test(line) && !/[;{}]\s*$/.test(line)) return false;
  return CODE_LINE.some((pattern) => pattern.test(line));
}
