import { join } from 'node:path';
import type { Context } from '#platform/context/index.ts';
import { AppError } from '#platform/errors/index.ts';
import { importHistory } from '#platform/git/index.ts';
import { readSample } from './read-sample.ts';
import type { RepositoryAndJob } from './schema.ts';
import { getRepository, syncRepository, trackRepository } from './service.ts';

const NAME = 'Parcel Desk (sample)';

/** Makes the sample project in the data directory and tracks it; if it is tracked already it is synced. */
export async function trackSample(context: Context): Promise<RepositoryAndJob> {
  const directory = join(context.platform.config.dataDir, 'sample', 'parcel-desk.git');
  await importHistory(directory, await readSample());
  try {
    return await trackRepository(context, { location: directory, name: NAME });
  } catch (error) {
    const id = existingId(error);
    if (id === undefined) throw error;
    return { repository: await getRepository(context, id), job: await syncRepository(context, id) };
  }
}

function existingId(error: unknown): string | undefined {
  if (!(error instanceof AppError) || error.code !== 'repository-exists') return undefined;
  return (error.details as { id?: string } | undefined)?.id;
}
