import type { Database } from '#platform/database/index.ts';
import { newId } from '#platform/ids/index.ts';
import type { NotedRequest } from '#platform/telemetry/index.ts';
import { WINDOW_SECONDS, type Window } from './objectives.ts';
import type { RouteTraffic, Traffic } from './traffic.ts';

/** How a process is at this moment. */
export interface ProcessFigures {
  eventLoopP99Ms: number;
  eventLoopMaxMs: number;
  /** Share of one processor. */
  cpu: number;
  residentBytes: number;
  connections: { total: number; idle: number; waiting: number; max: number };
}

export interface ComponentState {
  name: string;
  status: 'up' | 'degraded' | 'down' | 'unknown';
  problem: string | null;
}

export interface ProcessRow {
  id: string;
  role: string;
  host: string;
  processId: number;
  version: string;
  release: string | null;
  startedAt: Date;
  figures: ProcessFigures;
  components: ComponentState[];
}

/** A process that has not been seen for this long is not told of any more. */
const GONE_AFTER_SECONDS = 35;

const BEAT = `
  with minutes as (
    insert into request_minutes (minute, requests, failed, slow)
    select date_trunc('minute', $1::timestamptz), $2::integer, $3::integer, $4::integer where $2::integer > 0
    on conflict (minute) do update set requests = request_minutes.requests + excluded.requests,
      failed = request_minutes.failed + excluded.failed, slow = request_minutes.slow + excluded.slow
  ), routes as (
    insert into route_figures (at, method, route, requests, failed, buckets)
    select date_bin('10 seconds', $1::timestamptz, timestamptz '2001-01-01'), * from jsonb_to_recordset($5)
      as r(method text, route text, requests integer, failed integer, buckets integer[])
    on conflict (at, method, route) do update set requests = route_figures.requests + excluded.requests,
      failed = route_figures.failed + excluded.failed, buckets = (select array_agg(coalesce(a, 0) + coalesce(b, 0) order by i)
        from unnest(route_figures.buckets, excluded.buckets) with ordinality as u(a, b, i))
  ), noted as (
    insert into noted_requests (id, at, why, method, route, status, duration_ms, request_id, trace_id, parts)
    select * from jsonb_to_recordset($6) as r(id uuid, at timestamptz, why text, method text, route text, status integer,
      duration_ms double precision, request_id text, trace_id text, parts jsonb)
  )
  insert into processes (id, role, host, process_id, version, release, started_at, figures, components)
  values ($7, $8, $9, $10, $11, $12, $13, $14, $15)
  on conflict (id) do update set seen_at = now(), figures = excluded.figures, components = excluded.components`;

/** Writes what a process has to tell, all or nothing. */
export async function upsertBeat(
  database: Database,
  {
    at,
    traffic,
    noted,
    process,
  }: { at: Date; traffic: Traffic; noted: readonly NotedRequest[]; process: ProcessRow },
): Promise<void> {
  const rows = noted.map(({ durationMs, requestId, traceId, ...rest }) => ({
    id: newId(),
    ...rest,
    duration_ms: durationMs,
    request_id: requestId,
    trace_id: traceId ?? null,
  }));
  await database.ownerQuery(BEAT, [
    at,
    traffic.requests,
    traffic.failed,
    traffic.slow,
    JSON.stringify(traffic.routes),
    JSON.stringify(rows),
    process.id,
    process.role,
    process.host,
    process.processId,
    process.version,
    process.release,
    process.startedAt,
    JSON.stringify(process.figures),
    JSON.stringify(process.components),
  ]);
}

/** A process that ends is not missed. */
export async function deleteProcess(database: Database, id: string): Promise<void> {
  await database.ownerQuery('delete from processes where id = $1', [id]);
}

export async function selectProcesses(database: Database): Promise<ProcessRow[]> {
  const { rows } = await database.ownerQuery(
    `select id, role, host, process_id as "processId", version, release, started_at as "startedAt", figures, components
     from processes where seen_at > now() - make_interval(secs => $1) order by role, started_at, id`,
    [GONE_AFTER_SECONDS],
  );
  return rows as unknown as ProcessRow[];
}

