import { type Static, Type } from 'typebox';
import { componentSchema } from '#platform/health/index.ts';
import { nullable } from '#platform/http/index.ts';

const time = Type.String({ format: 'date-time' });
const severity = Type.Union([Type.Literal('critical'), Type.Literal('warning')]);

const processBody = Type.Object({
  role: Type.String({ description: '`api`, `worker`, or `all` for both in one.' }),
  host: Type.String(),
  processId: Type.Integer(),
  version: Type.String(),
  release: nullable(Type.String()),
  startedAt: time,
  figures: Type.Object({
    eventLoopP99Ms: Type.Number(),
    eventLoopMaxMs: Type.Number(),
    cpu: Type.Number({ description: 'Share of one processor.' }),
    residentBytes: Type.Integer(),
    connections: Type.Object({
      total: Type.Integer(),
      idle: Type.Integer(),
      waiting: Type.Integer(),
      max: Type.Integer(),
    }),
  }),
});

const objectiveBody = Type.Object({
  name: Type.String(),
  goal: Type.String(),
  requests: Type.Integer({ description: 'Of 30 days.' }),
  missed: Type.Integer(),
  met: nullable(Type.Number({ description: 'The share that met it.' })),
  budgetLeft: nullable(
    Type.Number({ description: '1 is all of the budget; below 0 the objective is missed.' }),
  ),
  burnRates: Type.Record(Type.String(), nullable(Type.Number()), {
    description: 'How many times the pace that the budget allows, by window.',
  }),
});

/** How the installation is. */
export const overviewBody = Type.Object({
  status: Type.String(),
  version: Type.String(),
  release: nullable(Type.String()),
  components: Type.Array(componentSchema),
  processes: Type.Array(processBody),
  objectives: Type.Array(objectiveBody),
  alerts: Type.Array(
    Type.Object({
      id: Type.String(),
      rule: Type.String(),
      subject: Type.String(),
      severity,
      summary: Type.String(),
      runbook: Type.String({ description: 'The page of docs/runbooks.' }),
      beganAt: time,
    }),
  ),
  jobs: Type.Object({
    queued: Type.Integer(),
    running: Type.Integer(),
    failed: Type.Integer(),
    oldestQueuedSeconds: Type.Integer(),
    workers: Type.Integer(),
    lostWorkers: Type.Integer(),
    kinds: Type.Array(
      Type.Object({
        kind: Type.String(),
        queued: Type.Integer(),
        running: Type.Integer(),
        failed: Type.Integer(),
      }),
      { description: 'Of which any job waits, runs or has failed.' },
    ),
  }),
  backups: Type.Object({
    schedule: nullable(Type.String()),
    stale: Type.Boolean(),
    failed: Type.Array(Type.String(), { description: 'Steps that failed and have not worked since.' }),
    newestAt: nullable(time),
    newestVerifiedAt: nullable(time),
    recoverySeconds: nullable(Type.Number()),
    offSiteAt: nullable(time),
  }),
});
export type Overview = Static<typeof overviewBody>;

const timing = {
  requests: Type.Integer(),
  failed: Type.Integer(),
  perSecond: Type.Number(),
  p50Ms: nullable(Type.Number()),
  p95Ms: nullable(Type.Number()),
  p99Ms: nullable(Type.Number()),
};

/** What was answered how fast. */
export const requestsBody = Type.Object({
  seconds: Type.Integer(),
  all: Type.Object(timing),
  routes: Type.Array(Type.Object({ method: Type.String(), route: Type.String(), ...timing })),
  noted: Type.Array(
    Type.Object({
      at: time,
      why: Type.Union([Type.Literal('slow'), Type.Literal('failed')]),
      method: Type.String(),
      route: Type.String(),
      status: Type.Integer(),
      durationMs: Type.Number(),
      requestId: Type.String(),
      traceId: nullable(Type.String()),
      parts: Type.Record(Type.String(), Type.Number()),
    }),
    { description: 'Slow requests and those that failed on the server, the newest first.' },
  ),
});
export type Requests = Static<typeof requestsBody>;

const timelineEntry = Type.Object({
  kind: Type.Union([
    Type.Literal('deploy'),
    Type.Literal('incident'),
    Type.Literal('backup'),
    Type.Literal('restore'),
    Type.Literal('drill'),
  ]),
  at: time,
  until: nullable(Type.String({ format: 'date-time', description: 'Null if it is a moment, or goes on.' })),
  severity: Type.Union([Type.Literal('info'), severity]),
  title: Type.String(),
  detail: nullable(Type.String()),
});
export type TimelineEntry = Static<typeof timelineEntry>;
export const timelineBody = Type.Object({
  items: Type.Array(timelineEntry, { description: 'The newest first.' }),
});
