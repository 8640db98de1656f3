import type { ConstructorOptions, Db, PgBoss, Job as QueueJob } from 'pg-boss';
import type { Platform } from '#platform/context/index.ts';
import type { Database } from '#platform/database/index.ts';
import type { JobDefinition, JobQueue } from './definition.ts';
import type { Jobs, Ticket } from './kind.ts';
import { joinWorkers, type Presence } from './presence.ts';
import { selectFirstProject, selectProjectIds } from './queue-store.ts';
import { requeueUnfinished, startSweep } from './recover-jobs.ts';
import { type ActiveRuns, createActiveRuns } from './run-job.ts';
import { startScheduledJob } from './service.ts';

/** Makes the queue's own tables, so that a prepared database has them; with definitions, what they need in them too. */
export async function installQueue(
  database: Database,
  definitions: readonly JobDefinition[] = [],
): Promise<void> {
  const boss = await makeBoss(database, { supervise: false, schedule: false });
  await boss.start();
  await createQueues(boss, definitions);
  for (const definition of definitions) {
    if (definition.schedule) await keepSchedule(boss, definition, definition.schedule);
  }
  await boss.stop({ close: false });
}

/** The queue is loaded while other parts start. */
async function makeBoss(database: Database, options: ConstructorOptions): Promise<PgBoss> {
  const { PgBoss } = await import('pg-boss');
  return new PgBoss({ ...options, db: asQueueDatabase(database), schema: SCHEMA });
}

const asQueueDatabase = (database: Database): Db => ({
  executeSql: (text, values) => database.ownerQuery(text, values),
});

/** What workers of the queue tell is a copy of the error as a plain object. */
function asError(told: Error): Error {
  if (told instanceof Error) return told;
  const { message, stack, ...rest } = told as Error;
  return Object.assign(new Error(message), rest, { stack });
}

const SCHEMA = 'pgboss';
const STOP_TIMEOUT_MS = 10_000;
const DISPATCHED = 'jobs.dispatched';
const CANCELLED = 'jobs.cancelled';
const RETRY_DELAY_SECONDS = 2;
const EXPIRY_MARGIN_SECONDS = 120;

/** The job queue: pg-boss in the product's own database, so that a job is kept as safely as the data. */
export function createJobs(definitions: readonly JobDefinition[]): JobQueue {
  const byKind = new Map(definitions.map((definition) => [definition.kind, definition]));
  const runs = createActiveRuns();
  const workers = new Map<string, string>();
  let open: (() => Promise<PgBoss>) | undefined;
  let opening: Promise<PgBoss> | undefined;
  let stopSweep = (): void => {};
  let stopListening = (): void => {};
  let events: Platform['events'] | undefined;
  let presence: Presence | undefined;

  const jobs: JobQueue = {
    kinds: byKind,
    async dispatch(kind, ticket) {
      const boss = await open?.();
      if (!boss) return;
      await boss.send(kind, ticket);
      events?.publish(DISPATCHED, { kind });
    },
    cancelRunning(id) {
      runs.cancel(id);
      events?.publish(CANCELLED, { id });
    },
    running: () => runs.ids(),
    async start(platform, { work }) {
      events = platform.events;
      open = () => {
        opening ??= openQueue(platform, definitions, { work }).catch((error: unknown) => {
          opening = undefined;
          throw error;
        });
        return opening;
      };
      // Who only hands over opens the queue when there is something to hand over.
      if (!work) return;
      const boss = await open();
      presence = await joinWorkers(platform);
      await requeueUnfinished(platform, boss, jobs);
      await startWorkers(platform, boss, { definitions, runs, workers, jobs });
      stopListening = listen(platform, boss, { runs, workers });
      stopSweep = startSweep(platform, jobs);
    },
    async stop() {
      stopSweep();
      stopListening();
      runs.stopAll();
      const boss = await opening?.catch(() => undefined);
      await boss?.stop({ graceful: true, timeout: STOP_TIMEOUT_MS, close: false });
      open = undefined;
      await presence?.leave();
    },
  };
  return jobs;
}

