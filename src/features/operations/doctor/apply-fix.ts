import { randomBytes } from 'node:crypto';
import { chmod, chown, lstat, mkdir, open, readFile, rename, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { appError } from '#platform/errors/index.ts';
import { secretFiles } from '../environment/secret-files.ts';
import { withVariable } from './environment-file.ts';
import type { Fix } from './finding.ts';

/** Takes a change back. */
export type Undo = () => Promise<void>;

/** The change in the words of a shell, for who is asked whether it may be made. */
export function describeFix(fix: Fix): string {
  switch (fix.kind) {
    case 'set-mode':
      return `chmod ${fix.mode.toString(8)} ${fix.path}`;
    case 'set-owner':
      return `chown ${fix.uid}:${fix.gid} ${fix.path}`;
    case 'trim':
      return `remove white space around the value in ${fix.path}`;
    case 'unix-lines':
      return `give ${fix.path} Unix line ends`;
    case 'make-folder':
      return `mkdir -m ${fix.mode.toString(8)} ${fix.path}`;
    case 'make-secret':
      return fix.copyOf ? `make ${fix.path} from ${fix.copyOf}` : `make a new secret in ${fix.path}`;
    case 'set-variable':
      return `set ${fix.name}=${fix.value} in ${fix.path}`;
    case 'remove-file':
      return `rm ${fix.path}`;
    case 'ignore-in-git':
      return `add ${fix.lines.join(', ')} to ${fix.path}`;
  }
}

/** Makes a change, after a look that what it is about is still what it was. Returns how it is taken back. */
export async function applyFix(fix: Fix): Promise<Undo> {
  switch (fix.kind) {
    case 'set-mode': {
      const { mode } = await lookAt(fix.path);
      await chmod(fix.path, fix.mode);
      return () => chmod(fix.path, mode & 0o7777);
    }
    case 'set-owner': {
      const { uid, gid } = await lookAt(fix.path);
      await chown(fix.path, fix.uid, fix.gid);
      return () => chown(fix.path, uid, gid);
    }
    case 'make-folder':
      await mkdir(fix.path, { mode: fix.mode });
      await likeParent(fix.path);
      await chmod(fix.path, fix.mode);
      return () => rmdir(fix.path);
    case 'make-secret':
      return makeSecret(fix);
    case 'remove-file':
      return removeLock(fix);
    case 'trim':
      return rewrite(fix.path, (text) => text.trim());
    case 'unix-lines':
      return rewrite(fix.path, (text) => text.replaceAll('\r\n', '\n'));
    case 'set-variable':
      return rewrite(fix.path, (text) => withVariable(text, fix.name, fix.value));
    case 'ignore-in-git':
      return rewrite(fix.path, (text) => addLines(text, fix.lines), 0o644);
  }
}

/** Never through a link, which could lead anywhere. */
async function lookAt(path: string) {
  const found = await lstat(path);
  if (found.isFile() || found.isDirectory()) return found;
  throw appError('doctor-refused', 409, `${path} is a link or something else that the doctor leaves alone.`);
}

const isRoot = (): boolean => process.getuid?.() === 0;

/** What root makes in somebody's folder belongs to that person. */
async function likeParent(path: string): Promise<void> {
  if (!isRoot()) return;
  const { uid, gid } = await lstat(dirname(path));
  await chown(path, uid, gid);
}

/** Replaces a file whole, with the mode and owner that it has; makes it if `newMode` says so. */
async function rewrite(path: string, change: (text: string) => string, newMode?: number): Promise<Undo> {
  const present = await lstat(path).catch(() => null);
  if (!present && newMode !== undefined) {
    await replace(path, change(''), { mode: newMode });
    await likeParent(path);
    return () => rm(path);
  }
  const { mode, uid, gid } = await lookAt(path);
  const before = await readFile(path, 'utf8');
  const like = { mode: mode & 0o7777, uid, gid };
  await replace(path, change(before), like);
  return () => replace(path, before, like);
}

/** After a crash the file holds the old or the new text, whole. */
async function replace(
  path: string,
  text: string,
  like: { mode: number; uid?: number; gid?: number },
): Promise<void> {
  const partial = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}`);
  try {
    const file = await open(partial, 'wx', 0o600);
    try {
      await file.writeFile(text);
      // Who isn't root owns it already, or may not change it at all.
      if (isRoot() && like.uid !== undefined && like.gid !== undefined) await file.chown(like.uid, like.gid);
      await file.chmod(like.mode);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

const EVERYBODY_INSIDE = 0o444;

async function makeSecret({ path, reader, copyOf }: Fix & { kind: 'make-secret' }): Promise<Undo> {
  const present = await lstat(path).catch(() => null);
  const before = present === null ? '' : await readFile(path, 'utf8');
  if (before.trim() !== '') throw appError('doctor-refused', 409, `${path} holds a secret by now.`);
  const read = async (name: string): Promise<string> => {
    const value = (await readFile(join(dirname(path), name), 'utf8')).trim();
    if (value === '') throw appError('doctor-refused', 409, `${name} is empty, and ${path} is made from it.`);
    return value;
  };
  const made = secretFiles.find(({ name }) => name === basename(path));
  const value = copyOf ? await read(basename(copyOf)) : await made?.make(read);
  if (value === undefined) throw appError('doctor-refused', 409, `Nobody knows how ${path} is made.`);
  const own = reader === undefined || reader === process.getuid?.() || isRoot();
  const owner = isRoot() && reader !== undefined ? { uid: reader, gid: reader } : {};
  await replace(path, value, { mode: own ? 0o600 : EVERYBODY_INSIDE, ...owner });
  if (!present) return () => rm(path);
  const { mode, uid, gid } = present;
  return () => replace(path, before, { mode: mode & 0o7777, uid, gid });
}

/** Only if it is still the lock of the process that has ended. */
async function removeLock({ path, content }: Fix & { kind: 'remove-file' }): Promise<Undo> {
  const { mode, uid, gid } = await lookAt(path);
  if ((await readFile(path, 'utf8')) !== content) {
    throw appError('doctor-refused', 409, `${path} was taken by another process meanwhile.`);
  }
  await rm(path);
  return () => replace(path, content, { mode: mode & 0o7777, uid, gid });
}

function addLines(text: string, lines: readonly string[]): string {
  const present = new Set(text.split('\n').map((line) => line.trim()));
  const missing = lines.filter((line) => !present.has(line));
  const begin = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  return `${begin}${missing.map((line) => `${line}\n`).join('')}`;
}
