import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Config, visibleConfig } from '#platform/config/index.ts';
import { createContentMeter, type Snapshot, type TableShape } from '#platform/database/index.ts';
import { secretKeysInForce } from '#platform/secrets/index.ts';
import { recipientsOf } from './encryption.ts';
import { type Manifest, writeManifest } from './manifest.ts';
import { type StoredPart, writePart } from './parts.ts';
import { writeSeal } from './seal.ts';
import {
  backupFolder,
  backupRunning,
  explainWriting,
  lockBackups,
  newSetName,
  PARTIAL,
  prepareFolder,
  removePartials,
  renameWhole,
  requireSpace,
} from './set-folder.ts';
import { lockSnapshot, selectUploadKeys } from './snapshot-store.ts';
import { writeTar } from './tar.ts';
import { type HeldUploads, holdUploads } from './uploads.ts';

const LEAST_WORK_MS = 4;
const REST_TO_WORK = 2;
/** What takes long is a wait for something else, after which nobody has to be let through. */
const MOST_REST_MS = 50;

/** What is being done, for whoever waits: `tables`, 3 of 20. */
export type Progress = (step: string, done: number, total: number) => void;

export interface CreateInput {
  config: Config;
  /** Of the product. */
  version: string;
  /** Opens the snapshot; called when uploads are held. */
  takeSnapshot(): Promise<Snapshot>;
  /** Makes a safety set, which retention leaves alone. */
  madeBefore?: NonNullable<Manifest['madeBefore']>;
  /** An open set, which anybody can read. */
  plain?: boolean;
  /** Where people are answered meanwhile: they go first. */
  unhurried?: boolean;
  report?: Progress | undefined;
  signal?: AbortSignal | undefined;
}

export interface CreatedSet {
  name: string;
  folder: string;
  manifest: Manifest;
  bytes: number;
  seconds: number;
}

/**
 * Makes a set: whole under its name or not there at all. Throws AppError `backup-running`, `backup-no-space`, `backup-denied`, or
 * `config-invalid` if nobody is named whom it is encrypted for.
 */
export async function createSet(input: CreateInput): Promise<CreatedSet> {
  const { config, plain = false } = input;
  const begin = performance.now();
  const recipients = plain ? [] : await recipientsOf(config);
  const folder = backupFolder(config);
  let lock: Awaited<ReturnType<typeof lockBackups>> | undefined;
  try {
    await prepareFolder(folder);
    lock = await lockBackups(folder);
    const made = await holding(input, (uploads, snapshot) =>
      fill(input, { folder, recipients, uploads, snapshot }),
    );
    return { ...made, seconds: (performance.now() - begin) / 1000 };
  } catch (error) {
    throw explainWriting(error, folder);
  } finally {
    await lock?.release();
  }
}

/** Runs `work` on a snapshot while every upload that it names is held. */
async function holding<T>(
  input: CreateInput,
  work: (uploads: HeldUploads, snapshot: Snapshot) => Promise<T>,
): Promise<T> {
  const uploads = await holdUploads(input.config.dataDir);
  let snapshot: Snapshot | undefined;
  try {
    await uploads.hold();
    input.report?.('snapshot', 0, 1);
    snapshot = await input.takeSnapshot();
    // The lock of the folder is not seen from another container.
    if (!(await lockSnapshot(snapshot))) throw backupRunning();
    await uploads.removeOthers();
    await uploads.hold();
    return await work(uploads, snapshot);
  } finally {
    await snapshot?.close();
    await uploads.release();
  }
}

interface Filling {
  folder: string;
  recipients: string[];
  uploads: HeldUploads;
  snapshot: Snapshot;
}

