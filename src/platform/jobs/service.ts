import {
  type Context,
  createContext,
  type Platform,
  recordActivity,
  systemActor,
  type Tx,
} from '#platform/context/index.ts';
import { appError, notFound } from '#platform/errors/index.ts';
import { isId, newId } from '#platform/ids/index.ts';
import { currentWork } from '#platform/telemetry/index.ts';
import { announceJob } from './job-news.ts';
import type { JobKind } from './kind.ts';
import { selectFirstProject } from './queue-store.ts';
import type { Job } from './schema.ts';
import {
  countUnfinished,
  insertJob,
  type JobCounts,
  selectCounts,
  selectJob,
  selectJobs,
  selectUnfinished,
  updateJob,
} from './store.ts';
import type { JobRow, JobState } from './tables.ts';

/**
 * Queues a job in the transaction that causes it. If equal work is still unfinished, that job is returned.
 * `parent` is the job that sets it off, whose root it shares.
 */
export async function startJob<Input extends object>(
  context: Context,
  tx: Tx,
  definition: Pick<JobKind<Input>, 'kind'>,
  input: Input,
  parent?: { rootId: string },
): Promise<Job> {
  const found = context.platform.jobs.kinds.get(definition.kind);
  if (!found) throw appError('job-unknown', 500, `No job of kind ${definition.kind} is registered.`);
  const singletonKey = found.singletonKey?.(input as never) ?? null;
  if (singletonKey !== null) {
    const states: JobState[] = found.singleton === 'queued' ? ['queued'] : ['queued', 'running'];
    const same = await selectUnfinished(tx, found.kind, singletonKey, states);
    if (same) return toJob(same);
  }
  const id = newId();
  const subject = found.subject?.(input as never);
  const work = currentWork();
  const row = await insertJob(tx, {
    id,
    kind: found.kind,
    rootId: parent?.rootId ?? id,
    subjectKind: subject?.kind ?? null,
    subjectId: subject?.id ?? null,
    singletonKey,
    input,
    requestId: work?.requestId ?? null,
    traceparent: work?.span?.traceparent ?? null,
  });
  if (!row) {
    const other = singletonKey === null ? undefined : await selectUnfinished(tx, found.kind, singletonKey);
    if (!other) throw appError('job-conflict', 500, `A job of kind ${found.kind} could not be queued.`);
    return toJob(other);
  }
  dispatchAfterCommit(context, row);
  return toJob(row);
}

function dispatchAfterCommit(context: Context, row: JobRow): void {
  const { platform, projectId } = context;
  platform.database.afterCommit(() => {
    platform.jobs
      .dispatch(row.kind, { jobId: row.id, projectId })
      .catch((error: unknown) => context.log.warn({ err: error, job: row.id }, 'job not handed over yet'));
  });
}

/** Starts every job that listens for the event, in the transaction that caused it. */
export async function emitEvent(
  context: Context,
  tx: Tx,
  event: string,
  payload: object,
  parent?: { rootId: string },
): Promise<void> {
  for (const definition of context.platform.jobs.kinds.values()) {
    if (definition.on === event) await startJob(context, tx, definition, payload, parent);
  }
}

/** On behalf of the installation itself: where its jobs are started and looked up. */
export async function installationContext(platform: Platform): Promise<Context> {
  const projectId = await selectFirstProject(platform.database);
  if (!projectId) throw appError('no-project', 409, 'The installation has no project yet.');
  return createContext(platform, { projectId, role: 'owner', actor: systemActor });
}

/** Starts a scheduled job in one project, as the product itself. */
export async function startScheduledJob(
  platform: Platform,
  definition: JobKind,
  projectId: string,
): Promise<void> {
  const context = createContext(platform, { projectId, role: 'owner', actor: systemActor });
  await context.transaction((tx) => startJob(context, tx, definition, {}));
}

export interface ListJobsInput {
  root?: string | undefined;
  kind?: string | undefined;
  state?: JobState | undefined;
  subjectId?: string | undefined;
  before?: string | undefined;
  limit: number;
}

/** Jobs, newest first. */
export async function listJobs(context: Context, input: ListJobsInput): Promise<Job[]> {
  const rows = await context.transaction((tx) => selectJobs(tx, input));
  return rows.map(toJob);
}

