import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '#platform/config/index.ts';
import { createScratch, type Scratch, type ScratchPlace } from '#platform/database/index.ts';
import { newId } from '#platform/ids/index.ts';
import { damaged } from './age.ts';
import type { Progress } from './create-set.ts';
import { identitiesOf } from './encryption.ts';
import { compareScratch, fillScratch } from './fill-scratch.ts';
import { measureFile } from './parts.ts';
import { checkReading } from './read-checks.ts';
import { explainWriting } from './set-folder.ts';
import { type OpenSet, openSet, readAll } from './sets.ts';
import { countUploads } from './uploads.ts';
import { type Verification, writeVerification } from './verification.ts';

export interface VerifyInput {
  config: Config;
  /** Of the product. */
  version: string;
  /** The set. */
  folder: string;
  /** A prepared embedded database to begin from; see createTemplate. */
  template?: string | undefined;
  report?: Progress | undefined;
  signal?: AbortSignal | undefined;
}

const SCRATCH = 'verify-';

/**
 * Restores a set into a scratch database, compares everything, reads it as the product does, and writes down how it
 * went. Throws what is wrong with the set; that is written down too, unless it is that nobody has the key.
 */
export async function verifySet(input: VerifyInput): Promise<Verification> {
  const steps: Verification['steps'] = [];
  const step = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const begin = performance.now();
    input.report?.(name, 0, 1);
    input.signal?.throwIfAborted();
    const result = await work();
    steps.push({ name, seconds: (performance.now() - begin) / 1000 });
    return result;
  };
  const about = {
    at: new Date().toISOString(),
    version: input.version,
    runtime: input.config.databaseUrl === undefined ? ('embedded' as const) : ('server' as const),
    steps,
  };
  const counted = { tables: 0, rows: 0, uploads: 0 };
  try {
    const set = await step('open', () => openSet(input.folder, identitiesOf(input.config)));
    counted.tables = set.tables.length;
    counted.rows = set.tables.reduce((sum, { rows }) => sum + rows, 0);
    await step('hashes', () => checkHashes(set));
    await step('keys', () => checkSmallParts(set));
    counted.uploads = await step('uploads', () => checkUploads(set));
    await restore(input, set, step);
    const verification = {
      ...about,
      held: true,
      problem: null,
      recoverySeconds: recoveryOf(steps),
      ...counted,
    };
    await writeVerification(input.folder, verification);
    return verification;
  } catch (error) {
    if (!saysNothing(error, input.signal)) {
      const problem = error instanceof Error ? error.message : String(error);
      await writeVerification(input.folder, {
        ...about,
        held: false,
        problem,
        recoverySeconds: 0,
        ...counted,
      });
    }
    throw explainWriting(error, input.folder);
  }
}

type Step = <T>(name: string, work: () => Promise<T>) => Promise<T>;

async function restore(input: VerifyInput, set: OpenSet, step: Step): Promise<void> {
  const { report, signal } = input;
  let scratch: Scratch | undefined;
  try {
    const place = await scratchPlace(input);
    const made = await step('scratch', () => createScratch(place, set.migrations));
    scratch = made;
    await step('restore', () => fillScratch(made, set, { report, signal }));
    await step('compare', () => compareScratch(made, set, { report, signal }));
    await step('migrate', () => made.migrate());
    await made.close();
    await step('read', () => checkReading(made.options));
  } finally {
    await scratch?.drop();
  }
}

/** What a recovery waits for: comparing is for the verification alone. */
const RECOVERY = new Set(['open', 'keys', 'uploads', 'scratch', 'restore', 'migrate', 'read']);

function recoveryOf(steps: Verification['steps']): number {
  return steps.reduce((sum, { name, seconds }) => sum + (RECOVERY.has(name) ? seconds : 0), 0);
}

async function checkHashes({ folder, manifest }: OpenSet): Promise<void> {
  for (const [name, stored] of Object.entries(manifest.parts)) {
    const found = await measureFile(join(folder, name));
    if (found.sha256 !== stored.sha256)
      throw damaged(name, 'its SHA-256 is not the one that the manifest names');
  }
}

async function checkSmallParts(set: OpenSet): Promise<void> {
  await set.secretKeys();
  JSON.parse(await readAll(set.readPart(set.manifest.configuration)));
}

async function checkUploads({ manifest: { files }, readPart }: OpenSet): Promise<number> {
  const found = await countUploads(readPart(files.part), files.part);
  if (found.count === files.count && found.bytes === files.bytes) return found.count;
  throw damaged(files.part, `it holds ${found.count} uploads instead of ${files.count}`);
}

/** A place of its own; what a verification that was killed has left in the folder goes first. */
async function scratchPlace({ config, template }: VerifyInput): Promise<ScratchPlace> {
  const id = newId().slice(-12);
  if (config.databaseUrl !== undefined) {
    const name = decodeURIComponent(new URL(config.databaseUrl).pathname.slice(1));
    return {
      server: { url: config.databaseUrl, settings: config },
      database: `${name.slice(0, 40)}_verify_${id}`,
    };
  }
  for (const name of await readdir(config.dataDir)) {
    if (!name.startsWith(SCRATCH) || isOfThisProcess(name)) continue;
    await rm(join(config.dataDir, name), { recursive: true, force: true });
  }
  return { directory: join(config.dataDir, `${SCRATCH}${process.pid}-${id}`), template };
}

const isOfThisProcess = (name: string): boolean => name.startsWith(`${SCRATCH}${process.pid}-`);

/** Whether a failure is about the key, the room or the moment, and not about the set. */
function saysNothing(error: unknown, signal: AbortSignal | undefined): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return signal?.aborted === true || !code.startsWith('backup-') || NOT_THE_SET.has(code);
}

const NOT_THE_SET = new Set(['backup-identity-missing', 'backup-missing', 'backup-schema-unknown']);
