import type { Family } from '#platform/telemetry/index.ts';
import type { Alert, Severity } from './incidents-store.ts';

/** A rule on a figure that Prometheus can read as well; the limits are those of deploy/monitoring. */
interface FigureRule {
  readonly rule: string;
  readonly figure: string;
  /** Series that differ in this label are judged each for itself. */
  readonly by?: string;
  readonly where?: Readonly<Record<string, string>>;
  isWrong(value: number): boolean;
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
    isWrong: (value) => value > 0,
    severity: 'critical',
    runbook: 'backup-stale',
    holdSeconds: 0,
    say: () => 'A backup that the schedule wanted is missing.',
  },
  {
    rule: 'backup-step-failed',
    figure: 'commandcenter_backup_failed',
    by: 'step',
    isWrong: (value) => value > 0,
    severity: 'critical',
    runbook: 'backup-step-failed',
    holdSeconds: 0,
    say: (_, step) => `The step "${step}" of the backup failed and has not worked since.`,
  },
  {
    rule: 'backup-unverified',
    figure: 'commandcenter_backup_newest_verified_age_seconds',
    isWrong: (value) => value > 2 * DAY_SECONDS,
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
    isWrong: (value) => value > 0,
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
    isWrong: (value) => value > 600,
    severity: 'warning',
    runbook: 'queue-age',
    holdSeconds: 30,
    say: (age, kind) => `A job of ${kind} has been waiting for ${duration(age)}.`,
  },
  {
    rule: 'sync-stale',
    figure: 'commandcenter_repositories_overdue',
    isWrong: (value) => value > 0,
    severity: 'warning',
    runbook: 'sync-stale',
    holdSeconds: 15 * 60,
    say: (number) =>
      `${number} ${number === 1 ? 'repository was' : 'repositories were'} not synced within twice their interval.`,
  },
  {
    rule: 'index-lag',
    figure: 'commandcenter_index_lag_seconds',
    isWrong: (value) => value > 900,
    severity: 'warning',
    runbook: 'index-lag',
    holdSeconds: 300,
    say: (age) => `A document has been waiting for the index for ${duration(age)}.`,
  },
  {
    rule: 'drill-overdue',
    figure: 'commandcenter_drill_overdue',
    isWrong: (value) => value > 0,
    severity: 'warning',
    runbook: 'drill-overdue',
    holdSeconds: 3600,
    say: () => 'No disaster was played for longer than DRILL_OVERDUE_DAYS.',
  },
  {
    rule: 'drill-failed',
    figure: 'commandcenter_drill_held',
    by: 'scenario',
    isWrong: (value) => value === 0,
    severity: 'critical',
    runbook: 'drill-failed',
    holdSeconds: 0,
    say: (_, scenario) => `The last drill did not come back from ${scenario} as it should.`,
  },
];

/** What the figures say is wrong. */
export function findByFigures(families: readonly Family[]): Alert[] {
  const named = new Map(families.map((family) => [family.name, family]));
  return FIGURE_RULES.flatMap(({ figure, by, where = {}, isWrong, say, ...rest }) => {
    const samples = named.get(figure)?.samples() ?? [];
    return samples
      .filter(
        ({ value, labels }) =>
          isWrong(value) && Object.entries(where).every(([name, of]) => labels[name] === of),
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
