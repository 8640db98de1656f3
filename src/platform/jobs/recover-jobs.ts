import type { PgBoss } from 'pg-boss';
import type { Platform } from '#platform/context/index.ts';
import type { Jobs } from './kind.ts';
import {
  deleteEnded,
  type QueuedJob,
  requeueLost,
  requeueRunning,
  selectQueued,
  selectUndispatched,
} from './queue-store.ts';

const SWEEP_MS = 5000;
/** After a fault of the database every worker gets this long to say that it lives, before any is taken for lost. */
const QUIET_MS = 20_000;
const TIDY_MS = 60_000;

/**
 * A process that is alone on its data and finds work that is queued or running, finds its own from before
 * it was stopped or killed: it all begins again.
 */
export async function requeueUnfinished(platform: Platform, boss: PgBoss, jobs: Jobs): Promise<void> {
  if (!platform.database.exclusive) return;
  for (const kind of jobs.kinds.keys()) await boss.deleteAllJobs(kind);
  await requeueRunning(platform.database);
  for (const job of await selectQueued(platform.database)) await redispatch(jobs, job);
}

/** Looks every few seconds for work that nobody does any more. Returns what ends the looking. */
export function startSweep(platform: Platform, jobs: Jobs): () => void {
  let quietSince = Date.now();
  let tidiedAt = Date.now();
  let sweeping = false;
  const sweep = async (): Promise<void> => {
    const { database } = platform;
    try {
      if (Date.now() - quietSince >= QUIET_MS) {
        for (const job of await requeueLost(database, jobs.running())) {
          platform.log.warn({ jobId: job.jobId, jobKind: job.kind }, 'job of a lost worker taken over');
          await redispatch(jobs, job);
        }
      } else await database.ownerQuery('select 1');
      if (Date.now() - tidiedAt < TIDY_MS) return;
      tidiedAt = Date.now();
      for (const job of await selectUndispatched(database)) await redispatch(jobs, job);
      await deleteEnded(database);
    } catch (error) {
      quietSince = Date.now();
      platform.log.warn({ err: error }, 'job sweep failed');
    }
  };
  let last = Date.now();
  const timer = setInterval(() => {
    // A process that was frozen, or whose clock jumped, has missed what the others did meanwhile.
    if (Math.abs(Date.now() - last) > 2 * SWEEP_MS) quietSince = Date.now();
    last = Date.now();
    if (sweeping) return;
    sweeping = true;
    void sweep().finally(() => {
      sweeping = false;
    });
  }, SWEEP_MS);
  timer.unref();
  return () => clearInterval(timer);
}

async function redispatch(jobs: Jobs, { kind, ...ticket }: QueuedJob): Promise<void> {
  if (jobs.kinds.has(kind)) await jobs.dispatch(kind, ticket);
}
