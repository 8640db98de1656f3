import type { Platform } from '#platform/context/index.ts';
import { readBackups } from '../backup/gauges.ts';
import { listReports } from '../drill/reports.ts';
import { readJournal } from '../restore/index.ts';
import { selectIncidents, selectReleases } from './incidents-store.ts';
import type { TimelineEntry } from './schema.ts';

const DAY_MS = 86_400_000;
const MOST = 200;

/** What has happened to the installation: which version began when, what was wrong from when to when, backups, restores and drills. */
export async function readTimeline(platform: Platform, days: number): Promise<TimelineEntry[]> {
  const { database, clock } = platform;
  const now = clock.now();
  const since = new Date(now.getTime() - days * DAY_MS);
  const [incidents, releases, backups, restores, drills] = await Promise.all([
    selectIncidents(database, { now, since, limit: MOST }),
    selectReleases(database, since, MOST),
    listBackups(platform, since),
    listRestores(platform, since),
    listDrills(platform, since),
  ]);
  const entries: TimelineEntry[] = [
    ...backups,
    ...restores,
    ...drills,
    ...releases.map(({ version, release, startedAt }) => ({
      kind: 'deploy' as const,
      at: startedAt.toISOString(),
      until: null,
      severity: 'info' as const,
      title: `Version ${version}${release === null ? '' : `, release ${release},`} started`,
      detail: null,
    })),
    ...incidents.map(({ rule, subject, severity, summary, beganAt, endedAt }) => ({
      kind: 'incident' as const,
      at: beganAt.toISOString(),
      until: endedAt?.toISOString() ?? null,
      severity,
      title: summary,
      detail: subject === '' ? rule : `${rule}, ${subject}`,
    })),
  ];
  return entries.sort((a, b) => b.at.localeCompare(a.at)).slice(0, MOST);
}

/** A step that failed is an incident already. */
async function listBackups(platform: Platform, since: Date): Promise<TimelineEntry[]> {
  const { sets } = await readBackups(platform);
  const made = sets.flatMap(({ name, takenAt, verification }) => {
    if (takenAt === null) return [];
    const held = verification?.held;
    const said =
      held === undefined ? 'not verified yet' : held ? 'restored and found equal' : 'does not hold';
    return [
      {
        kind: 'backup' as const,
        at: takenAt,
        until: verification?.at ?? null,
        severity: held === false ? ('critical' as const) : ('info' as const),
        title: `Backup ${said}`,
        detail: name,
      },
    ];
  });
  return made.filter(({ at }) => new Date(at) >= since);
}

/** From the data directory's journal: what the database knew of them went with the state that it restored. */
async function listRestores({ config }: Platform, since: Date): Promise<TimelineEntry[]> {
  const { history } = await readJournal(config.dataDir);
  return history
    .filter(({ endedAt }) => new Date(endedAt) >= since)
    .map(({ kind, set, startedAt, endedAt }) => ({
      kind: 'restore' as const,
      at: startedAt,
      until: endedAt,
      severity: 'warning' as const,
      title: kind === 'undo' ? 'Restore undone' : 'Restored from a backup',
      detail: set,
    }));
}

const OUTCOMES = {
  held: 'came back from everything',
  incomplete: 'came back from what was played, and something is not covered',
  failed: 'did not come back',
} as const;

async function listDrills({ config }: Platform, since: Date): Promise<TimelineEntry[]> {
  const reports = await listReports(config.dataDir, MOST);
  return reports
    .filter(({ signed, report }) => signed && new Date(report.endedAt) >= since)
    .map(({ report: { id, startedAt, endedAt, outcome } }) => ({
      kind: 'drill' as const,
      at: startedAt,
      until: endedAt,
      severity: outcome === 'failed' ? ('critical' as const) : ('info' as const),
      title: `Drill ${OUTCOMES[outcome]}`,
      detail: id,
    }));
}
