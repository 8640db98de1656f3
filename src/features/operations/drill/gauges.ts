import type { Platform } from '#platform/context/index.ts';
import type { GaugeReading } from '#platform/telemetry/index.ts';
import { selectInstallation } from '../store.ts';
import { type KeptReport, listReports } from './reports.ts';

const DAY_MS = 86_400_000;
/** Beside the newest one, in case that is not signed as it should be. */
const LOOKED_AT = 5;

/** Whether more days than DRILL_OVERDUE_DAYS have passed since the last drill, or since there is something to lose. */
export async function isOverdue(platform: Platform, last: KeptReport | undefined): Promise<boolean> {
  const { config, clock, database } = platform;
  const since = last ? new Date(last.report.endedAt) : (await selectInstallation(database))?.installedAt;
  return since !== undefined && clock.now().getTime() - since.getTime() > config.drillOverdueDays * DAY_MS;
}

/** What alerts on drills stand on: the newest report that is as it was signed. */
export function drillGauges(platform: Platform): GaugeReading {
  const labelNames = ['scenario'];
  return {
    gauges: [
      { name: 'commandcenter_drill_age_seconds', help: 'Time since the last drill ended.' },
      {
        name: 'commandcenter_drill_overdue',
        help: 'Whether DRILL_OVERDUE_DAYS have passed without a drill (1).',
      },
      {
        name: 'commandcenter_drill_held',
        help: 'Whether a disaster of the last drill was recovered from as it should (1); absent if not covered.',
        labelNames,
      },
      {
        name: 'commandcenter_drill_covered',
        help: 'Whether there was anything that a disaster of the last drill could be recovered from (1).',
        labelNames,
      },
      {
        name: 'commandcenter_drill_rto_seconds',
        help: 'From a disaster of the last drill to the first good answer.',
        labelNames,
      },
      {
        name: 'commandcenter_drill_rpo_seconds',
        help: 'Age of what a disaster of the last drill would have been recovered from: what would have been lost.',
        labelNames,
      },
    ],
    async read() {
      const { config, clock } = platform;
      const last = (await listReports(config.dataDir, LOOKED_AT)).find(({ signed }) => signed);
      const overdue = (await isOverdue(platform, last)) ? 1 : 0;
      if (!last) return { commandcenter_drill_overdue: overdue };
      const { scenarios, endedAt } = last.report;
      const of = (values: readonly [scenario: string, value: number | null][]) =>
        values.flatMap(([scenario, value]) => (value === null ? [] : [{ labels: { scenario }, value }]));
      return {
        commandcenter_drill_overdue: overdue,
        commandcenter_drill_age_seconds: (clock.now().getTime() - new Date(endedAt).getTime()) / 1000,
        commandcenter_drill_held: of(
          scenarios.map(({ name, outcome }) => [
            name,
            outcome === 'not-covered' ? null : Number(outcome === 'held'),
          ]),
        ),
        commandcenter_drill_covered: of(
          scenarios.map(({ name, outcome }) => [name, Number(outcome !== 'not-covered')]),
        ),
        commandcenter_drill_rto_seconds: of(scenarios.map(({ name, rtoSeconds }) => [name, rtoSeconds])),
        commandcenter_drill_rpo_seconds: of(scenarios.map(({ name, rpoSeconds }) => [name, rpoSeconds])),
      };
    },
  };
}
