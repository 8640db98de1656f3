import { readdir, readFile } from 'node:fs/promises';
import type { CommitToImport } from '#platform/git/index.ts';

// Beside this file in the source; the build leaves the source folder in its place.
const FOLDER = new URL(
  import.meta.url.endsWith('.ts') ? './sample/' : '../../src/features/repositories/sample/',
  import.meta.url,
);
const SECTION = /^=== (write|delete) (.+)$/;

/**
 * Reads the sample project's history: one file a commit, in the order of their names. Each begins with
 * `Author:`, `Date:` and `Message:` lines; then come `=== write path` with the file's text, and `=== delete path`.
 */
export async function readSample(): Promise<CommitToImport[]> {
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.commit')).sort();
  return Promise.all(
    names.map(async (name) => parseCommit(await readFile(new URL(name, FOLDER), 'utf8'), name)),
  );
}

function parseCommit(text: string, name: string): CommitToImport {
  const headers = new Map<string, string>();
  const files: { path: string; lines: string[] }[] = [];
  const deleted: string[] = [];
  for (const line of text.replace(/\n$/, '').split('\n')) {
    const section = SECTION.exec(line);
    if (section?.[2]) {
      if (section[1] === 'write') files.push({ path: section[2], lines: [] });
      else deleted.push(section[2]);
      continue;
    }
    const header = files.length === 0 && deleted.length === 0 ? /^(\w+): (.*)$/.exec(line) : null;
    if (header?.[1] && header[2]) headers.set(header[1], header[2]);
    else files.at(-1)?.lines.push(line);
  }
  const [, author, email] = /^(.+) <(.+)>$/.exec(headers.get('Author') ?? '') ?? [];
  const date = new Date(headers.get('Date') ?? '');
  const message = headers.get('Message');
  if (!author || !email || !message || Number.isNaN(date.getTime()))
    throw new Error(`The sample commit ${name} is incomplete.`);
  return {
    author,
    email,
    date,
    message: `${message}\n`,
    files: files.map(({ path, lines }) => ({ path, text: `${lines.join('\n').replace(/\n+$/, '')}\n` })),
    deleted,
  };
}
