import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { appError } from '#platform/errors/index.ts';
import { writeDurably } from '../deploy/journal.ts';

/** In the order in which they are done; an undo begins at `aside`. */
export const STEPS = ['prepare', 'load', 'compare', 'upgrade', 'files', 'aside', 'place', 'record'] as const;
export type Step = (typeof STEPS)[number];

/** A restore or an undo that has begun and not ended. */
export interface Operation {
  kind: 'restore' | 'undo';
  id: string;
  /** The set that is restored; null for an undo. */
  set: string | null;
  /** Written down before it is done. */
  step: Step;
  /** What is put in place, and what that which is there is called afterwards: names of databases or folders. */
  incoming: string;
  outgoing: string;
  /** How the server knows the incoming database, whatever it is called. */
  identity: number | null;
  startedAt: string;
}

/** The state that was put aside. */
export interface Kept {
  id: string;
  name: string;
  keptAt: string;
}

/** `DATA_DIR/restore.json`. */
export interface RestoreState {
  operation: Operation | null;
  kept: Kept | null;
  /** The newest first. */
  history: { kind: Operation['kind']; id: string; set: string | null; startedAt: string; endedAt: string }[];
}

const HISTORY_KEPT = 100;

const pathOf = (dataDir: string): string => join(dataDir, 'restore.json');

export async function readJournal(dataDir: string): Promise<RestoreState> {
  const text = await readFile(pathOf(dataDir), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return { operation: null, kept: null, history: [] };
  try {
    return JSON.parse(text) as RestoreState;
  } catch (cause) {
    throw appError('journal-damaged', 500, `${pathOf(dataDir)} can’t be read as JSON.`, {
      remedy: 'Move it away: the living database is whole, and what was put aside is named ..._before_....',
      cause,
    });
  }
}

/** Replaces the journal; it is on the disk when this resolves. */
export async function writeJournal(dataDir: string, state: RestoreState): Promise<void> {
  const history = state.history.slice(0, HISTORY_KEPT);
  await writeDurably(pathOf(dataDir), `${JSON.stringify({ ...state, history }, null, 2)}\n`, 0o600);
}