async function openQueue(
  { database, log }: Platform,
  definitions: readonly JobDefinition[],
  { work }: { work: boolean },
): Promise<PgBoss> {
  const boss = await makeBoss(database, { supervise: work, schedule: work });
  boss.on('error', (error) => log.error({ err: asError(error) }, 'job queue error'));
  boss.on('warning', (warning) => log.debug({ warning }, 'job queue warning'));
  await boss.start();
  await createQueues(boss, definitions);
  return boss;
}

async function createQueues(boss: PgBoss, definitions: readonly JobDefinition[]): Promise<void> {
  const existing = new Map((await boss.getQueues()).map((queue) => [queue.name, queue]));
  for (const definition of definitions) {
    const options = {
      retryLimit: definition.retryLimit,
      retryDelay: RETRY_DELAY_SECONDS,
      retryBackoff: true,
      expireInSeconds: Math.min(definition.timeoutSeconds + EXPIRY_MARGIN_SECONDS, 86_399),
    };
    const queue = existing.get(definition.kind);
    if (!queue) await boss.createQueue(definition.kind, options);
    else if (!isEachEqual(queue, options)) await boss.updateQueue(definition.kind, options);
    if (definition.schedule && !existing.has(scheduleQueue(definition))) {
      await boss.createQueue(scheduleQueue(definition), { retryLimit: 0 });
    }
  }
}

const isEachEqual = <T extends object>(queue: Partial<T>, options: T): boolean =>
  (Object.keys(options) as (keyof T)[]).every((name) => queue[name] === options[name]);

const scheduleQueue = (definition: JobDefinition): string => `${definition.kind}.schedule`;

const keepSchedule = (boss: PgBoss, definition: JobDefinition, cron: string): Promise<void> =>
  boss.schedule(scheduleQueue(definition), cron, null, { tz: 'UTC' });

async function startWorkers(
  platform: Platform,
  boss: PgBoss,
  parts: {
    definitions: readonly JobDefinition[];
    runs: ActiveRuns;
    workers: Map<string, string>;
    jobs: Jobs;
  },
): Promise<void> {
  for (const definition of parts.definitions) {
    const worker = await boss.work<Ticket>(
      definition.kind,
      { batchSize: 1, localConcurrency: definition.concurrency ?? 1, pollingIntervalSeconds: 2 },
      async ([job]: QueueJob<Ticket>[]) => {
        if (!job) return;
        const end = await parts.runs.run(platform, definition, job.data);
        // With a ticket of its own another worker takes it at once, and no try is used up.
        if (end === 'handed-back') await parts.jobs.dispatch(definition.kind, job.data);
      },
    );
    parts.workers.set(definition.kind, worker);
    if (definition.schedule) await startSchedule(platform, boss, definition, definition.schedule);
  }
}

/** News from other processes spare waiting for the next poll of the queue. */
function listen(
  { events }: Platform,
  boss: PgBoss,
  { runs, workers }: { runs: ActiveRuns; workers: Map<string, string> },
): () => void {
  const stops = [
    events.subscribe(DISPATCHED, (news) => {
      const worker = workers.get((news as { kind: string }).kind);
      if (worker) boss.notifyWorker(worker);
    }),
    events.subscribe(CANCELLED, (news) => runs.cancel((news as { id: string }).id)),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

async function startSchedule(
  platform: Platform,
  boss: PgBoss,
  definition: JobDefinition,
  cron: string,
): Promise<void> {
  await keepSchedule(boss, definition, cron);
  await boss.work(scheduleQueue(definition), { pollingIntervalSeconds: 15 }, async () => {
    const first = definition.installation ? await selectFirstProject(platform.database) : undefined;
    for (const id of first ? [first] : await selectProjectIds(platform.database)) {
      // One project's trouble is no reason to leave out the others.
      await startScheduledJob(platform, definition, id).catch((error: unknown) =>
        platform.log.error(
          { err: error, jobKind: definition.kind, projectId: id },
          'schedule could not start its job',
        ),
      );
    }
  });
}
