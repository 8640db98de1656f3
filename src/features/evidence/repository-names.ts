import { listRepositories } from '#features/repositories/index.ts';
import type { Context } from '#platform/context/index.ts';

/** The names of all tracked repositories, by id; archived ones are left out. */
export async function listRepositoryNames(context: Context): Promise<ReadonlyMap<string, string>> {
  const repositories = await listRepositories(context, { limit: Number.MAX_SAFE_INTEGER });
  return new Map(repositories.map((repository) => [repository.id, repository.name]));
}
