import { askRoutes } from '#features/knowledge/ask/routes.ts';
import { updateIndexJob } from '#features/knowledge/indexing/jobs.ts';
import { searchRoutes } from '#features/knowledge/search/routes.ts';
import { repositoryJobs } from '#features/repositories/jobs.ts';
import { repositoryRoutes } from '#features/repositories/routes.ts';
import type { JobDefinition } from '#platform/jobs/index.ts';
import type { Routes } from '../server/index.ts';

/** Every feature's routes, mounted under /api/v1. Explicit, so that nothing is served by accident. */
export const featureRoutes: readonly Routes[] = [repositoryRoutes, searchRoutes, askRoutes];

/** Every kind of background work. */
export const featureJobs = [...repositoryJobs, updateIndexJob] as unknown as readonly JobDefinition[];
