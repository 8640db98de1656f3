import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, safeMessage } from '#platform/errors/index.ts';
import { writeDurably } from '../deploy/journal.ts';

export type RoundStep = 'create' | 'verify' | 'copy' | 'prune' | 'check';

export interface RoundFailure {
  readonly at: string;
  readonly step: RoundStep;
  readonly code: string;
  readonly message: string;
  readonly remedy: string | null;
}

/** What is known of the work on sets beside the sets themselves. It stands with them, for every process to read. */
export interface OperationState {
  /** The last one that worked, and the last failure of each step that has not worked since. */
  readonly lastRound: { readonly startedAt: string; readonly seconds: number; readonly set: string } | null;
  readonly failures: Partial<Record<RoundStep, RoundFailure>>;
  readonly offSite: {
    readonly place: string;
    readonly copiedSet: string | null;
    readonly copiedAt: string | null;
    readonly checkedSet: string | null;
    readonly checkedAt: string | null;
  } | null;
}

const EMPTY: OperationState = { lastRound: null, failures: {}, offSite: null };
const FILE = 'operation.json';

/** What was written last; nothing if that can't be read, because it is only told and decides on no set. */
export async function readOperation(directory: string): Promise<OperationState> {
  try {
    return {
      ...EMPTY,
      ...(JSON.parse(await readFile(join(directory, FILE), 'utf8')) as Partial<OperationState>),
    };
  } catch {
    return EMPTY;
  }
}

/** Changes it at once or not at all. */
export async function changeOperation(
  directory: string,
  change: (state: OperationState) => OperationState,
): Promise<void> {
  const text = `${JSON.stringify(change(await readOperation(directory)), null, 2)}\n`;
  await writeDurably(join(directory, FILE), text, 0o600);
}

/** Runs one step, and notes whether it worked. */
export async function noting<T>(
  { directory, now }: { directory: string; now: () => Date },
  step: RoundStep,
  work: () => Promise<T>,
): Promise<T> {
  try {
    const result = await work();
    await changeOperation(directory, (state) => {
      const { [step]: _, ...failures } = state.failures;
      return { ...state, failures };
    });
    return result;
  } catch (error) {
    const known = error instanceof AppError ? error : undefined;
    const failure = {
      at: now().toISOString(),
      step,
      code: known?.code ?? 'unexpected',
      message: safeMessage(error),
      remedy: known?.remedy ?? null,
    };
    // A full disk is a reason to fail and must not hide the first one.
    await changeOperation(directory, (state) => ({
      ...state,
      failures: { ...state.failures, [step]: failure },
    })).catch(() => undefined);
    throw error;
  }
}
