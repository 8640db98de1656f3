import type { Config } from '#platform/config/index.ts';
import type { OffSiteStore } from './off-site.ts';
import { listOffSite, removeOffSite } from './off-site-copy.ts';
import { type Clocks, planRetention, type RetainedSet, type RetentionPlan } from './retention.ts';

export interface PrunePlace extends RetentionPlan {
  /** What could not be taken away yet, because the store holds it. */
  readonly locked: readonly string[];
}

export interface PruneResult {
  readonly dryRun: boolean;
  readonly local: PrunePlace;
  /** null where no place elsewhere is set. */
  readonly offSite: PrunePlace | null;
}

export interface PruneInput {
  readonly config: Config;
  readonly clocks: Clocks;
  readonly sets: readonly RetainedSet[];
  readonly remove: (name: string) => Promise<void>;
  readonly store: OffSiteStore | undefined;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
}

/** Takes away what retention no longer wants, here and elsewhere; each place keeps by what it has itself. */
export async function pruneSets(input: PruneInput): Promise<PruneResult> {
  const { config, clocks, sets, store, dryRun, signal } = input;
  const policy = {
    daily: config.backupKeepDaily,
    weekly: config.backupKeepWeekly,
    monthly: config.backupKeepMonthly,
    verified: config.backupKeepVerified,
  };
  const local = planRetention(sets, policy, clocks);
  for (const name of dryRun ? [] : local.remove) {
    signal.throwIfAborted();
    await input.remove(name);
  }
  if (!store) return { dryRun, local: { ...local, locked: [] }, offSite: null };
  const copies = await listOffSite(store, signal);
  const known = new Map(sets.map((set) => [set.name, set.state]));
  const kept = copies.map(({ name, whole, verified }): RetainedSet => {
    const state = whole && verified ? 'verified' : 'unverified';
    // A copy that was broken off is worth nothing once a newer one is whole.
    return { name, at: timeOf(name), state: whole ? (known.get(name) ?? state) : 'failed' };
  });
  const plan = planRetention(kept, policy, clocks);
  // What stays here would be copied again with the next round.
  const staying = new Set(local.keep.map(({ name }) => name));
  const offSite = { ...plan, remove: plan.remove.filter((name) => !staying.has(name)) };
  const locked: string[] = [];
  for (const copy of copies.filter(({ name }) => !dryRun && offSite.remove.includes(name))) {
    if ((await removeOffSite(store, copy, signal)) === 'locked') locked.push(copy.name);
  }
  return { dryRun, local: { ...local, locked: [] }, offSite: { ...offSite, locked } };
}

/** `20261126T020000Z-4f3a9c` is of 2026-11-26, 02:00. */
function timeOf(name: string): Date {
  const iso = name.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z.*$/, '$1-$2-$3T$4:$5:$6Z');
  return new Date(iso);
}