async function fill(input: CreateInput, filling: Filling): Promise<Omit<CreatedSet, 'seconds'>> {
  const { folder, recipients, uploads, snapshot } = filling;
  await removePartials(folder);
  const name = newSetName(new Date(snapshot.takenAt));
  const partial = join(folder, `${name}${PARTIAL}`);
  const selected = await uploads.select(await selectUploadKeys(snapshot));
  const uploadBytes = selected.entries.reduce((sum, { size }) => sum + size, 0);
  await requireSpace(folder, snapshot.approximateBytes + uploadBytes);
  await mkdir(partial, { mode: 0o700 });
  try {
    const parts: Record<string, StoredPart> = {};
    const suffix = recipients.length > 0 ? '.age' : '';
    const write = async (path: string, content: AsyncIterable<Uint8Array>): Promise<string> => {
      input.signal?.throwIfAborted();
      parts[path] = await writePart(join(partial, path), content, recipients);
      return path;
    };
    const tables = await writeTables(input, snapshot, (table, content) =>
      write(`tables/${table.name}.copy.zst${suffix}`, content),
    );
    input.report?.('uploads', 0, selected.entries.length);
    const manifest = writeManifest({
      name,
      takenAt: snapshot.takenAt,
      ...(input.madeBefore ? { madeBefore: input.madeBefore } : {}),
      version: input.version,
      runtime: snapshot.runtime,
      postgres: snapshot.serverVersion,
      migrations: snapshot.catalog.migrations,
      tables,
      sequences: snapshot.catalog.sequences,
      files: {
        part: await write(`files.tar.zst${suffix}`, writeTar(fromArray(selected.entries))),
        count: selected.entries.length,
        bytes: uploadBytes,
        missing: selected.missing,
      },
      configuration: await write(`configuration.json.zst${suffix}`, json(visibleConfig(input.config))),
      keys: await write(`keys.json.zst${suffix}`, json({ secretKeys: secretKeys(input.config) })),
      seal: `manifest.sha256${suffix}`,
      parts,
      recipients,
    });
    await writeSeal(join(partial, `manifest.sha256${suffix}`), manifest, recipients);
    await writeFile(join(partial, 'manifest.json'), manifest, { mode: 0o600, flag: 'wx', flush: true });
    await renameWhole(partial, join(folder, name));
    const bytes = Object.values(parts).reduce((sum, { size }) => sum + size, manifest.length);
    return { name, folder: join(folder, name), manifest: JSON.parse(manifest.toString()) as Manifest, bytes };
  } catch (error) {
    // Where that can't be done either the next backup does it.
    await rm(partial, { recursive: true, force: true }).catch(() => {});
    throw error;
  }
}

async function writeTables(
  { report, unhurried = false }: CreateInput,
  snapshot: Snapshot,
  write: (table: TableShape, content: AsyncIterable<Uint8Array>) => Promise<string>,
): Promise<Manifest['tables']> {
  const tables: Manifest['tables'] = [];
  const rest = unhurried ? createRest() : async () => {};
  for (const table of snapshot.catalog.tables) {
    report?.('tables', tables.length, snapshot.catalog.tables.length);
    const meter = createContentMeter();
    const metered = async function* (): AsyncGenerator<Buffer> {
      for await (const piece of snapshot.read(table)) {
        meter.add(piece);
        yield piece;
        await rest();
      }
    };
    const part = await write(table, metered());
    tables.push({ ...table, part, ...meter.result() });
  }
  return tables;
}

/**
 * Rests between two pieces, so that a set needs a third of what the host could give and requests of people find a
 * processor that is free.
 */
function createRest(): () => Promise<void> {
  let began = performance.now();
  return async () => {
    const worked = performance.now() - began;
    if (worked < LEAST_WORK_MS) return;
    await sleep(Math.min(worked * REST_TO_WORK, MOST_REST_MS));
    began = performance.now();
  };
}

function secretKeys({ dataDir, secretKey, previousSecretKeys }: Config): string[] {
  return secretKeysInForce(dataDir, secretKey, previousSecretKeys);
}

async function* json(value: unknown): AsyncGenerator<Buffer> {
  yield Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
}

async function* fromArray<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}
