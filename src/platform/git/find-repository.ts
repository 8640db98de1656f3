import { realpath, stat } from 'node:fs/promises';
import { type AppError, appError } from '#platform/errors/index.ts';
import { runProgram } from '#platform/exec/index.ts';
import { gitEnvironment } from './environment.ts';

const TIMEOUT_MS = 15_000;

/**
 * The top of the repository that a folder belongs to: of its work tree, or the bare repository itself.
 * Throws AppError `folder-not-found`, `not-a-folder` or `not-a-repository`.
 */
export async function findRepository(path: string, signal?: AbortSignal): Promise<string> {
  const folder = await realFolder(path);
  const top = await ask(folder, ['rev-parse', '--path-format=absolute', '--show-toplevel'], signal);
  if (top !== undefined) return realpath(top);
  const gitDirectory = await ask(folder, ['rev-parse', '--path-format=absolute', '--git-dir'], signal);
  if (gitDirectory === undefined) throw notARepository(path);
  const bare = await ask(gitDirectory, ['rev-parse', '--is-bare-repository'], signal);
  // Inside the .git folder of a work tree: its parent is what is meant.
  if (bare !== 'true' && gitDirectory.endsWith('/.git'))
    return realpath(gitDirectory.slice(0, -'/.git'.length));
  return realpath(gitDirectory);
}

async function realFolder(path: string): Promise<string> {
  try {
    const real = await realpath(path);
    if ((await stat(real)).isDirectory()) return real;
  } catch (cause) {
    throw appError('folder-not-found', 404, `There is no folder ${path}, or it can't be read.`, {
      remedy: 'Check the path; it is looked for on the machine that CommandCenter runs on.',
      cause,
    });
  }
  throw appError('not-a-folder', 400, `${path} is a file.`, { remedy: 'Give the folder of the repository.' });
}

async function ask(
  folder: string,
  argv: readonly string[],
  signal?: AbortSignal,
): Promise<string | undefined> {
  const { exitCode, stdout } = await runProgram('git', ['-C', folder, ...argv], {
    env: gitEnvironment('/dev/null'),
    timeoutMs: TIMEOUT_MS,
    signal,
  });
  return exitCode === 0 ? stdout.toString('utf8').replace(/\n$/, '') : undefined;
}

function notARepository(path: string): AppError {
  return appError('not-a-repository', 400, `${path} is not in a git repository.`, {
    remedy: 'Give a folder that git tracks, or run `git init` and commit there first.',
  });
}
