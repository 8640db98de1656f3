import { basename } from 'node:path';
import { languageOf } from './parsing/detect-media-type.ts';

/** Other people's work and the data of tests: not what a team has written about its own. */
const FOREIGN =
  /(^|\/)(node_modules|bower_components|vendor|third[_-]?party|\.git|testdata|__fixtures__|fixtures)\//i;
const PROSE = /\.(md|mdx|markdown|mkd|rst|adoc|asciidoc)$/i;
const DOCUMENT = /\.(html?|xhtml|pdf|txt|text)$/i;
const DOCUMENT_FOLDER = /(^|\/)(docs?|documentation|adrs?|decisions|design|rfcs?|wiki|guides?|manual)\//i;
/** Documents by their name, with or without an ending. */
const NAMED =
  /^(readme|changelog|changes|history|news|contributing|architecture|security|authors|maintainers|governance|roadmap|upgrading|migration|faq|notice|install|hacking|support)(\.(txt|html?))?$/i;

const DATA = new Set(['json', 'xml', 'toml', 'yaml']);
const GENERATED =
  /\.(min|bundle|generated|pb|g)\.[a-z]+$|_pb2\.py$|\.d\.ts$|(^|\/)(dist|build|out|target|generated)\//i;
/** A larger source file is data or generated. */
const MAX_SOURCE_BYTES = 1024 * 1024;

/** Whether a file of a repository is a document; with `includeSource`, also whether it is source code. */
export function isWanted(file: { path: string; size: number }, includeSource: boolean): boolean {
  const { path, size } = file;
  if (FOREIGN.test(path)) return false;
  if (PROSE.test(path) || NAMED.test(basename(path))) return true;
  if (DOCUMENT.test(path) && DOCUMENT_FOLDER.test(path)) return true;
  if (!includeSource || size > MAX_SOURCE_BYTES || GENERATED.test(path)) return false;
  const language = languageOf(path);
  return language !== undefined && !DATA.has(language);
}
