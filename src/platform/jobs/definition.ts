import type { Context, Platform } from '#platform/context/index.ts';
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

/** Without a type argument: any job, which is handed only input that was stored for it. */
export interface JobDefinition<Input extends object = never, Result = unknown> {
  /** feature.verb, e.g. `repositories.sync`. */
  readonly kind: string;
  /** The event that starts it, with the event's payload as input. */
  readonly on?: string;
  /** How often it is tried again after an unexpected error, with growing pauses. */
  readonly retryLimit: number;
  readonly timeoutSeconds: number;
  /** How many run at once in this process; 1 if not given. */
  readonly concurrency?: number;
  /** Work with an equal key that is still unfinished stands for a new request. */
  readonly singletonKey?: (input: Input) => string;
  /** `queued`: a running job doesn't stand for a new one, because it may have passed what changed. */
  readonly singleton?: 'unfinished' | 'queued';
  /** Cron expression in UTC; runs in every project with the input `{}`. */
  readonly schedule?: string;
  /** It is about the whole installation: the schedule starts it once, and an editor of one project can't end it. */
  readonly installation?: boolean;
  readonly subject?: (input: Input) => { kind: string; id: string };
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

/** Which job, in which project: all that the queue itself holds. */
export interface Ticket {
  jobId: string;
  projectId: string;
}

export interface Jobs {
  readonly definitions: ReadonlyMap<string, JobDefinition>;
  /** Hands a committed job to the queue. If this is lost in a crash, the sweep finds the row. */
  dispatch(kind: string, ticket: Ticket): Promise<void>;
  /** Tells the process that runs it, whichever that is. */
  cancelRunning(id: string): void;
  /** The ids of what this process runs. */
  running(): string[];
  /** Opens the queue. Only a process that also works starts taking jobs. */
  start(platform: Platform, options: { work: boolean }): Promise<void>;
  /** Lets no new job begin, aborts those that run so that they are handed back, and closes. */
  stop(): Promise<void>;
}
