import { and, desc, eq, inArray, lt, sql } from 'drizzle-orm';
import type { Tx } from '#platform/database/index.ts';
import { type JobProblem, type JobProgress, type JobRow, type JobState, jobs } from './tables.ts';

const UNFINISHED: JobState[] = ['queued', 'running'];
// A running job whose worker hasn't been heard of for this long is taken over.
export const LOST_AFTER_SECONDS = 20;

/** Of a job that would begin again while an equal one waits already. */
export const SUPERSEDED: JobProblem = {
  code: 'superseded',
  message: 'It did not end, and a newer job of the same kind does its work.',
};

export async function insertJob(tx: Tx, row: typeof jobs.$inferInsert): Promise<JobRow | undefined> {
  const [inserted] = await tx.insert(jobs).values(row).onConflictDoNothing().returning();
  return inserted;
}

export async function selectJob(tx: Tx, id: string): Promise<JobRow | undefined> {
  const [row] = await tx.select().from(jobs).where(eq(jobs.id, id));
  return row;
}

export async function selectUnfinished(
  tx: Tx,
  kind: string,
  singletonKey: string,
  states: JobState[] = UNFINISHED,
): Promise<JobRow | undefined> {
  const [row] = await tx
    .select()
    .from(jobs)
    .where(and(eq(jobs.kind, kind), eq(jobs.singletonKey, singletonKey), inArray(jobs.state, states)))
    .limit(1);
  return row;
}

export interface JobFilter {
  root?: string | undefined;
  kind?: string | undefined;
  state?: JobState | undefined;
  subjectId?: string | undefined;
  before?: string | undefined;
  limit: number;
}

export async function selectJobs(tx: Tx, filter: JobFilter): Promise<JobRow[]> {
  const conditions = [
    filter.root === undefined ? undefined : eq(jobs.rootId, filter.root),
    filter.kind === undefined ? undefined : eq(jobs.kind, filter.kind),
    filter.state === undefined ? undefined : eq(jobs.state, filter.state),
    filter.subjectId === undefined ? undefined : eq(jobs.subjectId, filter.subjectId),
    filter.before === undefined ? undefined : lt(jobs.id, filter.before),
  ];
  return tx
    .select()
    .from(jobs)
    .where(and(...conditions))
    .orderBy(desc(jobs.id))
    .limit(filter.limit);
}

/** Takes a job that waits, or one whose worker is lost; undefined if there is nothing to do. */
export async function claimJob(tx: Tx, id: string): Promise<JobRow | undefined> {
  const [row] = await tx
    .update(jobs)
    .set({
      state: 'running',
      attempt: sql`${jobs.attempt} + 1`,
      startedAt: sql`now()`,
      heartbeatAt: sql`now()`,
    })
    .where(
      and(
        eq(jobs.id, id),
        sql`(${jobs.state} = 'queued' or (${jobs.state} = 'running' and ${jobs.heartbeatAt} < now() - make_interval(secs => ${LOST_AFTER_SECONDS})))`,
      ),
    )
    .returning();
  return row;
}

/** One run of a job: whoever takes it over counts an attempt more. */
export type Run = Pick<JobRow, 'id' | 'attempt'>;

const isRun = ({ id, attempt }: Run) =>
  and(eq(jobs.id, id), eq(jobs.attempt, attempt), eq(jobs.state, 'running'));

/** Notes that the job is alive and how far it is; tells whether it is to stop, also because another took it over. */
export async function touchJob(tx: Tx, run: Run, progress: JobProgress | undefined): Promise<boolean> {
  const [row] = await tx
    .update(jobs)
    .set({ heartbeatAt: sql`now()`, ...(progress ? { progress } : {}) })
    .where(isRun(run))
    .returning({ cancelRequested: jobs.cancelRequested });
  return row?.cancelRequested ?? true;
}

/** Ends a run, or hands it back; does nothing if another worker has taken the job over. */
export async function finishJob(
  tx: Tx,
  run: Run,
  outcome: {
    state: JobState;
    result?: unknown;
    problem?: JobProblem | null;
    progress?: JobProgress | undefined;
  },
): Promise<void> {
  const { progress, ...rest } = outcome;
  if (outcome.state === 'queued' && (await hasWaitingTwin(tx, run.id))) {
    await finishJob(tx, run, { state: 'cancelled', problem: SUPERSEDED });
    return;
  }
  const finished = outcome.state === 'queued' ? null : sql`now()`;
  await tx
    .update(jobs)
    .set({ ...rest, ...(progress ? { progress } : {}), finishedAt: finished })
    .where(isRun(run));
}

/** Whether equal work waits already: two can't wait under one key. */
async function hasWaitingTwin(tx: Tx, id: string): Promise<boolean> {
  const row = await selectJob(tx, id);
  if (row?.singletonKey == null) return false;
  return (await selectUnfinished(tx, row.kind, row.singletonKey, ['queued'])) !== undefined;
}

export async function updateJob(
  tx: Tx,
  id: string,
  values: Partial<typeof jobs.$inferInsert>,
): Promise<JobRow | undefined> {
  const [row] = await tx.update(jobs).set(values).where(eq(jobs.id, id)).returning();
  return row;
}

export async function countUnfinished(tx: Tx): Promise<number> {
  return tx.$count(jobs, inArray(jobs.state, UNFINISHED));
}

export interface JobCounts {
  queued: number;
  running: number;
  failed: number;
}

export async function selectCounts(tx: Tx): Promise<JobCounts> {
  const { rows } = await tx.execute<{ state: keyof JobCounts; count: number }>(
    sql`select state, count(*)::int as count from jobs where state in ('queued', 'running', 'failed') group by state`,
  );
  return {
    queued: 0,
    running: 0,
    failed: 0,
    ...Object.fromEntries(rows.map((row) => [row.state, row.count])),
  };
}
