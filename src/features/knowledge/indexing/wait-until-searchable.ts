import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '#platform/context/index.ts';
import { countDirtyOf } from './index-store.ts';

const LONGEST_WAIT_MS = 10_000;
const LONGEST_PAUSE_MS = 200;

/**
 * Waits until documents can be found, so that a program that has sent them can search for them at once. Gives up
 * after a while without an error: they are stored, and are indexed in the background in any case.
 */
export async function waitUntilSearchable(context: Context, documentIds: readonly string[]): Promise<void> {
  if (documentIds.length === 0) return;
  const end = Date.now() + LONGEST_WAIT_MS;
  for (
    let pause = 20;
    Date.now() < end && !context.signal.aborted;
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS)
  ) {
    if ((await context.transaction((tx) => countDirtyOf(tx, documentIds))) === 0) return;
    await sleep(pause);
  }
}
