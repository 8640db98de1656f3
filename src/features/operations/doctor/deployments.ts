import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findLockHolder } from '#platform/database/index.ts';
import type { State } from '../deploy/journal.ts';
import { type Finding, findingsOf, ok } from './finding.ts';
import type { Situation } from './situation.ts';
import { readStaleLock } from './stale-lock.ts';

export interface DeploymentFacts {
  folder: string;
  /** A deploy that has begun and not ended. */
  operation: Pick<NonNullable<State['operation']>, 'kind' | 'step' | 'startedAt'> | null;
  /** The process that deploys now. */
  runs: { pid: number } | null;
  /** The lock file that systems other than Linux and Windows use, of a process that has ended. */
  staleLock: { path: string; content: string; pid: number } | null;
}

/** Where the deploys of a folder stand. */
export function checkDeployments({ folder, operation, runs, staleLock }: DeploymentFacts): Finding[] {
  const { problem, warning } = findingsOf('deployments');
  if (runs) return [ok('deployments', `A deploy runs as process ${runs.pid}.`, { pid: runs.pid })];
  const found: Finding[] = [];
  if (operation) {
    const { kind, step, startedAt } = operation;
    found.push(
      problem(
        'deploy-unfinished',
        `A ${kind} of ${startedAt} ended in its step "${step}". What served before it goes on serving, or its successor does.`,
        `\`commandcenter deploy ${folder} --resume\` goes on with it.`,
        { evidence: { kind, step, startedAt } },
      ),
    );
  }
  if (staleLock) {
    const { pid, ...lock } = staleLock;
    found.push(
      warning('deploy-lock-stale', `${lock.path} names process ${pid}, which has ended.`, `rm ${lock.path}`, {
        target: lock.path,
        evidence: { pid },
        fix: { kind: 'remove-file', ...lock },
      }),
    );
  }
  return found.length > 0 ? found : [ok('deployments', 'No deploy is under way.')];
}

export async function lookAtDeployments({ folder }: Situation): Promise<Finding[]> {
  if (!folder) return [];
  const deployments = join(folder.path, 'deployments');
  return checkDeployments({
    folder: folder.path,
    operation: (await readDeployState(folder.path))?.operation ?? null,
    runs: await findLockHolder(deployments),
    staleLock: await readStaleLock(deployments),
  });
}

/** What a deploy has written down; null if it can't be read. */
export async function readDeployState(folder: string): Promise<Partial<State> | null> {
  try {
    return JSON.parse(
      await readFile(join(folder, 'deployments/state.json'), 'utf8'),
    ) as Partial<State> | null;
  } catch {
    return null;
  }
}
