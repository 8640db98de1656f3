export type { Repository, RepositoryStatistics, RepositorySynced } from './schema.ts';
export { getRepository, getStatistics, listRepositories, mirrorOf } from './service.ts';
export { readRepositoryCounts, selectSyncAges } from './store.ts';
export { repositories } from './tables.ts';
