import type { Histogram } from '#platform/telemetry/index.ts';
import { FAST_SECONDS, UNCOUNTED_ROUTES } from './objectives.ts';

export interface RouteTraffic {
  readonly method: string;
  readonly route: string;
  readonly requests: number;
  readonly failed: number;
  /** How many requests lie in each bucket of time, the one above the last bound included. */
  readonly buckets: readonly number[];
}

/** What was answered in some time. */
export interface Traffic {
  readonly requests: number;
  readonly failed: number;
  readonly slow: number;
  readonly routes: readonly RouteTraffic[];
}

type Requests = Pick<Histogram<[method: string, route: string, status: string]>, 'bounds' | 'series'>;

/**
 * Tells what was answered since what was read before was settled. It looks at what is counted for Prometheus in any case, so
 * that no request pays for it.
 */
export function followTraffic(requests: Requests): { read(): Traffic; settle(): void } {
  type Counts = ReadonlyMap<string, readonly number[]>;
  let settled: Counts = new Map();
  let latest: Counts = settled;
  return {
    read() {
      const counted = requests.series().map(([labels, { counts }]) => ({ labels, counts: [...counts] }));
      latest = new Map(counted.map(({ labels, counts }) => [labels.join('\n'), counts]));
      const routes = new Map<string, { requests: number; failed: number; buckets: number[] }>();
      for (const { labels, counts } of counted) {
        const [method, route, status] = labels;
        const since = settled.get(labels.join('\n'));
        const added = counts.map((count, at) => count - (since?.[at] ?? 0));
        const total = sum(added);
        if (total === 0 || UNCOUNTED_ROUTES.includes(route)) continue;
        const key = `${method}\n${route}`;
        const known = routes.get(key) ?? { requests: 0, failed: 0, buckets: added.map(() => 0) };
        routes.set(key, {
          requests: known.requests + total,
          failed: known.failed + (status === '5xx' ? total : 0),
          buckets: known.buckets.map((count, at) => count + (added[at] ?? 0)),
        });
      }
      return summarise(requests.bounds, routes);
    },
    settle() {
      settled = latest;
    },
  };
}

function summarise(
  bounds: readonly number[],
  routes: ReadonlyMap<string, Omit<RouteTraffic, 'method' | 'route'>>,
): Traffic {
  const list = [...routes].map(([key, counted]) => {
    const [method = '', route = ''] = key.split('\n');
    return { method, route, ...counted };
  });
  const fast = bounds.indexOf(FAST_SECONDS);
  return {
    requests: sum(list.map(({ requests }) => requests)),
    failed: sum(list.map(({ failed }) => failed)),
    slow: sum(list.map(({ buckets }) => sum(buckets.slice(fast + 1)))),
    routes: list,
  };
}

/** A quantile in seconds, as Prometheus works it out: even within a bucket; null if there is nothing to tell. */
export function quantile(bounds: readonly number[], buckets: readonly number[], q: number): number | null {
  const total = sum(buckets);
  if (total === 0) return null;
  const rank = q * total;
  let below = 0;
  for (const [at, count] of buckets.entries()) {
    const upper = bounds[at];
    // Above the last bound nobody knows how far.
    if (upper === undefined) return bounds.at(-1) ?? null;
    if (count > 0 && below + count >= rank) {
      const lower = bounds[at - 1] ?? 0;
      return lower + ((upper - lower) * (rank - below)) / count;
    }
    below += count;
  }
  return null;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
