import type { Config } from '#platform/config/index.ts';
import { appError } from '#platform/errors/index.ts';
import type { OffSiteStore } from './off-site.ts';
import { copyOffSite, listOffSite } from './off-site-copy.ts';
import { type PruneResult, pruneSets } from './prune.ts';
import type { RetainedSet } from './retention.ts';
import { changeOperation, noting, type RoundStep } from './schedule-state.ts';

/** A set as a round needs it. */
export interface RoundSet extends RetainedSet {
  readonly folder: string;
}

/** What a round is made of; each step may be run again. */
export interface RoundParts {
  list(): Promise<RoundSet[]>;
  /** The name of the set that was made. */
  create(): Promise<string>;
  /** Throws if the set does not hold. */
  verify(name: string): Promise<void>;
  remove(name: string): Promise<void>;
  databaseTime(): Promise<Date>;
}

export interface RoundOptions {
  readonly config: Config;
  readonly directory: string;
  readonly now: () => Date;
  /** A set of this time or later need not be made again: the round was begun before and broken off. */
  readonly since: Date;
  readonly store: OffSiteStore | undefined;
  readonly signal: AbortSignal;
  readonly progress: (step: RoundStep, done?: number, total?: number) => void;
}

export interface RoundResult {
  readonly set: string;
  readonly made: boolean;
  readonly seconds: number;
  readonly copied: readonly string[];
  readonly pruned: PruneResult;
}

/**
 * Make, verify, copy elsewhere, prune; the first step that fails ends it, so nothing is ever removed for a set that
 * was not made, does not hold or is not elsewhere. What is done already is not done again.
 */
export async function runRound(parts: RoundParts, options: RoundOptions): Promise<RoundResult> {
  const { config, store, signal, progress } = options;
  const step = <T>(name: RoundStep, work: () => Promise<T>): Promise<T> => {
    signal.throwIfAborted();
    progress(name);
    return noting(options, name, work);
  };
  const startedAt = options.now();
  const before = newestOf(await parts.list());
  const found = before && before.at >= options.since && before.at <= startedAt ? before : undefined;
  const set = found ? found.name : await step('create', () => parts.create());
  if (found?.state !== 'verified') await step('verify', () => parts.verify(set));
  const copied = store ? await step('copy', () => copyMissing(parts.list, store, options)) : [];
  const pruned = await step('prune', async () => {
    const clocks = { now: options.now(), database: await parts.databaseTime() };
    const { remove } = parts;
    const sets = await parts.list();
    const result = await pruneSets({ config, clocks, sets, remove, store, dryRun: false, signal });
    const refused = result.local.refused ?? result.offSite?.refused;
    if (refused !== undefined) throw clockDoubted(refused);
    return result;
  });
  const seconds = (options.now().getTime() - startedAt.getTime()) / 1000;
  await changeOperation(options.directory, (state) => ({
    ...state,
    lastRound: { startedAt: startedAt.toISOString(), seconds, set },
  }));
  return { set, made: !found, seconds, copied, pruned };
}

/** Nothing was removed; somebody has to look at the clock. */
export function clockDoubted(refused: string): Error {
  return appError('clock-doubted', 409, `Nothing was pruned: ${refused}`, {
    remedy: 'Set the clock right. If a set was made while it was wrong, remove that one by hand.',
  });
}

function newestOf(sets: readonly RoundSet[]): RoundSet | undefined {
  return [...sets].sort((a, b) => b.at.getTime() - a.at.getTime())[0];
}

/** All verified sets that are not whole elsewhere, so that a time without the other side is made up for. */
export async function copyMissing(
  list: RoundParts['list'],
  store: OffSiteStore,
  { directory, now, signal, progress }: Pick<RoundOptions, 'directory' | 'now' | 'signal' | 'progress'>,
): Promise<string[]> {
  const there = new Set(
    (await listOffSite(store, signal)).filter(({ whole }) => whole).map(({ name }) => name),
  );
  const verified = (await list()).filter(({ state }) => state === 'verified');
  const missing = verified
    .filter(({ name }) => !there.has(name))
    .sort((a, b) => b.at.getTime() - a.at.getTime());
  // The newest first: if only one gets there, it is the one that counts.
  for (const set of missing) {
    await copyOffSite(store, set, {
      signal,
      progress: (done, total) => progress('copy', done, total),
    });
  }
  const newest = newestOf(verified);
  await changeOperation(directory, (state) => ({
    ...state,
    offSite: {
      checkedSet: null,
      checkedAt: null,
      ...(state.offSite?.place === store.name ? state.offSite : {}),
      place: store.name,
      copiedSet: newest?.name ?? null,
      copiedAt: now().toISOString(),
    },
  }));
  return missing.map(({ name }) => name);
}
