import type { Database } from '#platform/database/index.ts';
import type { Ticket } from './definition.ts';
import { SUPERSEDED } from './store.ts';

// The queue works for all projects at once, so these run as the owner of the schema.

export interface QueuedJob extends Ticket {
  kind: string;
}

export async function selectProjectIds(database: Database): Promise<string[]> {
  const { rows } = await database.ownerQuery('select id from projects');
  return rows.map((row) => String(row['id']));
}

/** Equal work that waits already stands for the one that ran: two can't wait under one key. */
const REQUEUE_RUNNING = `
  with ran as (
    select id, singleton_key is not null and exists (
      select from jobs twin
      where twin.project_id = jobs.project_id and twin.kind = jobs.kind and twin.singleton_key = jobs.singleton_key
        and (twin.state = 'queued' or (twin.state = 'running' and twin.id > jobs.id))
    ) as superseded
    from jobs where state = 'running'
  )
  update jobs set heartbeat_at = null,
    state = case when ran.superseded then 'cancelled' else 'queued' end,
    problem = case when ran.superseded then $1::jsonb else jobs.problem end,
    finished_at = case when ran.superseded then now() end
  from ran where ran.id = jobs.id`;

/** Puts what ran when the process died back among what waits. */
export async function requeueRunning(database: Database): Promise<void> {
  await database.ownerQuery(REQUEUE_RUNNING, [JSON.stringify(SUPERSEDED)]);
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
         and queued.data->>'jobId' = jobs.id::text and queued.state in ('created', 'retry', 'active'))`,
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
