import { hostname } from 'node:os';
import type { Platform } from '#platform/context/index.ts';
import type { ComponentFacts } from '#platform/health/index.ts';
import { newId } from '#platform/ids/index.ts';

const BEAT_MS = 5000;
/** A worker that has not been seen for this long is lost; it beats three times in it. */
const LOST_AFTER_SECONDS = 15;
/** A lost worker is told about for this long, then its row is removed. */
const FORGOTTEN_AFTER_MINUTES = 10;
const WAITS_LONG_SECONDS = 600;

export interface Presence {
  /** Takes this worker off the list, so that nobody misses it. */
  leave(): Promise<void>;
}

/** Keeps this process on the list of those that run jobs. */
export async function joinWorkers({ database, log }: Platform): Promise<Presence> {
  const id = newId();
  const beat = async (): Promise<void> => {
    await database.ownerQuery(
      `insert into workers (id, host, process_id) values ($1, $2, $3)
       on conflict (id) do update set seen_at = now()`,
      [id, hostname(), process.pid],
    );
    await database.ownerQuery('delete from workers where seen_at < now() - make_interval(mins => $1)', [
      FORGOTTEN_AFTER_MINUTES,
    ]);
  };
  await beat();
  const timer = setInterval(() => {
    beat().catch((error: unknown) => log.warn({ err: error }, 'worker could not say that it lives'));
  }, BEAT_MS);
  timer.unref();
  return {
    async leave() {
      clearInterval(timer);
      await database.ownerQuery('delete from workers where id = $1', [id]);
    },
  };
}

const QUEUE_STATE = `
  select
    (select count(*) from jobs where state = 'queued') as queued,
    (select count(*) from jobs where state = 'running') as running,
    (select count(*) from jobs where state = 'failed') as failed,
    (select coalesce(extract(epoch from now() - min(created_at)), 0)::int from jobs where state = 'queued') as waits,
    (select count(*) from workers where seen_at >= now() - make_interval(secs => ${LOST_AFTER_SECONDS})) as workers,
    (select count(*) from workers where seen_at < now() - make_interval(secs => ${LOST_AFTER_SECONDS})) as lost`;

/** How much waits and who works on it, for the health page. Ages in seconds. */
export async function readQueueState({ database }: Platform): Promise<ComponentFacts> {
  const { rows } = await database.ownerQuery(QUEUE_STATE);
  const row = rows[0] ?? {};
  const number = (name: string): number => Number(row[name] ?? 0);
  const detail = {
    queued: number('queued'),
    running: number('running'),
    failed: number('failed'),
    oldestQueuedSeconds: number('waits'),
    workers: number('workers'),
    lostWorkers: number('lost'),
  };
  return { detail, degraded: describeTrouble(detail) };
}

function describeTrouble(state: {
  workers: number;
  lostWorkers: number;
  oldestQueuedSeconds: number;
}): string | undefined {
  if (state.workers === 0) return 'No worker is running, so background work waits.';
  if (state.lostWorkers > 0)
    return 'A worker has ended without handing back its jobs; others take them over.';
  if (state.oldestQueuedSeconds > WAITS_LONG_SECONDS) return 'Background work has been waiting for too long.';
  return undefined;
}
