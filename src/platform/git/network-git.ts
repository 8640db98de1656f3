import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { appError } from '#platform/errors/index.ts';
import { type RunOptions, runProgram } from '#platform/exec/index.ts';
import { watchCall } from '#platform/telemetry/index.ts';
import { gitEnvironment, type NetworkAccess } from './environment.ts';
import { explainGitFailure } from './explain-git-failure.ts';
import { gitCall } from './git-call.ts';
import { parseProgress, type TransferProgress } from './parse-progress.ts';
import type { Mirror } from './types.ts';

export interface NetworkCommand {
  access: NetworkAccess;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: TransferProgress) => void) | undefined;
}

/**
 * Runs a git command that talks to a source. `mirror` need not exist yet: its parent folder holds the
 * configuration for the upload-pack that git itself starts on a local source, which gets no other.
 */
export async function networkGit(
  mirror: Mirror,
  argv: readonly string[],
  command: NetworkCommand,
): Promise<Buffer> {
  const config = await ownConfiguration(dirname(mirror.directory));
  const progress = command.onProgress;
  let line = '';
  const options: RunOptions = {
    env: gitEnvironment(config, command.access),
    cwd: dirname(mirror.directory),
    timeoutMs: command.timeoutMs,
    signal: command.signal,
    maxOutputBytes: 64 * 1024 * 1024,
    ...(progress
      ? {
          onStderr: (text) => {
            const lines = (line + text).split(/[\r\n]/);
            line = lines.pop() ?? '';
            for (const complete of lines) {
              const found = parseProgress(complete);
              if (found) progress(found);
            }
          },
        }
      : {}),
  };
  const { exitCode, stderr, stdout } = await watchCall(gitCall(argv), () =>
    runProgram('git', argv, options),
  ).catch((error: unknown) => {
    throw asSlowServer(error, command.timeoutMs);
  });
  if (exitCode !== 0) throw explainGitFailure(stderr);
  return stdout;
}

function asSlowServer(error: unknown, timeoutMs: number): unknown {
  if ((error as { code?: string }).code !== 'program-timeout') return error;
  return appError(
    'repository-too-slow',
    504,
    `The git server took longer than ${Math.round(timeoutMs / 1000)} seconds.`,
    {
      remedy: 'Try again later, or allow more time with GIT_TIMEOUT_SECONDS.',
      cause: error,
    },
  );
}

// A source may belong to another user, which git refuses unless its owner's configuration says otherwise.
const CONFIGURATION = '[safe]\n\tdirectory = *\n[core]\n\thooksPath = /dev/null\n\tfsmonitor = false\n';

async function ownConfiguration(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'gitconfig');
  await writeFile(path, CONFIGURATION, { mode: 0o600 });
  return path;
}
