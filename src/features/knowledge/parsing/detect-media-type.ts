import { extname } from 'node:path';
import { UnreadableError } from './types.ts';

export const SUPPORTED = 'Markdown, plain text, HTML, PDF and source code';

const BY_EXTENSION: Record<string, string> = {
  md: 'text/markdown',
  markdown: 'text/markdown',
  mdx: 'text/markdown',
  mkd: 'text/markdown',
  html: 'text/html',
  htm: 'text/html',
  xhtml: 'text/html',
  pdf: 'application/pdf',
  txt: 'text/plain',
  text: 'text/plain',
  log: 'text/plain',
  rst: 'text/x-rst',
  adoc: 'text/asciidoc',
  asciidoc: 'text/asciidoc',
};

/** Source code, by ending: the name of the language as in the media type text/x-NAME. */
const LANGUAGES: Record<string, string> = Object.fromEntries(
  (
    'bash:sh,bash,zsh c:c,h cpp:cc,cpp,cxx,hh,hpp csharp:cs css:css,scss,less go:go java:java ' +
    'javascript:js,mjs,cjs,jsx php:php powershell:ps1,psm1 python:py,pyi ruby:rb,rake rust:rs ' +
    'tsx:tsx typescript:ts,mts,cts kotlin:kt,kts swift:swift scala:scala clojure:clj,cljs elixir:ex,exs ' +
    'erlang:erl haskell:hs lua:lua perl:pl,pm r:r dart:dart zig:zig nix:nix sql:sql graphql:graphql,gql ' +
    'protobuf:proto terraform:tf,hcl vue:vue svelte:svelte astro:astro groovy:groovy,gradle objective-c:m,mm ' +
    'fsharp:fs,fsx ocaml:ml,mli julia:jl yaml:yaml,yml toml:toml json:json,jsonc xml:xml dockerfile:dockerfile make:mk'
  )
    .split(' ')
    .flatMap((entry) => {
      const [language = '', endings = ''] = entry.split(':');
      return endings.split(',').map((ending) => [ending, language]);
    }),
);

/** The language of a source file by its name, or undefined. */
export function languageOf(name: string): string | undefined {
  return LANGUAGES[endingOf(name)];
}

function endingOf(name: string): string {
  return extname(name).slice(1).toLowerCase();
}

const SIGNATURES: readonly { bytes: string; name: string }[] = [
  { bytes: '504b0304', name: 'a ZIP archive or an office document' },
  { bytes: '504b0506', name: 'an empty ZIP archive' },
  { bytes: 'd0cf11e0a1b11ae1', name: 'an old office document' },
  { bytes: '1f8b', name: 'a gzip archive' },
  { bytes: '425a68', name: 'a bzip2 archive' },
  { bytes: 'fd377a585a00', name: 'an xz archive' },
  { bytes: '28b52ffd', name: 'a zstd archive' },
  { bytes: '377abcaf271c', name: 'a 7z archive' },
  { bytes: '526172211a07', name: 'a RAR archive' },
  { bytes: '89504e470d0a1a0a', name: 'a PNG image' },
  { bytes: 'ffd8ff', name: 'a JPEG image' },
  { bytes: '47494638', name: 'a GIF image' },
  { bytes: '7f454c46', name: 'a program' },
  { bytes: '0061736d', name: 'a WebAssembly module' },
  { bytes: '4f676753', name: 'an Ogg recording' },
  { bytes: '494433', name: 'an MP3 recording' },
];

/** Throws for content whose first bytes show a format that isn't read. */
function refuseKnownBinary(bytes: Uint8Array): void {
  const head = Buffer.from(bytes.subarray(0, 16)).toString('hex');
  const found = SIGNATURES.find((signature) => head.startsWith(signature.bytes));
  if (!found) return;
  throw new UnreadableError(
    'unsupported-media-type',
    `This is ${found.name}, which can't be read yet.`,
    `Supported are ${SUPPORTED}.`,
  );
}

/** Readers look for the header in the first kilobyte. */
function isPdf(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 1024)).includes('%PDF-');
}

/**
 * What the content is: its own signature first, then what the sender says, then the ending of its name,
 * then its look. Throws UnreadableError `unsupported-media-type` for what can't be read.
 */
export function detectMediaType(content: Uint8Array | string, name: string, declared?: string): string {
  if (typeof content !== 'string') {
    if (isPdf(content)) return 'application/pdf';
    refuseKnownBinary(content);
  }
  const stated = declared?.split(';')[0]?.trim().toLowerCase();
  const byName = BY_EXTENSION[endingOf(name)];
  if (stated && !VAGUE.has(stated)) return checkStated(stated, byName);
  if (byName) return byName;
  const language = languageOf(name);
  if (language) return `text/x-${language}`;
  return typeof content === 'string' ? guessByLook(content) : 'text/plain';
}

/** Said by programs that don't know better; the name then tells more. */
const VAGUE = new Set(['application/octet-stream', 'binary/octet-stream', 'text/plain', '']);
const ALIASES: Record<string, string> = {
  'application/xhtml+xml': 'text/html',
  'text/x-markdown': 'text/markdown',
  'application/x-pdf': 'application/pdf',
  'application/json': 'text/x-json',
  'application/javascript': 'text/x-javascript',
  'text/javascript': 'text/x-javascript',
  'application/typescript': 'text/x-typescript',
  'application/yaml': 'text/x-yaml',
  'application/toml': 'text/x-toml',
  'application/xml': 'text/x-xml',
};

function checkStated(stated: string, byName: string | undefined): string {
  const type = ALIASES[stated] ?? stated;
  if (type.startsWith('text/') || type === 'application/pdf') return type;
  if (byName) return byName;
  throw new UnreadableError(
    'unsupported-media-type',
    `Content of the type ${stated} can't be read yet.`,
    `Supported are ${SUPPORTED}.`,
  );
}

/** A text without a name: a heading as its first line, or a code fence, makes it Markdown. */
function guessByLook(text: string): string {
  const start = text.slice(0, 20_000);
  return /^\s*#{1,6} \S/.test(start) || /^(```|~~~)/m.test(start) ? 'text/markdown' : 'text/plain';
}
