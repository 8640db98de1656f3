import { historyJob, scanJob } from '#features/evidence/jobs.ts';
import { evidenceRoutes } from '#features/evidence/routes.ts';
import { identityRoutes } from '#features/identity/routes.ts';
import { indexLagGauges } from '#features/knowledge/gauges.ts';
import {
  fetchUrlJob,
  ingestRepositoryJob,
  ingestUploadJob,
  updateIndexJob,
} from '#features/knowledge/jobs.ts';
import { knowledgeRoutes } from '#features/knowledge/routes.ts';
import { backupGauges, backupHealth } from '#features/operations/backup/gauges.ts';
import { drillGauges } from '#features/operations/drill/gauges.ts';
import { drillRoutes } from '#features/operations/drill/routes.ts';
import { operationsJobs } from '#features/operations/jobs.ts';
import { operationsRoutes } from '#features/operations/routes.ts';
import { supportRoutes } from '#features/operations/support/routes.ts';
import { watchRoutes } from '#features/operations/watch/routes.ts';
import { activityRoutes } from '#features/overview/activity-routes.ts';
import { overviewRoutes } from '#features/overview/routes.ts';
import { projectRoutes } from '#features/projects/routes.ts';
import { radarJobs } from '#features/radar/jobs.ts';
import { radarRoutes } from '#features/radar/routes.ts';
import { syncGauges } from '#features/repositories/gauges.ts';
import { repositoryJobs } from '#features/repositories/jobs.ts';
import { repositoryRoutes } from '#features/repositories/routes.ts';
import type { Platform } from '#platform/context/index.ts';
import type { HealthComponent } from '#platform/health/index.ts';
import type { JobDefinition } from '#platform/jobs/index.ts';
import type { GaugeReading } from '#platform/telemetry/index.ts';
import type { Routes } from '../server/index.ts';

/** Every feature's routes, mounted under /api/v1. Explicit, so that nothing is served by accident. */
export const featureRoutes: readonly Routes[] = [
  identityRoutes,
  projectRoutes,
  repositoryRoutes,
  evidenceRoutes,
  radarRoutes,
  knowledgeRoutes,
  overviewRoutes,
  activityRoutes,
  operationsRoutes,
  drillRoutes,
  watchRoutes,
  supportRoutes,
];

/** Every kind of background work. */
export const featureJobs: readonly JobDefinition[] = [
  ...repositoryJobs,
  scanJob,
  historyJob,
  ...radarJobs,
  ingestRepositoryJob,
  ingestUploadJob,
  fetchUrlJob,
  updateIndexJob,
  ...operationsJobs,
];

/** What features tell of themselves to monitoring. */
export const featureGauges: readonly ((platform: Platform) => GaugeReading)[] = [
  syncGauges,
  indexLagGauges,
  backupGauges,
  drillGauges,
];

/** Parts of features whose state `/health` tells. */
export const featureHealth: readonly ((platform: Platform) => HealthComponent)[] = [backupHealth];

/** What keeps figures, alerts and history in the product's own database; loaded after the start. */
export const loadWatch = () => import('#features/operations/watch/index.ts');
