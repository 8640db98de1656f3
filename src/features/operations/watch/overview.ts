import type { Platform } from '#platform/context/index.ts';
import { readJobsByKind, readQueueState } from '#platform/jobs/index.ts';
import { readBackups } from '../backup/gauges.ts';
import { selectOpenIncidents } from './incidents-store.ts';
import { judgeObjectives } from './judge-objectives.ts';
import type { Overview, Requests } from './schema.ts';
import { quantile, type RouteTraffic } from './traffic.ts';
import { selectNoted, selectProcesses, selectRoutes, selectWindows } from './watch-store.ts';

const SHOWN_NOTED = 50;

/** How the installation is, by what it knows of itself. */
export async function readOverview(platform: Platform): Promise<Overview> {
  const { database, clock, config, health } = platform;
  const now = clock.now();
  const [processes, windows, alerts, queue, jobs, backups] = await Promise.all([
    selectProcesses(database),
    selectWindows(database, now),
    selectOpenIncidents(database, now),
    readQueueState(platform),
    readJobsByKind(platform),
    describeBackups(platform),
  ]);
  const { status, version, components } = health.report();
  return {
    status,
    version,
    release: config.release ?? null,
    components: components.map(({ detail: _, ...component }) => component),
    processes: processes.map(({ id: _, components: __, startedAt, ...process }) => ({
      ...process,
      startedAt: startedAt.toISOString(),
    })),
    objectives: judgeObjectives(windows),
    alerts: alerts.map(({ endedAt: _, beganAt, ...alert }) => ({ ...alert, beganAt: beganAt.toISOString() })),
    jobs: { ...(queue.detail as unknown as Overview['jobs']), kinds: byKind(jobs) },
    backups,
  };
}

/** A row for each kind of which any job waits, runs or has failed; the failed ones first. */
function byKind(jobs: Awaited<ReturnType<typeof readJobsByKind>>): Overview['jobs']['kinds'] {
  const kinds = [...new Set(jobs.map(({ kind }) => kind))].sort();
  const rows = kinds.map((kind) => {
    const number = (state: string): number =>
      jobs.find((one) => one.kind === kind && one.state === state)?.jobs ?? 0;
    return { kind, queued: number('queued'), running: number('running'), failed: number('failed') };
  });
  return rows.sort((a, b) => b.failed - a.failed || b.queued - a.queued);
}

async function describeBackups(platform: Platform): Promise<Overview['backups']> {
  const { sets, state, stale } = await readBackups(platform);
  const whole = sets.filter(({ state: each }) => each === 'whole');
  const verified = whole.filter(({ verification }) => verification?.held).at(-1);
  return {
    schedule: platform.config.backupSchedule,
    stale,
    failed: Object.keys(state.failures),
    newestAt: whole.at(-1)?.takenAt ?? null,
    newestVerifiedAt: verified?.takenAt ?? null,
    recoverySeconds: verified?.verification?.recoverySeconds ?? null,
    offSiteAt: state.offSite?.copiedAt ?? null,
  };
}

/** What was answered in the last seconds by all processes, as far as they have told it: they do every ten seconds. */
export async function readRequests(platform: Platform, seconds: number): Promise<Requests> {
  const { database, metrics, clock } = platform;
  const { bounds } = metrics.requests;
  const [routes, noted] = await Promise.all([
    selectRoutes(database, { now: clock.now(), seconds, buckets: bounds.length + 1 }),
    selectNoted(database, SHOWN_NOTED),
  ]);
  const describe = ({ requests, failed, buckets }: Omit<RouteTraffic, 'method' | 'route'>) => ({
    requests,
    failed,
    perSecond: Math.round((requests / seconds) * 100) / 100,
    p50Ms: toMs(quantile(bounds, buckets, 0.5)),
    p95Ms: toMs(quantile(bounds, buckets, 0.95)),
    p99Ms: toMs(quantile(bounds, buckets, 0.99)),
  });
  return {
    seconds,
    all: describe(addUp(routes)),
    routes: routes.map(({ method, route, ...counted }) => ({ method, route, ...describe(counted) })),
    noted: noted.map(({ at, ...request }) => ({ at: at.toISOString(), ...request })),
  };
}

const toMs = (seconds: number | null): number | null =>
  seconds === null ? null : Math.round(seconds * 10_000) / 10;

function addUp(routes: readonly RouteTraffic[]): Omit<RouteTraffic, 'method' | 'route'> {
  const most = Math.max(0, ...routes.map(({ buckets }) => buckets.length));
  const sum = (pick: (route: RouteTraffic) => number | undefined): number =>
    routes.reduce((total, route) => total + (pick(route) ?? 0), 0);
  return {
    requests: sum(({ requests }) => requests),
    failed: sum(({ failed }) => failed),
    buckets: Array.from({ length: most }, (_, at) => sum(({ buckets }) => buckets[at])),
  };
}
