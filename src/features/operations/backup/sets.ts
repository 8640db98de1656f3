import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { AppError, appError } from '#platform/errors/index.ts';
import { damaged } from './age.ts';
import { type Manifest, parseManifest } from './manifest.ts';
import { readPart } from './parts.ts';
import { checkSeal } from './seal.ts';
import { isSetName, PARTIAL } from './set-folder.ts';
import { unpackUploads } from './uploads.ts';
import { readVerification, VERIFICATION_FILE, type Verification } from './verification.ts';

const MANIFEST_FILE = 'manifest.json';

/** What can be said of a folder without the key. */
export interface SetSummary {
  name: string;
  /** `whole`: every part is there in its size. `partial`: it was never finished. `foreign`: it is no set. */
  state: 'whole' | 'partial' | 'foreign' | 'damaged';
  /** Why it is not whole. */
  problem: string | null;
  takenAt: string | null;
  /** What it was made before, if it is a safety set. */
  madeBefore: NonNullable<Manifest['madeBefore']> | null;
  version: string | null;
  bytes: number;
  rows: number;
  encrypted: boolean;
  verification: Verification | null;
}

/** Every folder that may be a set, the oldest first; what is none is told as such. */
export async function listSets(folder: string): Promise<SetSummary[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return Promise.all(names.sort().map((name) => summarize(folder, name)));
}

async function summarize(folder: string, name: string): Promise<SetSummary> {
  const path = join(folder, name);
  try {
    const { manifest } = await readManifest(path, name);
    await requireParts(path, manifest);
    return {
      ...summaryOf(manifest),
      name,
      state: 'whole',
      problem: null,
      verification: await readVerification(path),
    };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const state = STATES[error.code] ?? 'damaged';
    const nothing = { takenAt: null, madeBefore: null, version: null, bytes: 0, rows: 0, encrypted: false };
    return { name, state, problem: error.message, ...nothing, verification: null };
  }
}

const STATES: Record<string, SetSummary['state']> = {
  'backup-partial': 'partial',
  'backup-foreign': 'foreign',
};

function summaryOf(
  manifest: Manifest,
): Pick<SetSummary, 'takenAt' | 'madeBefore' | 'version' | 'bytes' | 'rows' | 'encrypted'> {
  return {
    takenAt: manifest.takenAt,
    madeBefore: manifest.madeBefore ?? null,
    version: manifest.version,
    bytes: Object.values(manifest.parts).reduce((sum, { size }) => sum + size, 0),
    rows: manifest.tables.reduce((sum, { rows }) => sum + rows, 0),
    encrypted: manifest.recipients.length > 0,
  };
}

/** A set whose manifest is the one that was sealed, and whose parts are there in their sizes. */
export interface OpenSet {
  readonly folder: string;
  readonly name: string;
  readonly manifest: Manifest;
  readonly takenAt: string;
  readonly version: string;
  readonly migrations: Manifest['migrations'];
  readonly tables: Manifest['tables'];
  readonly sequences: Manifest['sequences'];
  /** What its contents take when they are unpacked. */
  readonly bytes: number;
  /**
   * A table's rows as COPY gives them, each piece to be used until the next one is asked for. Throws if the part is
   * damaged, at its end at the latest.
   */
  read(table: string): AsyncIterable<Uint8Array>;
  /** Any part by its name in the manifest. */
  readPart(part: string): AsyncIterable<Uint8Array>;
  /** Puts the uploads into a folder that is there; leaves what is there. Returns how many. */
  unpackFiles(directory: string): Promise<number>;
  /** The keys that stored secrets are encrypted with, the present one first. */
  secretKeys(): Promise<string[]>;
}

/**
 * Opens the set in a folder. Throws AppError `backup-missing`, `backup-partial`, `backup-foreign`, `backup-newer`,
 * `backup-manifest-damaged`, `backup-part-damaged`, `backup-identity-missing` or `backup-identity-wrong`.
 */
