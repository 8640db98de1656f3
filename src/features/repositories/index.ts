export {
  type Repository,
  type RepositoryStatistics,
  type RepositorySynced,
  repositorySchema,
} from './schema.ts';
export {
  archiveRepository,
  getRepository,
  getStatistics,
  listRepositories,
  mirrorOf,
  syncRepository,
  trackRepository,
  updateRepository,
} from './service.ts';
export { repositories } from './tables.ts';
export { trackSample } from './track-sample.ts';
