import type { Database } from '#platform/database/index.ts';
import type { Ticket } from './kind.ts';
import { LOST_AFTER_SECONDS, SUPERSEDED } from './store.ts';
import type { JobProblem } from './tables.ts';

// The queue works for all projects at once, so these run as the owner of the schema.

export interface QueuedJob extends Ticket {
  kind: string;
}

export async function selectProjectIds(database: Database): Promise<string[]> {
  const { rows } = await database.ownerQuery('select id from projects');
  return rows.map((row) => String(row['id']));
}

/** Where the jobs of the installation itself are kept: in its first project, whose ids ascend with time. */
export async function selectFirstProject(database: Database): Promise<string | undefined> {
  const { rows } = await database.ownerQuery('select id from projects order by id limit 1');
  return rows[0] && String(rows[0]['id']);
}

/** Equal work that waits already stands for the one that ran: two can't wait under one key. */
const REQUEUE_RUNNING = `
  with ran as (
    select id, singleton_key is not null and exists (
      select from jobs twin
      where twin.project_id = jobs.project_id and twin.kind = jobs.kind and twin.singleton_key = jobs.singleton_key
        and (twin.state = 'queued' or (twin.state = 'running' and twin.id > jobs.id))
    ) as superseded
    from jobs
    where state = 'running' and id <> all ($2::uuid[])
      and ($3::int is null or heartbeat_at < now() - make_interval(secs => $3::int))
    for update skip locked
  )
  update jobs set heartbeat_at = null,
    state = case when ran.superseded then 'cancelled' when jobs.attempt >= $5::int then 'failed' else 'queued' end,
    problem = case when ran.superseded then $1::jsonb when jobs.attempt >= $5::int then $4::jsonb else jobs.problem end,
    finished_at = case when ran.superseded or jobs.attempt >= $5::int then now() end
  from ran where ran.id = jobs.id
  returning jobs.id, jobs.project_id, jobs.kind, jobs.state`;

/** A job that brings down its worker each time is not begun for ever. */
const MOST_LOST_ATTEMPTS = 5;
const WORKER_LOST: JobProblem = {
  code: 'worker-lost',
  message: `The process that ran it ended without a word, ${MOST_LOST_ATTEMPTS} times.`,
  remedy: 'Look into the log and at the memory of the workers, then retry it.',
};

/** Puts what ran when the process died back among what waits. */
export async function requeueRunning(database: Database): Promise<void> {
  await requeue(database, [], null);
}

/** Puts what no worker has been heard of for a while back among what waits, except for what runs `here`. */
export async function requeueLost(database: Database, here: string[]): Promise<QueuedJob[]> {
  return requeue(database, here, LOST_AFTER_SECONDS);
}

async function requeue(
  database: Database,
  except: string[],
  silentSeconds: number | null,
): Promise<QueuedJob[]> {
  const { rows } = await database.ownerQuery(REQUEUE_RUNNING, [
    JSON.stringify(SUPERSEDED),
    except,
    silentSeconds,
    JSON.stringify(WORKER_LOST),
    MOST_LOST_ATTEMPTS,
  ]);
  return rows.filter((row) => row['state'] === 'queued').map(toQueuedJob);
}

export async function selectQueued(database: Database): Promise<QueuedJob[]> {
  const { rows } = await database.ownerQuery(
    "select id, project_id, kind from jobs where state = 'queued' order by id",
  );
  return rows.map(toQueuedJob);
}

/** Jobs that wait for longer than a hand-over takes and that the queue does not know. */
export async function selectUndispatched(database: Database): Promise<QueuedJob[]> {
  const { rows } = await database.ownerQuery(
    `select id, project_id, kind from jobs
     where state = 'queued' and created_at < now() - interval '30 seconds'
       and not exists (select from pgboss.job queued where queued.name = jobs.kind
         and queued.data->>'jobId' = jobs.id::text and (queued.state in ('created', 'retry')
           or queued.state = 'active' and queued.started_on > now() - interval '1 minute'))`,
  );
  return rows.map(toQueuedJob);
}

/** Ended jobs are kept for a month, for a person to look at. */
export async function deleteEnded(database: Database): Promise<void> {
  await database.ownerQuery("delete from jobs where finished_at < now() - interval '30 days'");
}

function toQueuedJob(row: Record<string, unknown>): QueuedJob {
  return { kind: String(row['kind']), jobId: String(row['id']), projectId: String(row['project_id']) };
}
