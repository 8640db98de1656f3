import { type RunningProgram, runProgram, spawnProgram } from '#platform/exec/index.ts';
import { watchCall } from '#platform/telemetry/index.ts';
import { gitEnvironment } from './environment.ts';
import { explainGitFailure } from './explain-git-failure.ts';
import { gitCall } from './git-call.ts';
import type { Mirror } from './types.ts';

const READ_TIMEOUT_MS = 10 * 60_000;
const NO_CONFIG = '/dev/null';

export interface GitRead {
  signal?: AbortSignal | undefined;
  timeoutMs?: number;
  maxOutputBytes?: number;
  /** Exit codes that are an answer, beside 0. */
  answers?: readonly number[];
}

const argvFor = (mirror: Mirror, argv: readonly string[]): string[] => [
  `--git-dir=${mirror.directory}`,
  '--no-pager',
  ...argv,
];

/** Runs a git command that only reads the mirror, and returns what it wrote. */
export async function readGit(
  mirror: Mirror,
  argv: readonly string[],
  options: GitRead = {},
): Promise<{ stdout: Buffer; exitCode: number }> {
  const { exitCode, stderr, stdout } = await watchCall(gitCall(argv), () =>
    runProgram('git', argvFor(mirror, argv), {
      env: gitEnvironment(NO_CONFIG),
      timeoutMs: options.timeoutMs ?? READ_TIMEOUT_MS,
      signal: options.signal,
      ...(options.maxOutputBytes === undefined ? {} : { maxOutputBytes: options.maxOutputBytes }),
    }),
  );
  if (exitCode !== 0 && !options.answers?.includes(exitCode ?? -1)) throw explainGitFailure(stderr);
  return { stdout, exitCode: exitCode ?? -1 };
}

/** Starts a git command that only reads the mirror, for reading its output as it comes. */
export function spawnGit(mirror: Mirror, argv: readonly string[], signal?: AbortSignal): RunningProgram {
  const program = spawnProgram('git', argvFor(mirror, argv), {
    env: gitEnvironment(NO_CONFIG),
    timeoutMs: READ_TIMEOUT_MS * 6,
    signal,
  });
  watchCall(gitCall(argv), () => program.ended).catch(() => {});
  return program;
}

/** Waits for the end of a spawned command and throws what went wrong. */
export async function expectSuccess(program: RunningProgram): Promise<void> {
  const { exitCode, stderr } = await program.ended;
  if (exitCode !== 0) throw explainGitFailure(stderr);
}
