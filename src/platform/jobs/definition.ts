import type { Context, Platform } from '#platform/context/index.ts';
import type { JobKind, Jobs } from './kind.ts';
import type { JobProgress } from './tables.ts';

export interface JobHandle {
  readonly id: string;
  readonly rootId: string;
  readonly attempt: number;
  /** Aborts when the job is cancelled, runs out of time or the process stops. Same as `context.signal`. */
  readonly signal: AbortSignal;
  /** Says how far the job is; written at most twice a second. */
  progress(progress: JobProgress): void;
}

/** A kind of job with its work. */
export interface JobDefinition<Input extends object = never, Result = unknown> extends JobKind<Input> {
  /**
   * The work. It must be safe to run again from the start after a crash. An AppError with a status below
   * 500 ends the job as failed at once; any other error is retried.
   */
  readonly run: (context: Context, input: Input, job: JobHandle) => Promise<Result>;
}

/** Declares a kind of job; the composition root registers it. */
export function defineJob<Input extends object, Result>(
  definition: JobDefinition<Input, Result>,
): JobDefinition<Input, Result> {
  return definition;
}

/** The queue for whoever starts and stops the process. */
export interface JobQueue extends Jobs {
  /** Opens the queue. Only a process that also works starts taking jobs. */
  start(platform: Platform, options: { work: boolean }): Promise<void>;
  /** Lets no new job begin, aborts those that run so that they are handed back, and closes. */
  stop(): Promise<void>;
}
