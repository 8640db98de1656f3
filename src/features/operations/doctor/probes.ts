import { stat } from 'node:fs/promises';
import { freemem, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { AppError } from '#platform/errors/index.ts';
import { runProgram } from '#platform/exec/index.ts';
import type { ProgramAnswer } from './program-answer.ts';
import { type DockerFacts, readDocker } from './read-docker.ts';

export interface MemoryFacts {
  totalBytes: number;
  availableBytes: number;
  /** What the control group allows this process; null without a limit. */
  limitBytes: number | null;
}

/** Everything that the doctor asks of this machine; a test seeds a fault by answering otherwise. */
export interface Probes {
  now(): Date;
  /** When this version was built: no clock can be earlier. */
  builtAt(): Promise<Date>;
  nodeVersion: string;
  /** Who runs the doctor; undefined where people have no numbers. */
  uid: number | undefined;
  memory(): MemoryFacts;
  /** Runs a program for {@link LOOK_MS} at most; null if it isn't installed. */
  run(program: string, argv: readonly string[], input?: string): Promise<ProgramAnswer | null>;
  docker(): Promise<DockerFacts>;
  /** The addresses of a name; throws if it has none. */
  resolve(host: string): Promise<readonly string[]>;
  /** The Compose files that ship with this version. */
  shippedFiles: string;
}

/** No look takes longer, so that the doctor ends soon whatever is broken. */
export const LOOK_MS = 4000;

const here = import.meta.url;
// The same relative place from the source (src/features/operations/doctor) and from the build (dist/server/x).
const ROOT = new URL(here.endsWith('.ts') ? '../../../../' : '../../', here);

/** The probes of this machine. `environment` is what programs are started with. */
export function createProbes(environment: Readonly<Record<string, string>>): Probes {
  const run: Probes['run'] = async (program, argv, input = '') => {
    try {
      const ended = await runProgram(program, argv, { env: environment, timeoutMs: LOOK_MS, input });
      return { exitCode: ended.exitCode, stdout: ended.stdout.toString(), stderr: ended.stderr };
    } catch (error) {
      if (error instanceof AppError && error.code === 'program-missing') return null;
      return { exitCode: null, stdout: '', stderr: 'It did not answer in time.' };
    }
  };
  return {
    now: () => new Date(),
    builtAt: async () => (await stat(new URL('package.json', ROOT))).mtime,
    nodeVersion: process.versions.node,
    uid: process.getuid?.(),
    memory: readMemory,
    run,
    docker: () => readDocker(run),
    resolve: resolveName,
    shippedFiles: fileURLToPath(new URL('deploy/compose', ROOT)),
  };
}

function readMemory(): MemoryFacts {
  const total = totalmem();
  const limit = process.constrainedMemory();
  return {
    totalBytes: total,
    availableBytes: freemem(),
    // Without a limit some kernels tell none and others a number that no machine has.
    limitBytes: limit > 0 && limit < total ? limit : null,
  };
}

async function resolveName(host: string): Promise<readonly string[]> {
  const { lookup } = await import('node:dns/promises');
  const found = await withinLook(lookup(host, { all: true }));
  return found.map(({ address }) => address);
}

/** Rejects when the time of a look is over; what the promise says then is of no interest any more. */
export async function withinLook<T>(promise: Promise<T>, limitMs: number = LOOK_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`No answer within ${limitMs / 1000} seconds.`)), limitMs);
  });
  promise.catch(() => {});
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
