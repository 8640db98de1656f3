import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '#platform/config/index.ts';
import type { Upgrade } from '#platform/database/index.ts';
import { AppError, appError } from '#platform/errors/index.ts';
import { type CreatedSet, type CreateInput, createSet } from './create-set.ts';
import { identitiesOf } from './encryption.ts';
import { backupFolder } from './set-folder.ts';
import { listSets, removeSet } from './sets.ts';

const KEPT = 3;
const ASK_EVERY_MS = 2000;
const HALF_AN_HOUR_MS = 30 * 60_000;

export interface SafetyInput extends Omit<CreateInput, 'plain' | 'madeBefore'> {
  madeBefore: NonNullable<CreateInput['madeBefore']>;
  /** A set that stays, however old it is: the one that is being restored. */
  keep?: string;
}

/**
 * Makes a set of what is about to be changed or replaced. Retention, copies elsewhere and the schedule leave it
 * alone; of its kind the newest three are kept.
 */
export async function makeSafetySet({ keep, ...input }: SafetyInput): Promise<CreatedSet> {
  const made = await createSet(input);
  const folder = backupFolder(input.config);
  const safety = (await listSets(folder)).filter(({ madeBefore }) => madeBefore !== null);
  // Names sort by time: after a clock that jumped the new one is not the last, and nothing is known to be old.
  if (safety.at(-1)?.name === made.name) {
    for (const { name } of safety.slice(0, -KEPT)) if (name !== keep) await removeSet(folder, name);
  }
  return made;
}

export interface UpgradeInput extends Pick<CreateInput, 'config' | 'version' | 'report' | 'signal'> {
  upgrade: Upgrade;
  /** Says in a sentence what was made, or why nothing. */
  tell(sentence: string): void;
  /** How long a backup that is being made is waited for. */
  waitMs?: number | undefined;
}

/**
 * Makes a set of a database that is about to be migrated, unless nothing is set up for it. Throws AppError
 * `safety-copy-failed`, so that nothing is migrated.
 */
export async function makeUpgradeSet({ upgrade, tell, waitMs, ...input }: UpgradeInput): Promise<void> {
  const why = whyNone(input.config);
  if (why !== undefined) return tell(`No safety copy is made before the upgrade: ${why}`);
  const make = () =>
    makeSafetySet({ ...input, madeBefore: 'upgrade', takeSnapshot: () => upgrade.snapshot() });
  try {
    const { name } = await waitingForAnother(make, { tell, waitMs, signal: input.signal });
    tell(`Safety copy: set ${name} holds the database as it was before the upgrade.`);
  } catch (error) {
    input.signal?.throwIfAborted();
    const { message } = error instanceof Error ? error : { message: String(error) };
    const remedy = error instanceof AppError && error.remedy !== undefined ? `${error.remedy} ` : '';
    throw appError(
      'safety-copy-failed',
      409,
      `Nothing was migrated, because its safety copy failed: ${message}`,
      {
        remedy: `${remedy}To go without one, set BACKUP_BEFORE_UPGRADE=off.`,
        cause: error,
      },
    );
  }
}

function whyNone(config: Config): string | undefined {
  if (config.backupBeforeUpgrade === 'off') return 'it is turned off.';
  const isForNobody = config.backupRecipients.length === 0 && identitiesOf(config).length === 0;
  if (config.databaseUrl !== undefined && isForNobody)
    return 'neither BACKUP_RECIPIENTS nor BACKUP_IDENTITY says whom it would be encrypted for.';
  return undefined;
}

/** The schedule of the version that still serves may be making one just now. */
async function waitingForAnother<T>(
  make: () => Promise<T>,
  about: Pick<UpgradeInput, 'tell' | 'waitMs' | 'signal'>,
): Promise<T> {
  const { tell, waitMs = HALF_AN_HOUR_MS, signal } = about;
  const end = Date.now() + waitMs;
  for (let tries = 0; ; tries++) {
    try {
      return await make();
    } catch (error) {
      const isRunning = error instanceof AppError && error.code === 'backup-running';
      if (!isRunning || Date.now() > end) throw error;
      if (tries === 0) tell('Another backup is being made; it is waited for.');
      await sleep(Math.min(ASK_EVERY_MS, waitMs), null, signal ? { signal } : {});
    }
  }
}
