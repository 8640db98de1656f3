import { type Context, createContext, type Platform, systemActor } from '#platform/context/index.ts';
import { AppError, isFinal, safeMessage } from '#platform/errors/index.ts';
import { runAs, startSpan, startWork } from '#platform/telemetry/index.ts';
import type { JobDefinition } from './definition.ts';
import { announceJob } from './job-news.ts';
import { claimJob, finishJob, touchJob } from './store.ts';
import type { JobProblem, JobProgress, JobRow } from './tables.ts';

const PROGRESS_INTERVAL_MS = 500;
const HEARTBEAT_MS = 5000;
const CANCELLED = Symbol('cancelled');
const STOPPING = Symbol('stopping');
const REPLACED = Symbol('replaced');

/** Runs that are under way in this process, so that a cancel is felt at once. */
export interface ActiveRuns {
  cancel(id: string): void;
  stopAll(): void;
  ids(): string[];
  /** Throws what the queue is to try again. */
  run(
    platform: Platform,
    definition: JobDefinition,
    job: { jobId: string; projectId: string },
  ): Promise<'ended' | 'handed-back'>;
}

export function createActiveRuns(): ActiveRuns {
  const active = new Map<string, AbortController>();
  let stopping = false;
  return {
    cancel: (id) => active.get(id)?.abort(CANCELLED),
    ids: () => [...active.keys()],
    stopAll() {
      stopping = true;
      for (const controller of active.values()) controller.abort(STOPPING);
    },
    async run(platform, definition, { jobId, projectId }) {
      if (stopping) return 'handed-back';
      const controller = new AbortController();
      active.set(jobId, controller);
      try {
        return await runClaimed(platform, definition, { jobId, projectId }, controller);
      } finally {
        active.delete(jobId);
      }
    },
  };
}

async function runClaimed(
  platform: Platform,
  definition: JobDefinition,
  { jobId, projectId }: { jobId: string; projectId: string },
  controller: AbortController,
): Promise<'ended' | 'handed-back'> {
  const timeout = AbortSignal.timeout(definition.timeoutSeconds * 1000);
  const epoch = platform.database.replacements();
  const context = createContext(platform, {
    projectId,
    epoch,
    role: 'owner',
    actor: systemActor,
    signal: AbortSignal.any([controller.signal, timeout]),
  });
  const row = await context.transaction((tx) => claimJob(tx, jobId));
  if (!row) return 'ended';
  announceJob(context, row.id);
  if (row.cancelRequested) controller.abort(CANCELLED);
  const { metrics } = platform;
  const { kind } = definition;
  const work = startWork({
    requestId: row.requestId ?? undefined,
    job: { id: row.id, kind },
    metrics,
    span: startSpan(
      `job ${kind}`,
      'consumer',
      {
        'job.id': row.id,
        'job.kind': kind,
        'job.attempt': row.attempt,
        ...(row.requestId === null ? {} : { 'commandcenter.request_id': row.requestId }),
      },
      row.traceparent ?? undefined,
    ),
  });
  const begin = performance.now();
  const { outcome, error } = await runAs(work, () =>
    perform(context, definition, row, { controller, timeout, epoch }),
  );
  metrics.jobs.observe((performance.now() - begin) / 1000, kind, outcome);
  work.span?.set({ 'job.outcome': outcome });
  work.span?.end(outcome === 'succeeded' ? undefined : (error ?? outcome));
  announceJob(context, row.id);
  if (outcome === 'retried') throw error;
  return outcome === 'handed-back' ? 'handed-back' : 'ended';
}

interface RunEnd {
  /** `replaced`: a restore has put another database in place, in which the job stands as it was then. */
  outcome: 'succeeded' | 'failed' | 'retried' | 'cancelled' | 'handed-back' | 'replaced';
  error?: unknown;
}

