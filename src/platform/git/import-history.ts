import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { runProgram } from '#platform/exec/index.ts';
import { newId } from '#platform/ids/index.ts';
import { gitEnvironment } from './environment.ts';
import { explainGitFailure } from './explain-git-failure.ts';

/** A commit to make: the same input always gives the same commit. */
export interface CommitToImport {
  author: string;
  email: string;
  date: Date;
  message: string;
  files: readonly { path: string; text: string }[];
  deleted: readonly string[];
}

const TIMEOUT_MS = 60_000;

/** Makes a bare repository with the given history on `main`; one that is there already is replaced. */
export async function importHistory(directory: string, commits: readonly CommitToImport[]): Promise<void> {
  const partial = `${directory}.partial-${newId()}`;
  await mkdir(dirname(directory), { recursive: true, mode: 0o700 });
  try {
    await run(['init', '--quiet', '--bare', '--template=', '--initial-branch=main', partial]);
    await run(
      [`--git-dir=${partial}`, 'fast-import', '--quiet', '--date-format=raw'],
      Buffer.concat(commits.flatMap(asStream)),
    );
    if (existsSync(directory)) await rm(directory, { recursive: true });
    await rename(partial, directory);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** The commit in the language of `git fast-import`. */
function asStream(commit: CommitToImport): Buffer[] {
  const who = `${commit.author} <${commit.email}> ${Math.floor(commit.date.getTime() / 1000)} +0000`;
  const header = `commit refs/heads/main\nauthor ${who}\ncommitter ${who}\n`;
  const files = commit.files.flatMap(({ path, text }) => [
    Buffer.from(`M 100644 inline ${quoted(path)}\n`),
    ...data(text),
  ]);
  const deleted = commit.deleted.map((path) => Buffer.from(`D ${quoted(path)}\n`));
  return [Buffer.from(header), ...data(commit.message), ...deleted, ...files, Buffer.from('\n')];
}

function data(text: string): Buffer[] {
  const bytes = Buffer.from(text);
  return [Buffer.from(`data ${bytes.length}\n`), bytes, Buffer.from('\n')];
}

const quoted = (path: string): string => `"${path.replace(/["\\]/g, '\\$&')}"`;

async function run(argv: readonly string[], input?: Buffer): Promise<void> {
  const { exitCode, stderr } = await runProgram('git', argv, {
    env: gitEnvironment('/dev/null'),
    timeoutMs: TIMEOUT_MS,
    ...(input ? { input } : {}),
  });
  if (exitCode !== 0) throw explainGitFailure(stderr);
}
