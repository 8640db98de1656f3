import { countScannedRepositories } from '#features/evidence/index.ts';
import { countDocuments } from '#features/knowledge/index.ts';
import { countByRing, countDrift } from '#features/radar/index.ts';
import { listRepositories } from '#features/repositories/index.ts';
import { type Activity, type Context, listActivity } from '#platform/context/index.ts';
import { countUnfinishedJobs, listJobs } from '#platform/jobs/index.ts';
import type { Overview } from './schema.ts';

const ACTIVITY_SHOWN = 20;
const JOBS_SHOWN = 10;
const ALL = Number.MAX_SAFE_INTEGER;

/** What a person wants to see first: how much there is, what asks for attention, what is going on. */
export async function getOverview(context: Context): Promise<Overview> {
  const repositories = await listRepositories(context, { limit: ALL });
  const rings = await countByRing(context);
  const drift = await countDrift(context);
  const activity = await listActivity(context, { limit: ACTIVITY_SHOWN });
  return {
    repositories: {
      total: repositories.length,
      ready: repositories.filter((repository) => repository.state === 'ready').length,
      unreachable: repositories.filter((repository) => repository.state === 'unreachable').length,
      scanned: await countScannedRepositories(context),
    },
    technologies: { ...rings, total: sum(Object.values(rings)) },
    drift: { total: sum(Object.values(drift)), byKind: drift },
    documents: await countDocuments(context),
    jobs: {
      unfinished: await countUnfinishedJobs(context),
      running: await listJobs(context, { state: 'running', limit: JOBS_SHOWN }),
    },
    activity: activity.map(toActivity),
  };
}

function toActivity(row: Activity): Overview['activity'][number] {
  const { id, action, subjectKind, subjectId } = row;
  const actor = { kind: row.actorKind, id: row.actorId, name: row.actorName };
  return { id, at: row.at.toISOString(), actor, action, subjectKind, subjectId };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