export async function getJob(context: Context, id: string): Promise<Job> {
  const row = isId(id) ? await context.transaction((tx) => selectJob(tx, id)) : undefined;
  if (!row) throw notFound('job', id);
  return toJob(row);
}

export async function countUnfinishedJobs(context: Context): Promise<number> {
  return context.transaction(countUnfinished);
}

/** Asks a job to stop; one that still waits ends at once, one that has ended stays as it is. */
export async function cancelJob(context: Context, id: string): Promise<Job> {
  const job = await context.transaction(async (tx) => {
    const row = isId(id) ? await selectJob(tx, id) : undefined;
    if (!row) throw notFound('job', id);
    refuseForeign(context, row);
    if (row.state !== 'queued' && row.state !== 'running') return row;
    await recordActivity(tx, context, { action: 'jobs.cancel', subjectKind: 'job', subjectId: id });
    const ended = { state: 'cancelled' as const, finishedAt: context.platform.clock.now() };
    const problem = { code: 'cancelled', message: 'Cancelled on request.' };
    return updateJob(tx, id, {
      cancelRequested: true,
      ...(row.state === 'queued' ? { ...ended, problem } : {}),
    });
  });
  if (!job) throw notFound('job', id);
  context.platform.jobs.cancelRunning(id);
  announceJob(context, id);
  return toJob(job);
}

/** Editors of a project have no say in what concerns the whole installation. */
function refuseForeign({ platform, role }: Context, { kind }: JobRow): void {
  if (role === 'owner' || !platform.jobs.kinds.get(kind)?.installation) return;
  throw appError('job-of-installation', 403, 'This job is about the whole installation.', {
    remedy: 'Ask an owner of the project, or who looks after the installation.',
  });
}

/** Takes a failed job off the list of those that somebody has to look at; nothing is begun again. */
export async function dropJob(context: Context, id: string): Promise<Job> {
  return context.transaction(async (tx) => {
    const row = isId(id) ? await selectJob(tx, id) : undefined;
    if (!row) throw notFound('job', id);
    refuseForeign(context, row);
    if (row.state !== 'failed') {
      throw appError('job-not-failed', 409, `The job is ${row.state}; only a failed job can be dropped.`);
    }
    return toJob(await dismissJob(context, tx, row, 'jobs.drop'));
  });
}

/** The problem stays with the job, for whoever looks later. */
async function dismissJob(context: Context, tx: Tx, row: JobRow, action: string): Promise<JobRow> {
  await recordActivity(tx, context, {
    action,
    subjectKind: 'job',
    subjectId: row.id,
    before: { state: row.state, problem: row.problem },
    after: { state: 'cancelled' },
  });
  return (await updateJob(tx, row.id, { state: 'cancelled' })) ?? row;
}

/** How many jobs are in each state that somebody may wait for or has to look at. */
export async function countJobs(context: Context): Promise<JobCounts> {
  return context.transaction(selectCounts);
}

/** Runs a failed or cancelled job again; the failed one is then dealt with. */
export async function retryJob(context: Context, id: string): Promise<Job> {
  return context.transaction(async (tx) => {
    const row = isId(id) ? await selectJob(tx, id) : undefined;
    if (!row) throw notFound('job', id);
    refuseForeign(context, row);
    if (row.state !== 'failed' && row.state !== 'cancelled') {
      throw appError(
        'job-not-ended',
        409,
        `The job is ${row.state}; only a failed or cancelled job can be retried.`,
      );
    }
    const definition = context.platform.jobs.kinds.get(row.kind);
    if (!definition) throw appError('job-unknown', 409, `This version has no job of kind ${row.kind}.`);
    await dismissJob(context, tx, row, 'jobs.retry');
    return startJob(context, tx, definition, row.input as never);
  });
}

/** The form in which a job leaves the platform. */
export function toJob(row: JobRow): Job {
  return {
    id: row.id,
    kind: row.kind,
    rootId: row.rootId,
    subjectKind: row.subjectKind,
    subjectId: row.subjectId,
    state: row.state,
    progress: row.progress,
    result: row.result,
    problem: row.problem,
    attempt: row.attempt,
    createdAt: row.createdAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
    ...(row.requestId === null ? {} : { requestId: row.requestId }),
  };
}
