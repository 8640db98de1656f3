/** What retention needs to know of a set. */
export interface RetainedSet {
  readonly name: string;
  /** The point in time that it holds. */
  readonly at: Date;
  /** `failed`: a verification has found it wanting. */
  readonly state: 'verified' | 'unverified' | 'failed';
}

export interface RetentionPolicy {
  /** The newest set of so many days, weeks and months is kept, counting those that have one. */
  readonly daily: number;
  readonly weekly: number;
  readonly monthly: number;
  /** So many verified sets are never gone below. */
  readonly verified: number;
}

export interface Clocks {
  readonly now: Date;
  /** What the database takes for the time, if it was asked. */
  readonly database?: Date | undefined;
}

export type KeepReason = 'daily' | 'weekly' | 'monthly' | 'verified' | 'newest';

export interface RetentionPlan {
  readonly keep: readonly { readonly name: string; readonly reasons: readonly KeepReason[] }[];
  /** The oldest first. */
  readonly remove: readonly string[];
  /** Why nothing is removed at all, in a sentence. */
  readonly refused?: string;
}

/** Clocks of two hosts that are kept right differ by far less. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;
const DAY_MS = 86_400_000;

/**
 * Which sets stay and which go. Only what is older than the newest verified set can go, and nothing goes while the
 * clock can't be believed: a set from the future says that it was wrong then or is wrong now.
 */
export function planRetention(
  sets: readonly RetainedSet[],
  policy: RetentionPolicy,
  clocks: Clocks,
): RetentionPlan {
  const newestFirst = [...sets].sort((a, b) => compare(b, a));
  const refused = doubtOf(newestFirst[0], clocks);
  const verified = newestFirst.filter(({ state }) => state === 'verified');
  const border = verified[0];
  if (refused !== undefined || !border) {
    const keep = newestFirst.map(({ name }) => ({ name, reasons: ['newest' as const] }));
    return { keep, remove: [], ...(refused === undefined ? {} : { refused }) };
  }
  const reasons = new Map<string, KeepReason[]>();
  const give = (set: RetainedSet, reason: KeepReason): void => {
    reasons.set(set.name, [...(reasons.get(set.name) ?? []), reason]);
  };
  for (const set of newestFirst) if (set.at.getTime() >= border.at.getTime()) give(set, 'newest');
  for (const set of verified.slice(0, policy.verified)) give(set, 'verified');
  for (const set of ofPeriods(newestFirst, dayOf, policy.daily)) give(set, 'daily');
  for (const set of ofPeriods(newestFirst, weekOf, policy.weekly)) give(set, 'weekly');
  for (const set of ofPeriods(newestFirst, monthOf, policy.monthly)) give(set, 'monthly');
  const keep = newestFirst.flatMap(({ name }) => {
    const why = reasons.get(name);
    return why ? [{ name, reasons: why }] : [];
  });
  const remove = newestFirst.filter(({ name }) => !reasons.has(name)).map(({ name }) => name);
  return { keep, remove: remove.reverse() };
}

const compare = (a: RetainedSet, b: RetainedSet): number =>
  a.at.getTime() - b.at.getTime() || (a.name < b.name ? -1 : 1);

function doubtOf(newest: RetainedSet | undefined, { now, database }: Clocks): string | undefined {
  if (newest && newest.at.getTime() > now.getTime()) {
    return `The set ${newest.name} is newer than the clock of this machine (${now.toISOString()}), so one of them is wrong.`;
  }
  if (database && Math.abs(database.getTime() - now.getTime()) > CLOCK_TOLERANCE_MS) {
    return `The clocks of this machine (${now.toISOString()}) and of the database (${database.toISOString()}) differ too much.`;
  }
  return undefined;
}

/** The set that stands for each of the newest periods: its newest verified one, else the newest that did not fail. */
function ofPeriods(
  newestFirst: readonly RetainedSet[],
  periodOf: (at: Date) => string,
  amount: number,
): RetainedSet[] {
  const chosen = new Map<string, RetainedSet>();
  for (const set of newestFirst) {
    if (set.state === 'failed') continue;
    const period = periodOf(set.at);
    const before = chosen.get(period);
    if (!before || (before.state !== 'verified' && set.state === 'verified')) chosen.set(period, set);
  }
  return [...chosen.values()].slice(0, amount);
}

const dayOf = (at: Date): string => at.toISOString().slice(0, 10);
const monthOf = (at: Date): string => at.toISOString().slice(0, 7);

/** Weeks begin on Monday; day 0 of the epoch was a Thursday. */
const weekOf = (at: Date): string => String(Math.floor((at.getTime() / DAY_MS + 3) / 7));
