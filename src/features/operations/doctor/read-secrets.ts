import { lstat, readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Environment, settingVariables } from '#platform/config/index.ts';
import { secretFiles } from '../environment/secret-files.ts';
import type { ProductionFolder } from './production-folder.ts';
import type { Situation } from './situation.ts';

/** What is seen of one file that holds a secret. */
export interface SecretFacts {
  name: string;
  path: string;
  kind: 'key' | 'password' | 'users' | 'address';
  /** The user who has to read it; undefined if nobody in particular is known. */
  reader: number | undefined;
  /** `file`, or what stands in its place. */
  found: 'file' | 'missing' | 'folder' | 'unreadable';
  mode: number;
  uid: number;
  /** Null if it can't be read. It never leaves the checks. */
  content: string | null;
}

export interface SecretsFacts {
  /** The folder of the secrets; null where each secret stands where its variable says. */
  folder: { path: string; mode: number | null } | null;
  files: readonly SecretFacts[];
  /** Who runs the doctor. */
  uid: number | undefined;
  /** The whole folder around them is closed to others, so what is readable in it is so for its owner only. */
  enclosed: boolean;
  /** Something was encrypted or set up with the secrets: a new one would not fit it. Null if nobody can say. */
  inUse: boolean | null;
}

/** Reads the files of a production folder's secrets, or those that NAME_FILE names in the environment. */
export async function readSecrets(situation: Situation): Promise<SecretsFacts> {
  const { folder, environment, probes } = situation;
  const wanted = folder ? secretsOfFolder(folder) : secretsOfEnvironment(environment, probes.uid);
  const files = await Promise.all(wanted.map(readSecret));
  return {
    folder: folder ? { path: folder.secretsFolder, mode: await modeOf(folder.secretsFolder) } : null,
    files,
    uid: probes.uid,
    enclosed: folder ? await isEnclosed(folder) : false,
    inUse: files.some(isGone) ? await isInUse(situation) : null,
  };
}

export const isGone = ({ found, content }: SecretFacts): boolean =>
  found === 'missing' || (found === 'file' && content?.trim() === '');

type Wanted = Pick<SecretFacts, 'name' | 'path' | 'kind' | 'reader'>;

/** What the Compose files mount, or what `init` makes if they can't be read. */
function secretsOfFolder({ compose, secretsFolder }: ProductionFolder): Wanted[] {
  const used = new Set(Object.values(compose.services).flatMap(({ secrets }) => secrets));
  const paths = Object.entries(compose.secretPaths).filter(([name]) => used.has(name));
  const found =
    paths.length > 0
      ? paths.map(([, path]) => path)
      : secretFiles.map(({ name }) => join(secretsFolder, name));
  // What is made from another one stands after it, as in the list of `init`.
  const place = ({ name }: Wanted): number => secretFiles.findIndex((file) => file.name === name);
  const wanted = [...new Set(found)].map((path): Wanted => {
    const name = basename(path);
    const reader = secretFiles.find((file) => file.name === name)?.readBy;
    return { name, path, reader, kind: kindOf(name) };
  });
  return wanted.sort((a, b) => place(a) - place(b));
}

function secretsOfEnvironment(environment: Environment, uid: number | undefined): Wanted[] {
  return settingVariables().flatMap(({ name, secret }) => {
    const path = environment[`${name}_FILE`];
    return secret && path ? [{ name, path, reader: uid, kind: kindOf(name) }] : [];
  });
}

function kindOf(name: string): SecretFacts['kind'] {
  if (/^secret_key$/i.test(name)) return 'key';
  if (name.endsWith('.acl')) return 'users';
  return /_url$/i.test(name) ? 'address' : 'password';
}

async function readSecret(wanted: Wanted): Promise<SecretFacts> {
  const nothing = { ...wanted, mode: 0, uid: 0, content: null };
  try {
    const entry = await stat(wanted.path);
    if (entry.isDirectory()) return { ...nothing, found: 'folder' };
    const seen = { ...wanted, mode: entry.mode & 0o777, uid: entry.uid };
    const content = await readFile(wanted.path, 'utf8').catch(() => null);
    return { ...seen, content, found: content === null ? 'unreadable' : 'file' };
  } catch (error) {
    return {
      ...nothing,
      found: (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'missing' : 'unreadable',
    };
  }
}

async function modeOf(path: string): Promise<number | null> {
  const found = await lstat(path).catch(() => null);
  return found?.isDirectory() ? found.mode & 0o777 : null;
}

async function isEnclosed({ path, secretsFolder }: ProductionFolder): Promise<boolean> {
  const modes = await Promise.all([path, dirname(secretsFolder), secretsFolder].map(modeOf));
  return modes.some((mode) => mode !== null && (mode & 0o077) === 0);
}

/** Volumes, containers or a deploy of this installation. */
async function isInUse(situation: Situation): Promise<boolean | null> {
  const { folder } = situation;
  if (!folder) return null;
  const { engine, containers, volumes } = await situation.docker();
  const deployments = await readdir(join(folder.path, 'deployments')).catch(() => []);
  if (deployments.length > 0) return true;
  const ours = ({ project }: { project: string }): boolean => folder.projects.includes(project);
  if (engine === null) return null;
  return containers.some(ours) || volumes.some(ours);
}
