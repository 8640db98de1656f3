import { readScannedCount } from '#features/evidence/index.ts';
import { readDocumentCounts } from '#features/knowledge/index.ts';
import { countDrift, countRings, radarFigures } from '#features/radar/index.ts';
import { readRepositoryCounts } from '#features/repositories/index.ts';
import { type Context, readLatest } from '#platform/context/index.ts';
import { readRunning, readUnfinished } from '#platform/jobs/index.ts';
import type { Overview } from './schema.ts';

const ACTIVITY_SHOWN = 20;
const JOBS_SHOWN = 10;

type Figures = Omit<Overview, 'jobs'>;

/** What a person wants to see first: how much there is, what asks for attention, what is going on. */
export async function getOverview(context: Context): Promise<Overview> {
  let read: Overview | undefined;
  const figures = await context.cached('overview', '', async (): Promise<Figures> => {
    read = await readOverview(context);
    const { jobs: _jobs, ...kept } = read;
    return kept;
  });
  // Jobs go on all the time, and what runs them tells nobody of each step: they are never kept.
  return read ?? { ...figures, jobs: await readJobs(context) };
}

async function readJobs(context: Context): Promise<Overview['jobs']> {
  const [unfinished, running] = await context.read(readUnfinished(), readRunning(JOBS_SHOWN));
  return { unfinished, running };
}

async function readOverview(context: Context): Promise<Overview> {
  const [repositories, scanned, figures, standards, documents, unfinished, running, activity] =
    await context.read(
      readRepositoryCounts(),
      readScannedCount(),
      ...radarFigures(context),
      readDocumentCounts(),
      readUnfinished(),
      readRunning(JOBS_SHOWN),
      readLatest(ACTIVITY_SHOWN),
    );
  const rings = countRings(figures);
  const drift = countDrift(figures, standards, scanned);
  return {
    repositories: { ...repositories, scanned },
    technologies: { ...rings, total: sum(Object.values(rings)) },
    drift: { total: sum(Object.values(drift)), byKind: drift },
    documents,
    jobs: { unfinished, running },
    activity,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
