import { readScannedCount } from '#features/evidence/index.ts';
import { readDocumentCounts } from '#features/knowledge/index.ts';
import { countDrift, countRings, radarFigures } from '#features/radar/index.ts';
import { readRepositoryCounts } from '#features/repositories/index.ts';
import { type Context, readLatest } from '#platform/context/index.ts';
import { readRunning, readUnfinished } from '#platform/jobs/index.ts';
import type { Overview } from './schema.ts';

const ACTIVITY_SHOWN = 20;
const JOBS_SHOWN = 10;

/** What a person wants to see first: how much there is, what asks for attention, what is going on. */
export async function getOverview(context: Context): Promise<Overview> {
  // Jobs go on all the time, and what runs them tells nobody of each step: they are asked for each time.
  const jobs = context.read(readUnfinished(), readRunning(JOBS_SHOWN));
  const [[unfinished, running], figures] = await Promise.all([
    jobs,
    context.cached('overview', '', () => readFigures(context)),
  ]);
  return { ...figures, jobs: { unfinished, running } };
}

async function readFigures(context: Context): Promise<Omit<Overview, 'jobs'>> {
  const [repositories, scanned, figures, standards, documents, activity] = await context.read(
    readRepositoryCounts(),
    readScannedCount(),
    ...radarFigures(context),
    readDocumentCounts(),
    readLatest(ACTIVITY_SHOWN),
  );
  const rings = countRings(figures);
  const drift = countDrift(figures, standards, scanned);
  return {
    repositories: { ...repositories, scanned },
    technologies: { ...rings, total: sum(Object.values(rings)) },
    drift: { total: sum(Object.values(drift)), byKind: drift },
    documents,
    activity,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
