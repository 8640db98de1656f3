import semver from 'semver';
import { type Finding, findingsOf, ok } from './finding.ts';
import type { MemoryFacts } from './probes.ts';
import type { ProgramAnswer } from './program-answer.ts';
import type { Situation } from './situation.ts';

const NODE_MAJOR = 24;
const GIT_MINIMUM = '2.30.0';
const MEGABYTE = 1024 ** 2;
const MEMORY_WANTED = 512 * MEGABYTE;
const DAY_MS = 86_400_000;

/** Node: the version that this runs on. */
export function checkNode(version: string): Finding[] {
  const { problem } = findingsOf('node');
  if (Number(version.split('.')[0]) >= NODE_MAJOR) return [ok('node', `Node ${version}.`, { version })];
  return [
    problem(
      'node-too-old',
      `Node ${version} is too old.`,
      `Run \`make install\`: it brings Node ${NODE_MAJOR}.`,
      {
        evidence: { version },
      },
    ),
  ];
}

/** git: repositories are read with it. `null` is a git that is not installed. */
export function checkGit(answer: ProgramAnswer | null): Finding[] {
  const { problem } = findingsOf('git');
  if (answer?.exitCode !== 0) {
    const sentence = answer === null ? 'git is not installed.' : 'git does not run.';
    return [problem('git-missing', sentence, 'Install it: repositories are read with it.')];
  }
  const version = semver.coerce(answer.stdout)?.version ?? '0.0.0';
  if (semver.gte(version, GIT_MINIMUM)) return [ok('git', `git ${version}.`, { version })];
  return [
    problem('git-too-old', `git ${version} is too old.`, `Install git ${GIT_MINIMUM} or newer.`, {
      evidence: { version },
    }),
  ];
}

/** Memory, of the machine and of the control group that limits this process. */
export function checkMemory({ totalBytes, availableBytes, limitBytes }: MemoryFacts): Finding[] {
  const { warning } = findingsOf('memory');
  const megabytes = (bytes: number): number => Math.round(bytes / MEGABYTE);
  const evidence = {
    totalMegabytes: megabytes(totalBytes),
    availableMegabytes: megabytes(availableBytes),
    limitMegabytes: limitBytes === null ? null : megabytes(limitBytes),
  };
  const found: Finding[] = [];
  if (availableBytes < MEMORY_WANTED) {
    found.push(
      warning(
        'memory-low',
        `${evidence.availableMegabytes} MB of memory are free; a process takes up to ${megabytes(MEMORY_WANTED)} MB.`,
        'End what is not needed, or give the machine more memory.',
        { evidence },
      ),
    );
  }
  if (limitBytes !== null && limitBytes < MEMORY_WANTED) {
    found.push(
      warning(
        'memory-limit-low',
        `The control group allows ${evidence.limitMegabytes} MB; a process takes up to ${megabytes(MEMORY_WANTED)} MB.`,
        'Raise the limit on memory of the container or the unit.',
        { evidence },
      ),
    );
  }
  if (found.length > 0) return found;
  return [
    ok('memory', `${evidence.availableMegabytes} of ${evidence.totalMegabytes} MB are free.`, evidence),
  ];
}

/** The clock: nothing happens before the version that does it was built. */
export function checkClock(now: Date, builtAt: Date): Finding[] {
  const { problem } = findingsOf('clock');
  const evidence = { now: now.toISOString(), builtAt: builtAt.toISOString() };
  if (now.getTime() > builtAt.getTime() - DAY_MS) return [ok('clock', `It is ${evidence.now}.`, evidence)];
  return [
    problem(
      'clock-before-build',
      `The clock says ${evidence.now}, but this version was built on ${evidence.builtAt}.`,
      'Set the clock, and let it be kept: `timedatectl set-ntp true`.',
      { evidence },
    ),
  ];
}

export const lookAtNode = async ({ probes }: Situation): Promise<Finding[]> => checkNode(probes.nodeVersion);
export const lookAtGit = async ({ probes }: Situation): Promise<Finding[]> =>
  checkGit(await probes.run('git', ['--version']));
export const lookAtMemory = async ({ probes }: Situation): Promise<Finding[]> => checkMemory(probes.memory());
export const lookAtClock = async ({ probes }: Situation): Promise<Finding[]> =>
  checkClock(probes.now(), await probes.builtAt());