export async function openSet(path: string, identities: readonly string[]): Promise<OpenSet> {
  const { manifest, bytes } = await readManifest(path, nameOf(path));
  const encrypted = manifest.recipients.length > 0;
  if (encrypted && identities.length === 0) throw identityMissing(manifest.name);
  await checkSeal(path, bytes, { manifest, identities });
  await requireParts(path, manifest);
  const borrow = (name: string): AsyncIterable<Uint8Array> => {
    const stored = manifest.parts[name];
    if (!stored) throw damaged(name, 'the manifest does not name it');
    return readPart({ folder: path, name, stored, identities, encrypted });
  };
  const part = (name: string): AsyncIterable<Uint8Array> => copied(borrow(name));
  const { name, takenAt, version, migrations, tables, sequences, files } = manifest;
  return {
    ...{ folder: path, name, manifest, takenAt, version, migrations, tables, sequences },
    bytes: tables.reduce((sum, table) => sum + table.bytes, files.bytes),
    readPart: part,
    read(wanted) {
      const table = tables.find((each) => each.name === wanted);
      if (!table) throw damaged(wanted, 'the set has no such table');
      return borrow(table.part);
    },
    unpackFiles: async (directory) => (await unpackUploads(part(files.part), files.part, directory)).count,
    secretKeys: async () => parseKeys(await readAll(part(manifest.keys)), manifest.keys),
  };
}

async function* copied(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) yield Buffer.from(piece);
}

export async function readAll(content: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of content) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

function parseKeys(text: string, part: string): string[] {
  const { secretKeys } = JSON.parse(text) as { secretKeys?: unknown };
  if (!Array.isArray(secretKeys) || !secretKeys.every((key) => typeof key === 'string')) {
    throw damaged(part, 'it does not hold the keys');
  }
  return secretKeys;
}

/** Finds a set by its name, or the newest whole one if none is given; a safety set has to be named. */
export async function findSet(folder: string, name?: string): Promise<string> {
  if (name !== undefined) {
    if (!isSetName(name.replace(PARTIAL, ''))) throw missing(name);
    return join(folder, name);
  }
  const newest = (await listSets(folder)).filter(isOrdinary).at(-1);
  if (!newest) throw missing('A whole set');
  return join(folder, newest.name);
}

/** Whole, and not what was saved before something that may have been a mistake. */
export const isOrdinary = ({ state, madeBefore }: SetSummary): boolean =>
  state === 'whole' && madeBefore === null;

/** Removes a set, its manifest first: what is cut short is then no set any more. */
export async function removeSet(folder: string, name: string): Promise<void> {
  if (!isSetName(name)) throw missing(name);
  await rm(join(folder, name, MANIFEST_FILE), { force: true });
  await rm(join(folder, name), { recursive: true, force: true });
}

async function readManifest(path: string, name: string): Promise<{ manifest: Manifest; bytes: Buffer }> {
  if (name.endsWith(PARTIAL)) throw partial(name);
  const found = await stat(path).catch(() => undefined);
  if (!found?.isDirectory()) throw missing(name);
  const bytes = await readFile(join(path, MANIFEST_FILE)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    throw isSetName(name) ? partial(name) : foreign(name);
  });
  return { manifest: parseManifest(bytes, name), bytes };
}

/** Every part that the manifest names, and no file beside them. */
async function requireParts(path: string, manifest: Manifest): Promise<void> {
  for (const [name, { size }] of Object.entries(manifest.parts)) {
    const found = await stat(join(path, name)).catch(() => undefined);
    if (!found) throw damaged(name, 'it is not there');
    if (found.size !== size) throw damaged(name, `it has ${found.size} bytes instead of ${size}`);
  }
  const known = new Set([...Object.keys(manifest.parts), MANIFEST_FILE, manifest.seal, VERIFICATION_FILE]);
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((each) => !each.isDirectory())) {
    const name = relative(path, join(entry.parentPath, entry.name)).split(sep).join('/');
    if (!known.has(name)) throw damaged(name, 'it does not belong to the set');
  }
}

const nameOf = (path: string): string => path.split(sep).at(-1) ?? path;

function missing(name: string): Error {
  return appError('backup-missing', 404, `${name} is not there.`, {
    remedy: '`commandcenter backup list` shows the sets.',
  });
}

function partial(name: string): Error {
  return appError('backup-partial', 409, `${name} was never finished.`, {
    remedy: 'Use another set; this one is removed by the next backup.',
  });
}

function foreign(name: string): Error {
  return appError('backup-foreign', 409, `${name} is not a backup of CommandCenter.`, {
    remedy: 'Name a folder that `commandcenter backup create` has made.',
  });
}

function identityMissing(name: string): Error {
  return appError('backup-identity-missing', 409, `${name} is encrypted, and no identity is set.`, {
    remedy: 'Set BACKUP_IDENTITY, or BACKUP_IDENTITY_FILE to the file that holds it.',
  });
}
