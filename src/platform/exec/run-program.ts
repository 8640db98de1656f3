import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { type AppError, appError } from '#platform/errors/index.ts';

export interface SpawnOptions {
  /** The whole environment: nothing is inherited. */
  env: Readonly<Record<string, string>>;
  cwd?: string;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  /** What the program says on stderr, as it comes. */
  onStderr?: (text: string) => void;
}

/** How a program ended: by itself with a code, or by a signal. */
export interface ProgramEnd {
  exitCode: number | null;
  /** The last 16 KB of stderr. */
  stderr: string;
}

export interface RunningProgram {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Rejects if the program could not be started, ran out of time, was aborted or was stopped with a reason. */
  readonly ended: Promise<ProgramEnd>;
  /** Ends the program and everything that it started; `reason` becomes the rejection of `ended`. */
  stop(reason?: unknown): void;
  /** Sends a signal to the program and everything that it started; `ended` tells how it ended. */
  signal(name: NodeJS.Signals): void;
}

const STDERR_KEPT = 16 * 1024;
const KILL_AFTER_MS = 2000;

// Programs run in process groups of their own, so they would survive this process unless it ends them.
const running = new Set<number>();
process.once('exit', () => {
  for (const pid of running) signalGroup(pid, 'SIGKILL');
});

/**
 * Starts a program with an argument list (never a shell) in its own process group.
 * Stopping it stops the group: first by SIGTERM, so that it can clean up, then by SIGKILL.
 */
export function spawnProgram(
  program: string,
  argv: readonly string[],
  options: SpawnOptions,
): RunningProgram {
  options.signal?.throwIfAborted();
  const child = spawn(program, [...argv], {
    env: { ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    windowsHide: true,
  });
  // Writing to a program that has ended is not an error of its own: `ended` says why.
  child.stdin.on('error', () => {});
  const stderr = keepTail(child, options.onStderr);
  let stopped: { reason: unknown } | undefined;
  let killTimer: NodeJS.Timeout | undefined;

  const stop = (reason: unknown = new Error('stopped')): void => {
    if (stopped) return;
    stopped = { reason };
    const { pid } = child;
    if (pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    signalGroup(pid, 'SIGTERM');
    killTimer = setTimeout(() => signalGroup(pid, 'SIGKILL'), KILL_AFTER_MS);
  };
  const onAbort = (): void => stop(options.signal?.reason ?? new Error('aborted'));
  options.signal?.addEventListener('abort', onAbort, { once: true });
  const timeout = setTimeout(() => stop(timeoutError(program, options.timeoutMs)), options.timeoutMs);

  const ended = new Promise<ProgramEnd>((resolve, reject) => {
    const cleanUp = (): void => {
      clearTimeout(timeout);
      clearTimeout(killTimer);
      options.signal?.removeEventListener('abort', onAbort);
      if (child.pid !== undefined) running.delete(child.pid);
    };
    child.once('error', (error: NodeJS.ErrnoException) => {
      cleanUp();
      reject(startError(program, error));
    });
    child.once('close', (exitCode) => {
      cleanUp();
      // What the program left behind in its group ends with it.
      if (stopped && child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
      if (stopped) reject(stopped.reason);
      else resolve({ exitCode, stderr: stderr() });
    });
  });
  // A reader of stdout sees the end first; it awaits `ended` afterwards.
  ended.catch(() => {});
  if (child.pid !== undefined) running.add(child.pid);
  const signal = (name: NodeJS.Signals): void => {
    if (child.pid !== undefined && running.has(child.pid)) signalGroup(child.pid, name);
  };
  return { stdin: child.stdin, stdout: child.stdout, ended, stop, signal };
}

export interface RunOptions extends SpawnOptions {
  input?: string | Buffer;
  /** The program is stopped if it writes more; 16 MB if not given. */
  maxOutputBytes?: number;
}

const DEFAULT_MAX_OUTPUT = 16 * 1024 * 1024;

/** Runs a program to its end and returns what it wrote. A non-zero exit code is the caller's to judge. */
export async function runProgram(
  program: string,
  argv: readonly string[],
  options: RunOptions,
): Promise<ProgramEnd & { stdout: Buffer }> {
  const child = spawnProgram(program, argv, options);
  const limit = options.maxOutputBytes ?? DEFAULT_MAX_OUTPUT;
  const chunks: Buffer[] = [];
  let bytes = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= limit) chunks.push(chunk);
    else child.stop(outputError(program, limit));
  });
  child.stdin.end(options.input ?? '');
  const end = await child.ended;
  return { ...end, stdout: Buffer.concat(chunks) };
}

function keepTail(
  child: ChildProcessByStdio<Writable, Readable, Readable>,
  onStderr?: (text: string) => void,
) {
  let tail = '';
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (text: string) => {
    tail = (tail + text).slice(-STDERR_KEPT);
    onStderr?.(text);
  });
  return () => tail;
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is gone already.
  }
}

function startError(program: string, cause: NodeJS.ErrnoException): AppError {
  if (cause.code === 'ENOENT') {
    return appError('program-missing', 424, `The program "${program}" is not installed or not on the PATH.`, {
      remedy: `Install ${program} and start again.`,
      cause,
    });
  }
  return appError(
    'program-not-started',
    500,
    `The program "${program}" could not be started (${cause.code}).`,
    { cause },
  );
}

function timeoutError(program: string, timeoutMs: number): AppError {
  return appError(
    'program-timeout',
    504,
    `${program} was stopped after ${Math.round(timeoutMs / 1000)} seconds.`,
  );
}

function outputError(program: string, limit: number): AppError {
  return appError(
    'program-output-too-large',
    413,
    `${program} was stopped: it wrote more than ${limit} bytes.`,
  );
}
