import { join } from 'node:path';
import { lockDataDirectory } from '#platform/database/index.ts';
import { AppError, appError } from '#platform/errors/index.ts';
import type { Site } from './site.ts';

/**
 * Does something while nobody else deploys in this folder. The lock dies with the process, however it ends.
 * Throws AppError `deploy-running` that says who holds it.
 */
export async function whileLocked<T>(site: Site, work: () => Promise<T>): Promise<T> {
  const lock = await lockDataDirectory(join(site.directory, 'deployments')).catch((error: unknown) => {
    if (!(error instanceof AppError && error.code === 'data-directory-in-use')) throw error;
    const { pid, since } = (error.details ?? {}) as { pid?: number; since?: string };
    const who = pid === undefined ? 'Another process' : `Process ${pid}`;
    throw appError('deploy-running', 409, `${who} is deploying here${since ? ` since ${since}` : ''}.`, {
      remedy: 'Wait until it has ended; `commandcenter deploy DIR --status` says where it stands.',
    });
  });
  try {
    return await work();
  } finally {
    await lock.release();
  }
}
