import { statfs } from 'node:fs/promises';
import { gt } from 'semver';
import type { Config } from '#platform/config/index.ts';
import { appError } from '#platform/errors/index.ts';
import type { OpenSet } from '../backup/index.ts';
import { type Kept, type Operation, readJournal, type Step, writeJournal } from './journal.ts';
import { openPlace } from './open-place.ts';
import { newOperationId, type Place } from './place.ts';
import { previewRestore, type RestorePreview } from './preview.ts';
import { fill, type OnStep, type Product, placeFiles, putInPlace, type Work } from './steps.ts';
import { openTell, type Tell } from './tell-processes.ts';

export interface RestoreResult {
  kind: Operation['kind'];
  set: string | null;
  /** For how long nobody was let in. */
  outageMs: number;
  seconds: number;
  /** What `restore --undo` brings back. */
  kept: Kept | null;
  /** Whether it went on with what another process had begun. */
  resumed: boolean;
}

/** What is given for a restore, beside the set. */
export interface RestoreOptions {
  product: Product;
  onStep?: OnStep;
  /** Runs when all has been checked and nothing made: shows, asks, makes a safety set. What it throws ends it. */
  before?: (place: Place) => Promise<void>;
}

const SWAPPING: readonly Step[] = ['aside', 'place', 'record'];

/**
 * Restores a set beside the living data and puts it in their place. Where a restore was broken off before it put
 * anything in place, what it has made is removed and all begins again; later, it is finished first.
 */
export async function restoreSet(
  config: Config,
  set: OpenSet,
  { product, onStep = () => {}, before }: RestoreOptions,
): Promise<RestoreResult> {
  refuseNewer(set, product);
  return atWork(config, onStep, async (work, began) => {
    await refuseWithoutRoom(config, set, work.place);
    await before?.(work.place);
    const id = newOperationId();
    const operation = newOperation(work.place, { kind: 'restore', id, set: set.name, step: 'prepare' });
    Object.assign(work, { operation });
    await fill(work, set, product);
    await placeFiles(work, set);
    return finish(work, began);
  });
}

/** Says what a restore of the set would lose and bring back, after the same checks; changes nothing. */
export async function tryRestore(
  config: Config,
  set: OpenSet,
  product: Pick<Product, 'version'>,
): Promise<RestorePreview> {
  refuseNewer(set, product);
  const place = await openPlace(config);
  try {
    await refuseWithoutRoom(config, set, place);
    return await previewRestore(place, set);
  } finally {
    await place.close();
  }
}

/** Swaps the living data with what was put aside. A second undo undoes the first. */
export function undoSetRestore(config: Config, onStep: OnStep = () => {}): Promise<RestoreResult> {
  return atWork(config, onStep, async (work, began) => {
    const { kept } = work.state;
    if (!kept) throw nothingKept();
    const id = newOperationId();
    const operation = newOperation(work.place, { kind: 'undo', id, set: null, step: 'aside' });
    Object.assign(work, { operation: { ...operation, incoming: kept.name } });
    return finish(work, began);
  });
}

/** Removes what was put aside; returns its name, or null if there is nothing. */
export function forgetKept(config: Config): Promise<string | null> {
  return atWork(
    config,
    () => {},
    async ({ place, state }) => {
      const { kept } = state;
      if (!kept) return null;
      await place.remove(kept.name);
      await writeJournal(config.dataDir, { ...state, kept: null });
      return kept.name;
    },
  );
}

/** Finishes what was broken off while it put something in place; null if there is nothing of the kind. */
export async function resumeRestore(
  config: Config,
  onStep: OnStep = () => {},
): Promise<RestoreResult | null> {
  const { operation } = await readJournal(config.dataDir);
  if (!operation || !SWAPPING.includes(operation.step)) return null;
  let finished: RestoreResult | null = null;
  await atWork(
    config,
    onStep,
    async () => {},
    (result) => {
      finished = result;
    },
  );
  return finished;
}

/** Takes the place and the Redis of the installation, finishes or removes what was broken off, and then works. */
async function atWork<T>(
  config: Config,
  onStep: OnStep,
  run: (work: Work, began: number) => Promise<T>,
  onResumed: (result: RestoreResult) => void = () => {},
): Promise<T> {
  const began = performance.now();
  const place = await openPlace(config);
  let tell: Tell | null = null;
  try {
    tell = (config.redisUrl ?? config.redisCacheUrl) ? await openTell(config) : null;
    const state = await readJournal(config.dataDir);
    const idle = newOperation(place, { kind: 'restore', id: newOperationId(), set: null, step: 'prepare' });
    const work: Work = { config, place, tell, state, onStep, operation: state.operation ?? idle };
    if (state.operation) {
      if (SWAPPING.includes(state.operation.step))
        onResumed({ ...(await finish(work, began)), resumed: true });
      else await removeUnfinished(work, state.operation);
    }
    return await run(work, began);
  } finally {
    await tell?.close();
    await place.close();
  }
}

async function removeUnfinished(work: Work, { incoming }: Operation): Promise<void> {
  await work.place.remove(incoming);
  work.state = { ...work.state, operation: null };
  await writeJournal(work.config.dataDir, work.state);
}

async function finish(work: Work, began: number): Promise<RestoreResult> {
  const { kind, set } = work.operation;
  const outageMs = await putInPlace(work);
  const seconds = (performance.now() - began) / 1000;
  return { kind, set, outageMs, seconds, kept: work.state.kept, resumed: false };
}

function newOperation(place: Place, what: Pick<Operation, 'kind' | 'id' | 'set' | 'step'>): Operation {
  return { ...what, ...place.names(what.id), identity: null, startedAt: new Date().toISOString() };
}

/** Refuses a set of a newer version before anything is made for it. */
function refuseNewer(set: Pick<OpenSet, 'version' | 'name'>, { version }: Pick<Product, 'version'>): void {
  if (!gt(set.version, version)) return;
  throw appError(
    'set-newer',
    409,
    `Set ${set.name} was made by version ${set.version}, and this is ${version}.`,
    {
      remedy: 'Use that version or a newer one.',
    },
  );
}

/** What the disk of a PostgreSQL server has free nobody can ask it; the data directory's can be looked at. */
async function refuseWithoutRoom({ dataDir }: Config, set: OpenSet, { runtime }: Place): Promise<void> {
  const { bavail, bsize } = await statfs(dataDir);
  const free = bavail * bsize;
  const needed = runtime === 'embedded' ? set.bytes * 2 : set.bytes;
  if (free >= needed) return;
  const megabytes = (bytes: number): number => Math.ceil(bytes / 1_000_000);
  throw appError(
    'disk-full',
    409,
    `${dataDir} has ${megabytes(free)} MB free, and the restore needs about ${megabytes(needed)} MB.`,
    { remedy: 'Make room; the old state stays until it is forgotten.' },
  );
}

function nothingKept(): Error {
  return appError('nothing-kept', 404, 'No state was put aside that could be brought back.', {
    remedy: 'What a restore put aside is kept until the next one or `restore --forget`.',
  });
}