async function perform(
  context: Context,
  definition: JobDefinition,
  row: JobRow,
  { controller, timeout, epoch }: { controller: AbortController; timeout: AbortSignal; epoch: number },
): Promise<RunEnd> {
  const isReplaced = (): boolean => context.platform.database.replacements() !== epoch;
  const reporter = startReporter(context, row, { controller, isReplaced });
  try {
    context.signal.throwIfAborted();
    const result = await definition.run(context, row.input as never, {
      id: row.id,
      rootId: row.rootId,
      attempt: row.attempt,
      signal: context.signal,
      progress: reporter.report,
    });
    const progress = await reporter.stop();
    await context.transaction((tx) =>
      finishJob(tx, row, { state: 'succeeded', result: result ?? null, problem: null, progress }),
    );
    context.log.info({ attempt: row.attempt }, 'job succeeded');
    return { outcome: 'succeeded' };
  } catch (error) {
    await reporter.stop();
    try {
      return await settleFailure(context, definition, row, {
        error,
        timedOut: timeout.aborted,
        reason: controller.signal.reason,
      });
    } catch (unsettled) {
      // What was begun for the database before is nothing that this one has to be told.
      if (!isReplaced()) throw unsettled;
      context.log.warn({ err: error }, 'job ended with the database that it was begun for');
      return { outcome: 'replaced' };
    }
  }
}

/** Ends or requeues a run that threw. */
async function settleFailure(
  context: Context,
  definition: JobDefinition,
  row: JobRow,
  failure: { error: unknown; timedOut: boolean; reason: unknown },
): Promise<RunEnd> {
  const finish = (state: 'queued' | 'failed' | 'cancelled', problem: JobProblem | null): Promise<void> =>
    context.transaction((tx) => finishJob(tx, row, { state, problem }));

  if (failure.reason === CANCELLED) {
    context.log.info('job cancelled');
    await finish('cancelled', { code: 'cancelled', message: 'Cancelled on request.' });
    return { outcome: 'cancelled' };
  }
  if (failure.reason === STOPPING) {
    await finish('queued', null);
    return { outcome: 'handed-back' };
  }
  const problem = describeProblem(failure.error, failure.timedOut ? definition.timeoutSeconds : undefined);
  if (isFinal(failure.error) || row.attempt > definition.retryLimit) {
    context.log.warn({ err: failure.error, attempt: row.attempt }, 'job failed');
    await finish('failed', problem);
    return { outcome: 'failed', error: failure.error };
  }
  context.log.warn({ err: failure.error, attempt: row.attempt }, 'job will be tried again');
  await finish('queued', problem);
  return { outcome: 'retried', error: failure.error };
}

function describeProblem(error: unknown, timedOutAfter: number | undefined): JobProblem {
  if (timedOutAfter !== undefined) {
    return { code: 'timed-out', message: `Stopped after ${timedOutAfter} seconds without finishing.` };
  }
  const remedy = error instanceof AppError ? error.remedy : undefined;
  const code = error instanceof AppError ? error.code : 'unexpected';
  return { code, message: safeMessage(error), ...(remedy ? { remedy } : {}) };
}

/** Writes progress and heartbeats beside the work, one write at a time. */
function startReporter(
  context: Context,
  row: JobRow,
  { controller, isReplaced }: { controller: AbortController; isReplaced(): boolean },
) {
  let latest: JobProgress | undefined;
  let dirty = false;
  let lastWrite = Date.now();
  let writing: Promise<void> | undefined;

  const write = async (): Promise<void> => {
    dirty = false;
    lastWrite = Date.now();
    try {
      const cancelled = await context.transaction((tx) => touchJob(tx, row, latest));
      if (cancelled) controller.abort(CANCELLED);
      announceJob(context, row.id);
    } catch (error) {
      context.log.warn({ err: error }, 'job progress could not be written');
    }
  };
  const timer = setInterval(() => {
    if (isReplaced()) controller.abort(REPLACED);
    if (writing || (!dirty && Date.now() - lastWrite < HEARTBEAT_MS)) return;
    writing = write().finally(() => {
      writing = undefined;
    });
  }, PROGRESS_INTERVAL_MS);
  return {
    report: (progress: JobProgress) => {
      latest = progress;
      dirty = true;
    },
    async stop(): Promise<JobProgress | undefined> {
      clearInterval(timer);
      await writing;
      return latest;
    },
  };
}
