import { createHash } from 'node:crypto';
import { occurrenceBefore, parseCron } from '#platform/clock/index.ts';

const JITTER_SECONDS = 600;
const GRACE_MS = 3 * 3_600_000;
const HOUR_MS = 3_600_000;

export interface Schedule {
  /** A cron expression in UTC; null for never. */
  readonly cron: string | null;
  /** What tells this installation from others, so that not all of them call the same store at the same second. */
  readonly installation: string;
}

export interface Past {
  readonly installedAt: Date;
  /** The times of the sets that are there. */
  readonly sets: readonly Date[];
  readonly lastFailureAt?: Date | undefined;
}

/**
 * The time for which a set is missing now, if any. What was missed while nothing ran is made up for: once, whatever
 * number of times was missed. A set from the future says nothing, because the clock was wrong then or is now.
 */
export function missingSince(schedule: Schedule, past: Past, now: Date): Date | undefined {
  const cron = schedule.cron === null ? undefined : parseCron(schedule.cron);
  if (!cron) return undefined;
  const jitter = jitterOf(schedule.installation);
  const wanted = occurrenceBefore(cron, new Date(now.getTime() - jitter));
  const before = past.sets.filter((at) => at <= now).map((at) => at.getTime());
  const newest = Math.max(past.installedAt.getTime(), ...before);
  return wanted && newest < wanted.getTime() ? wanted : undefined;
}

/** Whether one is to be begun now: an hour lies between a failed one and the next. */
export function isDue(schedule: Schedule, past: Past, now: Date): boolean {
  if (!missingSince(schedule, past, now)) return false;
  const sinceFailure = now.getTime() - (past.lastFailureAt?.getTime() ?? 0);
  return sinceFailure < 0 || sinceFailure >= HOUR_MS;
}

/** Whether one is missing for longer than it takes to make and to try again. */
export function isStale(schedule: Schedule, past: Past, now: Date): boolean {
  const missing = missingSince(schedule, past, now);
  return missing !== undefined && now.getTime() - missing.getTime() > GRACE_MS;
}

/** The same at every time, so that sets keep their distance. */
function jitterOf(installation: string): number {
  const share = createHash('sha256').update(installation).digest().readUInt32BE() / 2 ** 32;
  return Math.floor(share * JITTER_SECONDS) * 1000;
}
