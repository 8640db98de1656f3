import { appError } from '#platform/errors/index.ts';
import type { ArchivedBackup } from './backups.ts';
import { type Segment, timelineOf, type Way, wayThrough } from './segments.ts';

export interface RecoveryRequest {
  /** Everything there is, if not given. */
  target?: Date | undefined;
  /** The timeline of the database that lives; that of the WAL that was archived last if not given. */
  timeline?: number | undefined;
}

/** What a restore would use, reach and leave behind. */
export interface RecoveryPlan {
  target: Date | undefined;
  backup: ArchivedBackup;
  timeline: number;
  firstSegment: string;
  lastSegment: string;
  segments: number;
  /** How many of them only `stream-wal` has. */
  streamedOnly: number;
  /** From when to when there is something to restore to; the end is the time of the last WAL, at most. */
  oldest: Date;
  newest: Date;
  /** WAL after what is used: what was written in it would be lost. */
  lostSegments: number;
}

export interface Holdings {
  backups: ArchivedBackup[];
  archived: Segment[];
  streamed: Segment[];
}

/** Chooses the backup and the way through the WAL; throws, with the reason, where there is none. */
export function planRecovery(holdings: Holdings, { target, timeline }: RecoveryRequest): RecoveryPlan {
  const { archived, streamed } = holdings;
  const all = [...archived, ...streamed];
  const latest = all.toSorted((a, b) => a.at.getTime() - b.at.getTime()).at(-1);
  const line = timeline ?? timelineOf(latest?.name ?? '00000001');
  const backup = chooseBackup(holdings.backups, line, target);
  const way = wayThrough(all, backup.firstSegment, line, target);
  refuseGaps(way, backup);
  const whole = wayThrough(all, backup.firstSegment, line);
  const inArchive = new Set(archived.map(({ name }) => name));
  const newest = latestOf([backup.finishedAt, ...whole.used.map(({ at }) => at)]);
  if (target && target > newest) {
    throw appError(
      'point-not-reached',
      409,
      `The WAL that there is ends at ${newest.toISOString()}, before ${target.toISOString()}.`,
      {
        remedy: 'Name an earlier time, or `latest` for everything there is.',
      },
    );
  }
  return {
    target,
    backup,
    timeline: line,
    firstSegment: backup.firstSegment,
    lastSegment: way.used.at(-1)?.name ?? backup.lastSegment,
    segments: way.used.length,
    streamedOnly: way.used.filter(({ name }) => !inArchive.has(name)).length,
    oldest: oldestOf(holdings.backups),
    newest,
    lostSegments: whole.used.length - way.used.length,
  };
}

function chooseBackup(backups: ArchivedBackup[], timeline: number, target?: Date): ArchivedBackup {
  const fit = backups.filter(
    ({ finishedAt, lastSegment }) =>
      timelineOf(lastSegment) <= timeline && (target === undefined || finishedAt <= target),
  );
  const chosen = fit.toSorted((a, b) => a.finishedAt.getTime() - b.finishedAt.getTime()).at(-1);
  if (chosen) return chosen;
  throw appError(
    'point-too-early',
    409,
    `No backup was finished before ${target?.toISOString() ?? 'this'} on timeline ${timeline}.`,
    {
      remedy: `The first time that can be restored to is ${oldestOf(backups).toISOString()}.`,
    },
  );
}

const latestOf = (times: Date[]): Date => new Date(Math.max(...times.map((time) => time.getTime())));

const oldestOf = (backups: ArchivedBackup[]): Date =>
  new Date(Math.min(...backups.map(({ finishedAt }) => finishedAt.getTime())));

function refuseGaps({ missing }: Way, backup: ArchivedBackup): void {
  if (missing.length === 0) return;
  const named = missing.slice(0, 3).join(', ');
  throw appError(
    'wal-missing',
    409,
    `${missing.length} WAL ${missing.length === 1 ? 'file' : 'files'} after the backup ${backup.label} can be found nowhere: ${named}${missing.length > 3 ? ', …' : ''}.`,
    {
      remedy: 'Name a time before that gap, or put the file back into the folder of streamed WAL.',
    },
  );
}
