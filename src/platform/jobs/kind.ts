/** What is to be known of a kind of job to start one. Without a type argument: any kind, with input that was stored for it. */
export interface JobKind<Input extends object = never> {
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
}

/** Which job, in which project: all that the queue itself holds. */
export interface Ticket {
  jobId: string;
  projectId: string;
}

/** What features and the platform see of the queue. */
export interface Jobs {
  readonly kinds: ReadonlyMap<string, JobKind>;
  /** Hands a committed job to the queue. If this is lost in a crash, the sweep finds the row. */
  dispatch(kind: string, ticket: Ticket): Promise<void>;
  /** Tells the process that runs it, whichever that is. */
  cancelRunning(id: string): void;
  /** The ids of what this process runs. */
  running(): string[];
}
