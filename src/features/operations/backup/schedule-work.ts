import type { Config } from '#platform/config/index.ts';
import type { Context } from '#platform/context/index.ts';
import { appError } from '#platform/errors/index.ts';
import type { Installation } from '../store.ts';
import { backupFolder, identitiesOf, listSets } from './index.ts';
import type { OffSiteStore } from './off-site.ts';
import { checkOffSite, type OffSiteCheck } from './off-site-check.ts';
import { checkFetchedSeal } from './off-site-fetch.ts';
import { openOffSite } from './off-site-open.ts';
import { isDue } from './schedule.ts';
import { roundParts, toRoundSets } from './schedule-parts.ts';
import { copyMissing, type RoundResult, runRound } from './schedule-round.ts';
import { changeOperation, noting, readOperation } from './schedule-state.ts';

type Progress = (step: string, done?: number, total?: number) => void;

const ROUND = 'backup round';
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What the schedule wants at this moment. */
export async function whatIsDue(
  config: Config,
  { id, installedAt }: Installation,
  now: Date,
): Promise<{ backUp: { since: Date } | null; check: boolean }> {
  const directory = backupFolder(config);
  const state = await readOperation(directory);
  const sets = toRoundSets(await listSets(directory), directory).map(({ at }) => at);
  const failed = Object.values(state.failures).filter(({ step }) => step !== 'check');
  const lastFailureAt = failed.map(({ at }) => new Date(at)).sort((a, b) => b.getTime() - a.getTime())[0];
  const schedule = { cron: config.backupSchedule, installation: id };
  const again = lastFailureAt !== undefined && Math.abs(now.getTime() - lastFailureAt.getTime()) >= HOUR_MS;
  const newest = sets.filter((at) => at <= now).at(-1);
  // What failed after a set was made goes on with that set.
  const goOn = again && newest ? { since: newest } : null;
  const backUp = isDue(schedule, { installedAt, sets, lastFailureAt }, now) ? { since: now } : goOn;
  const checkedAt = new Date(state.failures.check?.at ?? state.offSite?.checkedAt ?? 0);
  const wait = state.failures.check ? DAY_MS : config.backupOffSiteCheckDays * DAY_MS;
  const copied = config.backupOffSite !== undefined && state.offSite?.copiedAt != null;
  return { backUp, check: copied && Math.abs(now.getTime() - checkedAt.getTime()) >= wait };
}

/** One round; a second one on this data waits until it has ended. */
export async function runBackUp(
  { platform, signal }: Context,
  { since, progress }: { since: Date; progress: Progress },
): Promise<RoundResult> {
  const { config, clock, database } = platform;
  const store = await openOffSite(config);
  try {
    const parts = roundParts(platform, { signal, report: progress });
    const directory = backupFolder(config);
    const now = (): Date => clock.now();
    return await database.withLock(
      ROUND,
      () => runRound(parts, { config, directory, now, since, store, signal, progress }),
      signal,
    );
  } finally {
    store?.close();
  }
}

export async function isThere(config: Config, set: string): Promise<boolean> {
  return (await listSets(backupFolder(config))).some(({ name, state }) => name === set && state === 'whole');
}

export async function runVerify(
  { platform, signal }: Context,
  { set, progress }: { set: string; progress: Progress },
): Promise<{ set: string }> {
  const parts = roundParts(platform, { signal, report: progress });
  const noted = { directory: backupFolder(platform.config), now: () => platform.clock.now() };
  await noting(noted, 'verify', () => parts.verify(set));
  return { set };
}

export async function runCheck(
  { platform, signal }: Context,
  { progress }: { progress: Progress },
): Promise<OffSiteCheck> {
  const { config, clock } = platform;
  const store = await openOffSite(config);
  if (!store) throw appError('config-invalid', 409, 'BACKUP_OFFSITE names no place.');
  const directory = backupFolder(config);
  const now = (): Date => clock.now();
  try {
    const check = await noting({ directory, now }, 'check', () =>
      checkCopy(store, config, { signal, progress: (done, total) => progress('check', done, total) }),
    );
    const checked = { checkedSet: check.set, checkedAt: now().toISOString() };
    await changeOperation(directory, (state) => ({
      ...state,
      offSite: { place: store.name, copiedSet: null, copiedAt: null, ...state.offSite, ...checked },
    }));
    return check;
  } finally {
    store.close();
  }
}

/** Compares a copy with its manifest and its seal, with the identity that is here. */
export function checkCopy(
  store: OffSiteStore,
  config: Config,
  options: { set?: string; signal: AbortSignal; progress?: (done: number, total: number) => void },
): Promise<OffSiteCheck> {
  const identities = identitiesOf(config);
  return checkOffSite(store, {
    ...options,
    checkSeal: (seal, manifest, name) => checkFetchedSeal({ seal, manifest, name }, identities),
  });
}

/** Copies every verified set that is not elsewhere yet, and notes it as a round does. Returns their names. */
export function copyNow(
  store: OffSiteStore,
  config: Config,
  { signal, progress }: { signal: AbortSignal; progress: Progress },
): Promise<string[]> {
  const directory = backupFolder(config);
  const now = (): Date => new Date();
  const list = async () => toRoundSets(await listSets(directory), directory);
  return noting({ directory, now }, 'copy', () =>
    copyMissing(list, store, { directory, now, signal, progress }),
  );
}
