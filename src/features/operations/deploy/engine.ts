import { setTimeout as sleep } from 'node:timers/promises';
import { inheritedVariables } from '#platform/config/index.ts';
import { type AppError, appError } from '#platform/errors/index.ts';
import { runProgram } from '#platform/exec/index.ts';

export interface EngineOptions {
  timeoutMs?: number;
  /** How often it is tried in all; for what can be done twice. */
  tries?: number;
}

export interface EngineAnswer {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

/** The `docker` program. */
export interface Engine {
  /** Runs a command to its end, however it ends. */
  ask(argv: readonly string[], options?: EngineOptions): Promise<EngineAnswer>;
  /** Runs a command that has to succeed; returns what it wrote. Throws AppError `engine-refused`. */
  run(argv: readonly string[], options?: EngineOptions): Promise<string>;
}

// Everything else, such as an image that is named in somebody's shell, would win over what the folder says.
const INHERITED = [
  'PATH',
  'HOME',
  'TMPDIR',
  'XDG_RUNTIME_DIR',
  'DOCKER_HOST',
  'DOCKER_CONTEXT',
  'DOCKER_CONFIG',
  'DOCKER_CERT_PATH',
  'DOCKER_TLS_VERIFY',
  'SSH_AUTH_SOCK',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
];
const DEFAULT_TIMEOUT_MS = 120_000;
const PAUSE_MS = 1000;
const SHOWN = 600;

export function createEngine(directory: string): Engine {
  const env = { ...inheritedVariables(INHERITED), COMPOSE_PROGRESS: 'plain', COMPOSE_IGNORE_ORPHANS: 'true' };

  async function ask(argv: readonly string[], options: EngineOptions = {}): Promise<EngineAnswer> {
    const { timeoutMs = DEFAULT_TIMEOUT_MS, tries = 1 } = options;
    for (let left = tries; ; left -= 1) {
      const last = left <= 1;
      try {
        const { exitCode, stdout, stderr } = await runProgram('docker', argv, {
          env,
          cwd: directory,
          timeoutMs,
        });
        if (exitCode === 0 || last) return { exitCode, stdout: stdout.toString(), stderr };
      } catch (error) {
        if (last || (error as AppError).code === 'program-missing') throw error;
      }
      await sleep(PAUSE_MS * (tries - left + 1));
    }
  }

  return {
    ask,
    async run(argv, options) {
      const { exitCode, stdout, stderr } = await ask(argv, options);
      if (exitCode === 0) return stdout;
      throw refused(argv, exitCode, stderr || stdout);
    },
  };
}

function refused(argv: readonly string[], exitCode: number | null, output: string): AppError {
  const said = output.trim().split('\n').slice(-8).join('\n').slice(-SHOWN);
  return appError('engine-refused', 424, `docker ${nameOf(argv)} ended with ${exitCode}: ${said}`, {
    remedy: 'docs/deploy.md says what to do at each step.',
    details: { argv, exitCode },
  });
}

/** The command without what all of them have: "compose up". */
function nameOf(argv: readonly string[]): string {
  const [first = '', ...rest] = argv;
  if (first !== 'compose') return first;
  // Each option before the command has a value.
  const at = rest.findIndex((word, index) => !word.startsWith('--') && !rest[index - 1]?.startsWith('--'));
  return `compose ${rest[at] ?? ''}`;
}

/** The lines of what a command has listed. */
export function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
