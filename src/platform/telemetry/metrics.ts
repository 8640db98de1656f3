import { createGauges, type GaugeReading, type Gauges } from './gauges.ts';
import { createNotedRequests, type NotedRequests } from './noted-requests.ts';
import {
  type Counter,
  createCounter,
  createHistogram,
  type Family,
  type Histogram,
  type Sample,
} from './recorders.ts';

export type { GaugeReading };

type Outcome = 'ok' | 'failed';

/**
 * What one application counts and times for Prometheus. Recording is a look-up in a map and an addition;
 * everything else happens when somebody reads.
 */
export interface Metrics {
  /** Seconds per request. `route` is the template, never the path; `status` is a class such as `2xx`. */
  readonly requests: Histogram<[method: string, route: string, status: string]>;
  /** Requests that are worth a look each: slow ones and those that the server failed. */
  readonly noted: NotedRequests;
  /** Requests that are refused because there were too many; `bucket` says which limit. */
  readonly rateLimited: Counter<[bucket: string]>;
  /** Requests that are refused because the process has more to do than it can answer in time. */
  readonly refused: Counter<[]>;
  readonly statements: Histogram<[outcome: Outcome]>;
  readonly transactions: Histogram<[outcome: 'committed' | 'rolled-back']>;
  /** Seconds until a connection of the pool was free. */
  readonly connectionWaits: Histogram<[]>;
  readonly cacheReads: Counter<[answer: string, outcome: 'hit' | 'miss' | 'bypass']>;
  readonly redisCommands: Histogram<[server: string, outcome: Outcome]>;
  /** Seconds per run of a job. */
  readonly jobs: Histogram<
    [kind: string, outcome: 'succeeded' | 'failed' | 'retried' | 'cancelled' | 'handed-back' | 'replaced']
  >;
  readonly gitCommands: Histogram<[command: string, outcome: Outcome]>;
  readonly outgoingRequests: Histogram<[status: string]>;
  readonly modelCalls: Histogram<[provider: string, outcome: Outcome]>;
  /** Adds figures that are read when somebody asks for the metrics, all in one go and with a time limit. */
  addGauges(reading: GaugeReading): void;
  /** What there is to read, for the documentation; the figures of the process itself left out. */
  describe(): Pick<Family, 'name' | 'help' | 'type' | 'labelNames'>[];
  /** What the added figures say now. */
  readGauges(): Promise<Family[]>;
  /** Everything, as Prometheus reads it. */
  render(): Promise<{ contentType: string; text: string }>;
}

const REQUEST_BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const DATABASE_BOUNDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5, 30];
const WORK_BOUNDS = [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 1800];

/** The metrics of one application; several applications in one process don't mix theirs. */
export function createMetrics(version: string): Metrics {
  const families: Family[] = [];
  const add = <T extends Family>(family: T): T => {
    families.push(family);
    return family;
  };
  const recorders = createRecorders(add);
  const failures = add(
    createCounter<[]>({
      name: 'commandcenter_metrics_failures_total',
      help: 'Readings of figures that failed or took too long, so that the figures are missing.',
      labelNames: [],
    }),
  );
  const gauges = createGauges(() => failures.add());
  add(gaugeFamily('commandcenter_build_info', 'The version that runs; always 1.', { version }));
  return {
    ...recorders,
    noted: createNotedRequests(),
    readGauges: () => gauges.read(),
    addGauges: (reading) => gauges.add(reading),
    describe: () => [
      ...families.map(({ name, help, type, labelNames }) => ({ name, help, type, labelNames })),
      ...gauges.names().map(({ name, help, labelNames = [] }) => ({
        name,
        help,
        type: 'gauge' as const,
        labelNames,
      })),
    ],
    render: () => render(families, gauges),
  };
}

function createRecorders(add: <T extends Family>(family: T) => T) {
  const counter = <L extends readonly string[]>(name: string, help: string, labelNames: string[]) =>
    add(createCounter<L>({ name, help, labelNames }));
  const seconds = <L extends readonly string[]>(
    name: string,
    help: string,
    labelNames: string[],
    bounds: readonly number[] = WORK_BOUNDS,
  ) => add(createHistogram<L>({ name, help, labelNames, bounds }));
  return {
    requests: seconds<[string, string, string]>(
      'http_request_duration_seconds',
      'Time from a request’s arrival to its last byte. Event streams are not counted.',
      ['method', 'route', 'status'],
      REQUEST_BOUNDS,
    ),
    rateLimited: counter<[string]>('commandcenter_rate_limited_total', 'Requests refused by a rate limit.', [
      'bucket',
    ]),
    refused: counter<[]>(
      'commandcenter_http_requests_refused_total',
      'Requests refused because too many were under way.',
      [],
    ),
    statements: seconds<[Outcome]>(
      'commandcenter_database_statement_duration_seconds',
      'Time per SQL statement.',
      ['outcome'],
      DATABASE_BOUNDS,
    ),
    transactions: seconds<['committed' | 'rolled-back']>(
      'commandcenter_database_transaction_duration_seconds',
      'Time per transaction, the wait for a connection included.',
      ['outcome'],
      DATABASE_BOUNDS,
    ),
    connectionWaits: seconds<[]>(
      'commandcenter_database_connection_wait_seconds',
      'Time until a connection of the pool was free.',
      [],
      DATABASE_BOUNDS,
    ),
    cacheReads: counter<[string, 'hit' | 'miss' | 'bypass']>(
      'commandcenter_cache_reads_total',
      'Reads of the cache by kind of answer and outcome.',
      ['answer', 'outcome'],
    ),
    redisCommands: seconds<[string, Outcome]>(
      'commandcenter_redis_command_duration_seconds',
      'Time per Redis command.',
      ['server', 'outcome'],
      DATABASE_BOUNDS,
    ),
    jobs: seconds<[string, 'succeeded' | 'failed' | 'retried' | 'cancelled' | 'handed-back']>(
      'commandcenter_job_duration_seconds',
      'Time per run of a background job.',
      ['kind', 'outcome'],
    ),
    gitCommands: seconds<[string, Outcome]>(
      'commandcenter_git_command_duration_seconds',
      'Time per git command.',
      ['command', 'outcome'],
    ),
    outgoingRequests: seconds<[string]>(
      'commandcenter_outgoing_request_duration_seconds',
      'Time per request to a place that a user named, redirects and retries included.',
      ['status'],
    ),
    modelCalls: seconds<[string, Outcome]>(
      'commandcenter_model_call_duration_seconds',
      'Time per call of the language model.',
      ['provider', 'outcome'],
    ),
  };
}

function gaugeFamily(name: string, help: string, labels: Record<string, string>): Family {
  const samples: Sample[] = [{ labels, value: 1 }];
  return { name, help, type: 'gauge', labelNames: Object.keys(labels), samples: () => samples };
}

async function render(
  families: readonly Family[],
  gauges: Gauges,
): Promise<{ contentType: string; text: string }> {
  // Loaded by the first reader: it takes some 20 ms, which a start can do without.
  const { writeFamilies } = await import('./exposition.ts');
  return writeFamilies([...families, ...(await gauges.read())]);
}
