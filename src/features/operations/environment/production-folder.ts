import { chmod, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { AppError, appError } from '#platform/errors/index.ts';
import { parseEnvironment } from './env-file.ts';
import { folderFiles } from './folder-files.ts';
import { defaultProject, type FolderOptions, variablesOf } from './folder-options.ts';
import { exists, placeFiles, type Staged, stageFiles } from './stage-files.ts';

/** What `createProductionFolder` did. No secret is in it. */
export interface ProductionFolder {
  directory: string;
  project: string;
  publicUrl: string;
  /** Paths below the folder that were made now. */
  made: string[];
  /** Paths that were there and were left as they are. */
  left: string[];
  /** What the operator should know, in sentences. */
  notes: string[];
}

type Variables = Record<string, string>;
type Present = 'nothing' | 'empty' | 'installation';

const STAGE = '.init';
const CLOSED = 0o700;
const MARK = 'COMMANDCENTER_IMAGE';
const CERTIFICATE = ['edge/tls/fullchain.pem', 'edge/tls/privkey.pem'];

/**
 * Makes the folder that an installation is run from, or what is missing of it. Nothing that is there is changed.
 * Everything is made in a folder beside and moved to its place at the end, so it is there whole or not at all.
 * `images` are those of this version, which a new folder names if the options name none.
 */
export async function createProductionFolder(
  options: FolderOptions,
  images: { image: string; webImage: string },
): Promise<ProductionFolder> {
  const directory = resolve(options.directory);
  const given = variablesOf(options);
  const defaults = {
    ...variablesOf({ directory, ...images }),
    COMPOSE_PROJECT_NAME: defaultProject(directory),
    COMPOSE_FILE: 'docker-compose.yml:docker-compose.prod.yml',
  };
  try {
    const present = await lookAt(directory);
    const variables = await agreeWithPresent(directory, given, defaults);
    const staged = await makeMissing(directory, present, variables, options.selfSigned === true);
    return {
      directory,
      project: variables['COMPOSE_PROJECT_NAME'] ?? defaultProject(directory),
      publicUrl: publicUrlOf(variables),
      made: staged.made,
      left: staged.left,
      notes: await notesOn(directory, staged),
    };
  } catch (error) {
    throw explain(error, directory);
  }
}

/** What is in the place of the folder; refuses one that holds something else. */
async function lookAt(directory: string): Promise<Present> {
  const found = await stat(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (found === undefined) return 'nothing';
  if (!found.isDirectory()) {
    throw appError('folder-foreign', 409, `${directory} is not a folder.`, { remedy: 'Name another one.' });
  }
  const names = (await readdir(directory)).filter((name) => name !== STAGE);
  if (names.length === 0) return 'empty';
  for (const name of ['.env', 'docker-compose.yml']) {
    if (names.includes(name) && (await readFile(join(directory, name), 'utf8')).includes(MARK))
      return 'installation';
  }
  throw appError('folder-foreign', 409, `${directory} holds something that is no installation.`, {
    remedy: 'Name a folder that is empty or not there yet.',
  });
}

/** What the `.env` of the folder says, which what was given may not contradict: nothing that is there is changed. */
async function agreeWithPresent(
  directory: string,
  given: Variables,
  defaults: Variables,
): Promise<Variables> {
  const path = join(directory, '.env');
  if (!(await exists(path))) return { ...defaults, ...given };
  const present = parseEnvironment(await readFile(path, 'utf8'));
  const differing = Object.entries(given).filter(([name, value]) => differs(name, value, present[name]));
  if (differing[0] === undefined) return present;
  const [name, value] = differing[0];
  throw appError(
    'folder-differs',
    409,
    `${path} has ${name}=${present[name] ?? ''}, and ${value} was asked for; init changes nothing that is there.`,
    { remedy: 'Leave the option out, or change the file.' },
  );
}

/** A domain alone says nothing about the port that the address ends with. */
function differs(name: string, value: string, present: string | undefined): boolean {
  if (name !== 'PUBLIC_URL' || present === undefined || !URL.canParse(present)) return value !== present;
  return new URL(value).hostname !== new URL(present).hostname;
}

function publicUrlOf(variables: Variables): string {
  const url = variables['PUBLIC_URL'];
  if (url !== undefined && URL.canParse(url)) return url;
  throw appError('option-invalid', 400, 'A new installation needs a domain.', {
    remedy: 'Add --domain radar.example.com.',
  });
}

async function makeMissing(
  directory: string,
  present: Present,
  variables: Variables,
  selfSigned: boolean,
): Promise<Staged> {
  const domain = new URL(publicUrlOf(variables)).hostname;
  const isThere = present !== 'nothing';
  const parent = isThere ? directory : dirname(directory);
  const { uid, gid } = await stat(parent);
  const [chain, key] = CERTIFICATE.map((path) => exists(join(directory, path)));
  const hasCertificate = (await chain) || (await key);
  const folder = join(parent, isThere ? STAGE : `.${basename(directory)}${STAGE}`);
  await beginAlone(folder);
  const stage = { folder, present: isThere ? directory : undefined, operator: { uid, gid } };
  try {
    const files = await folderFiles({
      variables,
      domain,
      readPresent: (path) => readFile(join(directory, path), 'utf8'),
      selfSigned: selfSigned && !hasCertificate,
    });
    const staged = await stageFiles(stage, files);
    if (present === 'nothing') await rename(folder, directory);
    else await placeFiles(stage, directory, staged.made);
    if (present === 'empty') await chmod(directory, CLOSED);
    return staged;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Takes the one name of the stage, so that two that run at once can't mix what they make. */
async function beginAlone(folder: string): Promise<void> {
  await mkdir(folder, { mode: CLOSED }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
    throw appError('init-under-way', 409, `${folder} is there: another init is at work, or was broken off.`, {
      remedy: 'If none runs, remove it and run this again.',
    });
  });
}

async function notesOn(directory: string, { differing, readable }: Staged): Promise<string[]> {
  const notes: string[] = [];
  if (readable.length > 0) {
    notes.push(
      `Only root can give files to the users of the containers, so ${readable.length} of them can be read by whoever may enter ${directory}. In a folder that root makes each is 0600 and its reader's own.`,
    );
  }
  for (const path of differing) {
    notes.push(
      `${path} is not the one of this version. If nobody changed it on purpose, move it away and run this again.`,
    );
  }
  const [chain, key] = await Promise.all(CERTIFICATE.map((path) => exists(join(directory, path))));
  if (!(chain && key)) notes.push(`The edge needs ${CERTIFICATE.join(' and ')} before it starts.`);
  return notes;
}

const REASONS: Record<string, string> = {
  EACCES: 'you may not write or read there',
  EPERM: 'that is not permitted there',
  EROFS: 'it is on a file system that can’t be written',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  ENOENT: 'the folder above it is not there',
  ENOTEMPTY: 'something was put there meanwhile',
  ENOTDIR: 'what stands above it is not a folder',
};

function explain(error: unknown, directory: string): unknown {
  const { code, path = directory } = error as NodeJS.ErrnoException;
  const reason = REASONS[code ?? ''];
  if (error instanceof AppError || reason === undefined) return error;
  return appError('folder-unwritable', 409, `${directory} can’t be made: ${reason} (${path}).`, {
    remedy: 'Nothing was left behind. Name a folder where you may write, or run this as root.',
    cause: error,
  });
}
