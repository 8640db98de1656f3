import { chmod, chown, lstat, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type FolderFile, folders } from './folder-files.ts';

/** Where what is made lies until all of it is there. */
export interface Stage {
  folder: string;
  /** The production folder, if it is there already. */
  present: string | undefined;
  /** Who runs the installation: owns everything that no container reads as a user of its own. */
  operator: { uid: number; gid: number };
}

export interface Staged {
  made: string[];
  left: string[];
  /** Of these, files of another version, or edited ones. */
  differing: string[];
  /** Secrets that could not be given to the user who reads them, and are readable in a closed folder instead. */
  readable: string[];
}

const OWNER_ONLY = 0o600;
const EVERYBODY_INSIDE = 0o444;

/** Writes those of `files` that the production folder lacks into the stage, in their order. */
export async function stageFiles(stage: Stage, files: readonly FolderFile[]): Promise<Staged> {
  const staged: Staged = { made: [], left: [], differing: [], readable: [] };
  for (const { path, mode } of folders) await makeFolder(join(stage.folder, path), mode, stage.operator);
  for (const file of files) {
    if (stage.present !== undefined && (await exists(join(stage.present, file.path)))) {
      staged.left.push(file.path);
      if (file.ships && (await differs(join(stage.present, file.path), file)))
        staged.differing.push(file.path);
      continue;
    }
    const target = join(stage.folder, file.path);
    // Closed from the first moment; opened afterwards where that is meant.
    await writeFile(target, await file.content(), { mode: OWNER_ONLY, flag: 'wx' });
    if (!(await handOver(target, file, stage.operator))) staged.readable.push(file.path);
    staged.made.push(file.path);
  }
  return staged;
}

/** Moves what was staged into the production folder that is there already. */
export async function placeFiles(
  { folder, operator }: Stage,
  directory: string,
  made: string[],
): Promise<void> {
  for (const { path, mode } of folders.slice(1)) {
    if (!(await exists(join(directory, path)))) await makeFolder(join(directory, path), mode, operator);
  }
  for (const path of made) await rename(join(folder, path), join(directory, path));
}

/** Whether something stands there, a broken link included. */
export async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

async function differs(path: string, file: FolderFile): Promise<boolean> {
  return (await readFile(path, 'utf8')) !== (await file.content()).toString();
}

async function makeFolder(path: string, mode: number, operator: Stage['operator']): Promise<void> {
  await mkdir(path, { recursive: true, mode });
  if (isRoot()) await chown(path, operator.uid, operator.gid);
  await chmod(path, mode);
}

/** Gives a file to whoever reads it. False if that can't be done: then everybody inside the folder can read it. */
async function handOver(path: string, file: FolderFile, operator: Stage['operator']): Promise<boolean> {
  if (file.readBy === undefined) {
    if (isRoot()) await chown(path, operator.uid, operator.gid);
    await chmod(path, file.mode);
    return true;
  }
  const given = file.readBy === process.getuid?.() || (isRoot() && (await tryChown(path, file.readBy)));
  await chmod(path, given ? file.mode : EVERYBODY_INSIDE);
  return given;
}

/** Not even root may everywhere: a network share, or a user namespace that lacks the user. */
async function tryChown(path: string, user: number): Promise<boolean> {
  try {
    await chown(path, user, user);
    return true;
  } catch (error) {
    if (['EPERM', 'EINVAL', 'ENOTSUP'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

const isRoot = (): boolean => process.getuid?.() === 0;
