/** How long a window is, as Prometheus writes it. */
export type Window = '5m' | '30m' | '1h' | '2h' | '6h' | '1d' | '3d' | '30d';

export const WINDOW_SECONDS: Readonly<Record<Window, number>> = {
  '5m': 300,
  '30m': 1800,
  '1h': 3600,
  '2h': 7200,
  '6h': 21_600,
  '1d': 86_400,
  '3d': 259_200,
  '30d': 2_592_000,
};

export type ObjectiveName = 'availability' | 'latency';

export interface Objective {
  readonly name: ObjectiveName;
  /** The share of requests that may miss it. */
  readonly budget: number;
  readonly goal: string;
}

/** A request is fast if it is answered within this time; one of the bounds of `http_request_duration_seconds`. */
export const FAST_SECONDS = 0.5;

/** What people may expect of the API. The rules of Prometheus are made from this as well. */
export const objectives: readonly Objective[] = [
  { name: 'availability', budget: 0.005, goal: '99.5 % of requests are answered without a 5xx' },
  { name: 'latency', budget: 0.01, goal: `99 % of requests are answered within ${FAST_SECONDS} s` },
];

/** Over which time. */
export const OBJECTIVE_WINDOW: Window = '30d';

/** Requests that no route answers and those of health checks don't count: they are not people's. */
export const UNCOUNTED_ROUTES: readonly string[] = ['none', '/livez', '/readyz', '/health', '/metrics'];

/** A ratio of this many requests or fewer says nothing: a few failures at night are no burnt budget. */
export const FEW_REQUESTS = 100;

export interface Burn {
  readonly speed: 'fast' | 'slowly';
  readonly severity: 'critical' | 'warning';
  /** Any of them: how many times the pace that the budget allows, in both windows. */
  readonly windows: readonly { readonly factor: number; readonly long: Window; readonly short: Window }[];
  /** Where FEW_REQUESTS are counted. */
  readonly counted: Window;
}

/**
 * Those of the SRE workbook (multiwindow, multi-burn-rate): the long window says that it matters, the short one
 * that it still goes on.
 */
export const burns: readonly Burn[] = [
  {
    speed: 'fast',
    severity: 'critical',
    windows: [
      { factor: 14.4, long: '1h', short: '5m' },
      { factor: 6, long: '6h', short: '30m' },
    ],
    counted: '1h',
  },
  {
    speed: 'slowly',
    severity: 'warning',
    windows: [
      { factor: 3, long: '1d', short: '2h' },
      { factor: 1, long: '3d', short: '6h' },
    ],
    counted: '1d',
  },
];
