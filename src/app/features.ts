import type { JobDefinition } from '#platform/jobs/index.ts';
import type { Routes } from '../server/index.ts';

/** Every feature's routes, mounted under /api/v1. Explicit, so that nothing is served by accident. */
export const featureRoutes: readonly Routes[] = [];

/** Every kind of background work. */
export const featureJobs = [] as unknown as readonly JobDefinition[];