/** Whether it is this process's turn to do what one does for all. */
export async function takeTurn(database: Database, name: string, everySeconds: number): Promise<boolean> {
  const { rows } = await database.ownerQuery(
    `insert into watch_turns (name, taken_at) values ($1, now())
     on conflict (name) do update set taken_at = now() where watch_turns.taken_at < now() - make_interval(secs => $2)
     returning name`,
    [name, everySeconds],
  );
  return rows.length > 0;
}

export interface Counted {
  requests: number;
  failed: number;
  slow: number;
}
export type CountedWindows = Readonly<Record<Window, Counted>>;

const WINDOWS = Object.keys(WINDOW_SECONDS) as Window[];
const COUNTED = ['requests', 'failed', 'slow'] as const;
const SUMS = WINDOWS.flatMap((window) =>
  COUNTED.map(
    (what) =>
      `coalesce(sum(${what}) filter (where minute > $1::timestamptz - interval '${WINDOW_SECONDS[window]} seconds'), 0)::float8 as "${what} ${window}"`,
  ),
);

/** What was answered in each window that ends at `now`. */
export async function selectWindows(database: Database, now: Date): Promise<CountedWindows> {
  const { rows } = await database.ownerQuery(
    `select ${SUMS.join(', ')} from request_minutes
     where minute > $1::timestamptz - interval '${WINDOW_SECONDS['30d']} seconds' and minute <= $1`,
    [now],
  );
  const number = (name: string): number => Number(rows[0]?.[name] ?? 0);
  const counted = (window: Window): Counted => ({
    requests: number(`requests ${window}`),
    failed: number(`failed ${window}`),
    slow: number(`slow ${window}`),
  });
  return Object.fromEntries(WINDOWS.map((window) => [window, counted(window)])) as CountedWindows;
}

/** What was answered by route in the last seconds. Taking arrays apart would cost ten times as much as adding them up. */
export async function selectRoutes(
  database: Database,
  { now, seconds, buckets }: { now: Date; seconds: number; buckets: number },
): Promise<RouteTraffic[]> {
  const sums = Array.from({ length: buckets }, (_, at) => `coalesce(sum(buckets[${at + 1}]), 0)::int`);
  const { rows } = await database.ownerQuery(
    `select method, route, sum(requests)::int as requests, sum(failed)::int as failed, array[${sums.join(', ')}] as buckets
     from route_figures where at > $1::timestamptz - make_interval(secs => $2) and at <= $1
     group by method, route order by requests desc, route, method`,
    [now, seconds],
  );
  return rows as unknown as RouteTraffic[];
}

export interface NotedRow {
  at: Date;
  why: 'slow' | 'failed';
  method: string;
  route: string;
  status: number;
  durationMs: number;
  requestId: string;
  traceId: string | null;
  parts: Record<string, number>;
}

export async function selectNoted(database: Database, limit: number): Promise<NotedRow[]> {
  const { rows } = await database.ownerQuery(
    `select at, why, method, route, status, duration_ms as "durationMs", request_id as "requestId", trace_id as "traceId", parts
     from noted_requests order by at desc, id desc limit $1`,
    [limit],
  );
  return rows as unknown as NotedRow[];
}

/** Removes what nobody will ask for. */
export async function deleteOld(database: Database, now: Date): Promise<void> {
  const before = (table: string, column: string, interval: string): string =>
    `delete from ${table} where ${column} < $1::timestamptz - interval '${interval}'`;
  const statements = [
    before('request_minutes', 'minute', '31 days'),
    before('route_figures', 'at', '1 hour'),
    before('noted_requests', 'at', '7 days'),
    before('incidents', 'coalesce(ended_at, $1)', '400 days'),
    `delete from noted_requests where $1::timestamptz is not null
       and id not in (select id from noted_requests order by at desc, id desc limit 500)`,
    `delete from processes where $1::timestamptz is not null and seen_at < now() - interval '10 minutes'`,
  ];
  for (const statement of statements) await database.ownerQuery(statement, [now]);
}
