import type { Family } from '#platform/telemetry/index.ts';
import type { Alert, Severity } from './incidents-store.ts';
import type { ComponentState, ProcessRow } from './watch-store.ts';

/** A rule on a figure that Prometheus can read as well; the limits are those of deploy/monitoring. */
interface FigureRule {
  readonly rule: string;
  readonly figure: string;
  /** Series that differ in this label are judged each for itself. */
  readonly by?: string;
  readonly where?: Readonly<Record<string, string>>;
  /** It is wrong above this. */
  readonly above: number;
  readonly severity: Severity;
  readonly runbook: string;
  readonly holdSeconds: number;
  say(value: number, subject: string): string;
}

const DAY_SECONDS = 86_400;

const FIGURE_RULES: readonly FigureRule[] = [
  {
    rule: 'backup-stale',
    figure: 'commandcenter_backup_stale',
    above: 0,
    severity: 'critical',
    runbook: 'backup-stale',
    holdSeconds: 0,
    say: () => 'A backup that the schedule wanted is missing.',
  },
  {
    rule: 'backup-step-failed',
    figure: 'commandcenter_backup_failed',
    by: 'step',
    above: 0,
    severity: 'critical',
    runbook: 'backup-step-failed',
    holdSeconds: 0,
    say: (_, step) => `The step "${step}" of the backup failed and has not worked since.`,
  },
  {
    rule: 'backup-unverified',
    figure: 'commandcenter_backup_newest_verified_age_seconds',
    above: 2 * DAY_SECONDS,
    severity: 'critical',
    runbook: 'backup-unverified',
    holdSeconds: 3 * 3600,
    say: (age) => `The newest backup that was restored and found equal is ${duration(age)} old.`,
  },
  {
    rule: 'jobs-failed',
    figure: 'commandcenter_jobs',
    by: 'kind',
    where: { state: 'failed' },
    above: 0,
    severity: 'warning',
    runbook: 'jobs-failed',
    holdSeconds: 30,
    say: (jobs, kind) =>
      `Of ${kind} ${jobs === 1 ? 'one job has' : `${jobs} jobs have`} failed for good and ${jobs === 1 ? 'waits' : 'wait'} for a person.`,
  },
  {
    rule: 'queue-age',
    figure: 'commandcenter_job_oldest_queued_seconds',
    by: 'kind',
    above: 600,
    severity: 'warning',
    runbook: 'queue-age',
    holdSeconds: 30,
    say: (age, kind) => `A job of ${kind} has been waiting for ${duration(age)}.`,
  },
  {
    rule: 'sync-stale',
    figure: 'commandcenter_repositories_overdue',
    above: 0,
    severity: 'warning',
    runbook: 'sync-stale',
    holdSeconds: 15 * 60,
    say: (number) =>
      `${number} ${number === 1 ? 'repository was' : 'repositories were'} not synced within twice their interval.`,
  },
  {
    rule: 'index-lag',
    figure: 'commandcenter_index_lag_seconds',
    above: 900,
    severity: 'warning',
    runbook: 'index-lag',
    holdSeconds: 300,
    say: (age) => `A document has been waiting for the index for ${duration(age)}.`,
  },
];

/** What the figures say is wrong. */
export function findByFigures(families: readonly Family[]): Alert[] {
  const named = new Map(families.map((family) => [family.name, family]));
  return FIGURE_RULES.flatMap(({ figure, by, where = {}, above, say, ...rest }) => {
    const samples = named.get(figure)?.samples() ?? [];
    return samples
      .filter(
        ({ value, labels }) =>
          value > above && Object.entries(where).every(([name, of]) => labels[name] === of),
      )
      .map(({ value, labels }) => {
        const subject = by === undefined ? '' : String(labels[by] ?? '');
        return { ...rest, subject, summary: say(value, subject) };
      });
  }).concat(findUnverified(named));
}

/** Sets of which none was ever verified have no age to tell. */
function findUnverified(named: ReadonlyMap<string, Family>): Alert[] {
  const first = (name: string): number | undefined => named.get(name)?.samples()[0]?.value;
  const sets = first('commandcenter_backup_sets') ?? 0;
  if (sets === 0 || first('commandcenter_backup_newest_verified_age_seconds') !== undefined) return [];
  const summary = 'There are backups, and none was restored and found equal.';
  const known = { rule: 'backup-unverified', severity: 'critical', runbook: 'backup-unverified' } as const;
  return [{ ...known, subject: '', summary, holdSeconds: 3 * 3600 }];
}

/** The rules on backups say more than that their part is degraded. */
const TOLD_BY_FIGURES = new Set(['backup']);
const LAG_MS = 250;

/** What the processes say is wrong: with the parts that they need, and with themselves. */
export function findByProcesses(processes: readonly ProcessRow[]): Alert[] {
  const parts = worstStates(processes).filter(({ name }) => !TOLD_BY_FIGURES.has(name));
  return [...parts.flatMap(judgePart), ...processes.flatMap(judgeProcess)];
}

const WORSE = { unknown: 0, up: 1, degraded: 2, down: 3 } as const;

/** Each part as the process sees it that sees it worst. */
export function worstStates(processes: readonly Pick<ProcessRow, 'components'>[]): ComponentState[] {
  const worst = new Map<string, ComponentState>();
  for (const state of processes.flatMap(({ components }) => components)) {
    const known = worst.get(state.name);
    if (!known || WORSE[state.status] > WORSE[known.status]) worst.set(state.name, state);
  }
  return [...worst.values()];
}

function judgePart({ name, status, problem }: ComponentState): Alert[] {
  if (status !== 'down' && status !== 'degraded') return [];
  const lost = status === 'down';
  return [
    {
      rule: lost ? 'part-down' : 'part-degraded',
      subject: name,
      severity: lost ? 'critical' : 'warning',
      summary: `${lost ? `The part "${name}" is lost.` : `The part "${name}" does not work fully.`}${problem ? ` ${problem}` : ''}`,
      runbook: lost ? 'part-down' : 'part-degraded',
      holdSeconds: lost ? 60 : 600,
    },
  ];
}

function judgeProcess({ role, host, processId, figures }: ProcessRow): Alert[] {
  const subject = `${role} ${host}:${processId}`;
  const { waiting, total, idle, max } = figures.connections;
  const common = { subject, severity: 'warning' as const };
  return [
    ...(figures.eventLoopP99Ms > LAG_MS
      ? [
          {
            ...common,
            rule: 'event-loop-lag',
            summary: `The event loop of ${subject} is late by ${Math.round(figures.eventLoopP99Ms)} ms.`,
            runbook: 'event-loop-lag',
            holdSeconds: 300,
          },
        ]
      : []),
    ...(waiting > 0 && total - idle >= max
      ? [
          {
            ...common,
            rule: 'database-pool-exhausted',
            summary: `${waiting} callers of ${subject} wait for a connection, and all are busy.`,
            runbook: 'database-pool-exhausted',
            holdSeconds: 60,
          },
        ]
      : []),
  ];
}

/** "3 days", "2 hours", "40 minutes", "12 seconds". */
function duration(seconds: number): string {
  for (const [unit, size] of [
    ['day', DAY_SECONDS],
    ['hour', 3600],
    ['minute', 60],
  ] as const) {
    if (seconds >= 2 * size) return `${Math.floor(seconds / size)} ${unit}s`;
  }
  return `${Math.round(seconds)} seconds`;
}
