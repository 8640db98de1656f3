import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '#platform/config/index.ts';
import { createScratch, type Database, openDatabase } from '#platform/database/index.ts';
import { createSecrets, type EncryptedColumn, rotateSecrets } from '#platform/secrets/index.ts';
import { compareScratch, fillScratch, type OpenSet } from '../backup/index.ts';
import { dropIndex } from './drop-index.ts';
import { type Operation, type RestoreState, type Step, writeJournal } from './journal.ts';
import type { Place } from './place.ts';
import type { Tell } from './tell-processes.ts';

/** What the product's other parts lend: none of them is known to a feature. */
export interface Product {
  version: string;
  /** Columns that hold secrets encrypted with SECRET_KEY. */
  encryptedColumns: readonly EncryptedColumn[];
  /** Makes the job queue's tables, queues and schedules, which no set holds. */
  prepareQueue(database: Database): Promise<void>;
}

/** Told of each step when it has been written down and is not done yet. */
export type OnStep = (step: Step) => void;

export interface Work {
  config: Config;
  place: Place;
  tell: Tell | null;
  state: RestoreState;
  operation: Operation;
  onStep: OnStep;
}

/** Writes the step down; what comes after this call is of that step. */
export async function enter(work: Work, step: Step): Promise<void> {
  work.operation = { ...work.operation, step };
  work.state = { ...work.state, operation: work.operation };
  await writeJournal(work.config.dataDir, work.state);
  work.onStep(step);
}

/** Makes the restored database beside the living one, which is not touched. */
export async function fill(work: Work, set: OpenSet, product: Product): Promise<void> {
  const { config, place, operation } = work;
  await enter(work, 'prepare');
  await place.remove(operation.incoming);
  const scratch = await createScratch(await place.scratch(operation.incoming), set.migrations);
  try {
    await enter(work, 'load');
    await fillScratch(scratch, set);
    await enter(work, 'compare');
    await compareScratch(scratch, set);
    await enter(work, 'upgrade');
    await scratch.migrate();
    await scratch.close();
  } catch (error) {
    await scratch.drop().catch(() => {});
    throw error;
  }
  const database = await openDatabase(scratch.options);
  try {
    await product.prepareQueue(database);
    await encryptAnew(database, config, await set.secretKeys(), product);
    // What ran when the set was made runs nowhere: it begins again.
    await database.ownerQuery("update jobs set heartbeat_at = 'epoch' where state = 'running'");
    await database.ownerQuery('delete from workers');
    // A server has it in its log by now; the embedded database's files are what is put in place.
    if (place.runtime === 'embedded') await database.ownerQuery('checkpoint');
  } finally {
    await database.close();
  }
}

/** A set may be of a time when another key was in use; the living keys stay as they are. */
async function encryptAnew(
  database: Database,
  { dataDir, secretKey, previousSecretKeys }: Config,
  keys: readonly string[],
  { encryptedColumns }: Product,
): Promise<void> {
  const secrets = createSecrets(dataDir, secretKey, [...previousSecretKeys, ...keys]);
  await rotateSecrets(database, secrets, encryptedColumns);
}

/** Uploads have names that are never used twice, so they go beside those that are there. */
export async function placeFiles(work: Work, set: OpenSet): Promise<void> {
  await enter(work, 'files');
  const directory = join(work.config.dataDir, 'files');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await set.unpackFiles(directory);
}

/**
 * Puts the incoming database in the place of the living one, and goes on where a killed process has stopped.
 * Resolves with the outage in ms.
 */
export async function putInPlace(work: Work): Promise<number> {
  const { config, place, tell, operation } = work;
  const { incoming, outgoing } = operation;
  const identity = operation.identity ?? (await place.identify(incoming));
  work.operation = { ...operation, identity };
  await enter(work, 'aside');
  const outage = await place.swap({
    incoming,
    outgoing,
    identity,
    async whileClosed() {
      await enter(work, 'place');
      await dropIndex(config.dataDir);
      await tell?.forget();
    },
  });
  await enter(work, 'record');
  await record(work);
  return outage;
}

/** What is kept from now on is what was put aside just now; the one before it goes. */
async function record(work: Work): Promise<void> {
  const { config, place, state, operation } = work;
  const { kind, id, set, startedAt, incoming, outgoing } = operation;
  const before = state.kept;
  if (before && before.name !== incoming && before.name !== outgoing) await place.remove(before.name);
  const now = new Date().toISOString();
  work.state = {
    operation: null,
    kept: (await place.isThere(outgoing)) ? { id, name: outgoing, keptAt: now } : null,
    history: [{ kind, id, set, startedAt, endedAt: now }, ...state.history],
  };
  await writeJournal(config.dataDir, work.state);
}
