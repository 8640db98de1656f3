import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { appError } from '#platform/errors/index.ts';
import { releaseEnvFile } from './commands/compose.ts';
import type { Colour, Images, Site } from './site.ts';

/** What was started once and may be switched to. */
export interface Release extends Images {
  /** Told by /readyz, so that it can be seen who answers. */
  name: string;
  colour: Colour;
  /** What the references led to when it was deployed. */
  imageIds: Images;
  deployedAt: string;
}

/** In the order in which they are done; a rollback leaves some out. */
export const STEPS = [
  'data',
  'migrate',
  'clear',
  'start',
  'ready',
  'smoke',
  'switch',
  'verify',
  'drain',
  'stop',
  'record',
] as const;
export type Step = (typeof STEPS)[number];

export interface OperationOptions {
  /** Longest wait until a release is healthy. */
  readySeconds: number;
  /** Longest wait until requests of the release before have ended. */
  drainSeconds: number;
}

/** A deploy or a rollback that has begun and not ended. */
export interface Operation {
  kind: 'deploy' | 'rollback';
  release: Release;
  options: OperationOptions;
  /** Written down before it is done. */
  step: Step;
  /** Why it failed; then what it has made is being taken back. */
  problem?: string;
  startedAt: string;
}

export interface HistoryEntry {
  kind: Operation['kind'];
  release: string;
  image: string;
  webImage: string;
  startedAt: string;
  endedAt: string;
  outcome: 'done' | 'undone';
  /** Where it stopped, and why. */
  step?: Step;
  problem?: string;
}

/** `deployments/state.json`: what runs, what is kept for a rollback, and what is under way. */
export interface State {
  current: Release | null;
  kept: Release | null;
  operation: Operation | null;
  /** The newest first. */
  history: HistoryEntry[];
}

const HISTORY_KEPT = 200;

export async function readState(site: Site): Promise<State> {
  const path = statePath(site);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return { current: null, kept: null, operation: null, history: [] };
  try {
    return JSON.parse(text) as State;
  } catch (cause) {
    throw appError('journal-damaged', 500, `${path} can't be read as JSON.`, {
      remedy: 'docs/deploy.md says how it is written anew from what runs.',
      cause,
    });
  }
}

export async function writeState(site: Site, state: State): Promise<void> {
  const history = state.history.slice(0, HISTORY_KEPT);
  await writeDurably(statePath(site), `${JSON.stringify({ ...state, history }, null, 2)}\n`, 0o600);
}

/** Tells Compose what a release consists of; by hand it is used as docs/deploy.md shows. */
export async function writeReleaseEnv(
  site: Site,
  release: Release,
  file = releaseEnvFile(release.colour),
): Promise<void> {
  const lines = [
    '# Written by `commandcenter deploy`.',
    `INSTALLATION=${site.project}`,
    `RELEASE=${release.name}`,
    `RELEASE_COLOUR=${release.colour}`,
    `COMMANDCENTER_IMAGE=${release.image}`,
    `COMMANDCENTER_WEB_IMAGE=${release.webImage}`,
  ];
  await writeDurably(join(site.directory, file), `${lines.join('\n')}\n`, 0o600);
}

/** Lets `.env` name the images that serve, and leaves every other line as it is. */
export async function nameImages(site: Site, { image, webImage }: Images): Promise<void> {
  const path = join(site.directory, '.env');
  const values = { COMMANDCENTER_IMAGE: image, COMMANDCENTER_WEB_IMAGE: webImage };
  const before = await readFile(path, 'utf8');
  let after = before;
  for (const [name, value] of Object.entries(values)) {
    const line = new RegExp(`^${name}=.*$`, 'm');
    after = line.test(after) ? after.replace(line, () => `${name}=${value}`) : `${after}${name}=${value}\n`;
  }
  if (after !== before) await writeDurably(path, after);
}

/**
 * Replaces a file so that after a crash or a power cut it holds the old or the new text, whole. Without a mode it
 * keeps the mode and owner that it has.
 */
export async function writeDurably(path: string, text: string, mode?: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${process.pid}.new`;
  const file = await open(temporary, 'w', mode ?? 0o644);
  try {
    await likePresent(file, path, mode);
    await file.writeFile(text);
    await file.sync();
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  const folder = await open(dirname(path), 'r');
  await folder.sync().finally(() => folder.close());
}

async function likePresent(
  file: Awaited<ReturnType<typeof open>>,
  path: string,
  mode: number | undefined,
): Promise<void> {
  if (mode !== undefined) return file.chmod(mode);
  const present = await open(path, 'r').catch(() => undefined);
  if (!present) return file.chmod(0o644);
  const { mode: wanted, uid, gid } = await present.stat().finally(() => present.close());
  await file.chmod(wanted & 0o7777);
  // Only root can give a file away; whoever else deploys owns it already.
  await file.chown(uid, gid).catch(() => {});
}

const statePath = (site: Site): string => join(site.directory, 'deployments/state.json');
