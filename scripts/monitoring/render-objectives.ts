import {
  burns,
  FAST_SECONDS,
  FEW_REQUESTS,
  OBJECTIVE_WINDOW,
  type ObjectiveName,
  objectives,
  UNCOUNTED_ROUTES,
  WINDOW_SECONDS,
  type Window,
} from '../../src/features/operations/watch/objectives.ts';

const COUNTED = `job="commandcenter-api", route!~"${UNCOUNTED_ROUTES.join('|')}"`;
const requests = (window: Window, more = ''): string =>
  `sum(rate(http_request_duration_seconds_count{${COUNTED}${more}}[${window}]))`;
const buckets = (window: Window, more = ''): string =>
  `rate(http_request_duration_seconds_bucket{${COUNTED}${more}}[${window}])`;

/** The recorded ratio of requests that miss an objective. */
const RECORDED: Readonly<Record<ObjectiveName, string>> = { availability: 'errors', latency: 'slow' };
const WORDS: Readonly<Record<ObjectiveName, string>> = {
  availability: 'requests fail',
  latency: `requests take longer than ${FAST_SECONDS} s`,
};
const LASTS = {
  fast: 'at this rate the budget of 30 days is used up within days.',
  slowly: 'the budget of 30 days will not last.',
};

/** The rules of Prometheus for the objectives, so that these stand in one place. */
export function renderObjectiveRules(): string {
  const windows = Object.keys(WINDOW_SECONDS) as Window[];
  return `# Generated from src/features/operations/watch/objectives.ts by \`npm run generate\`; do not edit.
# What people may expect of the API, and how fast that is used up. Two objectives, each over 30 days:
${objectives.map(({ name, goal }) => `#   ${name.padEnd(12)}  ${goal}`).join('\n')}
# Requests that no route answers and those of health checks don't count: they are not people's.
# Burn rates and windows are those of the SRE workbook (multiwindow, multi-burn-rate): the long window says that it
# matters, the short one that it still goes on.
groups:
  - name: slo
    rules:
      - record: api:requests:rate5m
        expr: ${requests('5m')}
      - record: api:latency:p50_5m
        expr: histogram_quantile(0.5, sum by (le) (${buckets('5m')}))
      - record: api:latency:p99_5m
        expr: histogram_quantile(0.99, sum by (le) (${buckets('5m')}))
${windows.map(renderRatios).join('\n')}
      # What is left of the budget of 30 days: 1 is all of it, below 0 the objective is missed.
${objectives
  .map(
    ({ name, budget }) => `      - record: api:${name}:budget_left
        expr: 1 - api:${RECORDED[name]}:ratio_rate${OBJECTIVE_WINDOW} / ${budget}`,
  )
  .join('\n')}

  - name: slo-alerts
    rules:
      # A ratio of a hundred requests or fewer says nothing: a few failures at night are no burnt budget.
${objectives.flatMap((objective) => burns.map((burn) => renderAlert(objective, burn))).join('\n')}
`;
}

function renderRatios(window: Window): string {
  return `      - record: api:errors:ratio_rate${window}
        expr: >-
          (${requests(window, ', status="5xx"')} or vector(0))
          / (${requests(window)} > 0)
      - record: api:slow:ratio_rate${window}
        expr: >-
          1 - sum(${buckets(window, `, le="${FAST_SECONDS}"`)})
          / (${requests(window)} > 0)`;
}

function renderAlert(
  { name, budget }: (typeof objectives)[number],
  { speed, severity, windows, counted }: (typeof burns)[number],
): string {
  const ratio = (window: Window): string => `api:${RECORDED[name]}:ratio_rate${window}`;
  const pairs = windows.map(
    ({ factor, long, short }) =>
      `(${ratio(long)} > ${factor} * ${budget} and ${ratio(short)} > ${factor} * ${budget})`,
  );
  const alert = `${capital(name)}Burns${capital(speed)}`;
  return `      - alert: ${alert}
        expr: >-
          (${pairs.join('\n          or ')})
          and sum(increase(http_request_duration_seconds_count{${COUNTED}}[${counted}])) > ${FEW_REQUESTS}
        labels: {severity: ${severity}}
        annotations:
          summary: '{{ $value | humanizePercentage }} of ${WORDS[name]}; ${LASTS[speed]}'
          runbook_url: docs/runbooks/error-budget.md`;
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
