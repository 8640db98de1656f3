import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { AppError, appError } from '#platform/errors/index.ts';
import { newId } from '#platform/ids/index.ts';
import type { NetworkAccess } from './environment.ts';
import { complaintOf, isDamage } from './explain-git-failure.ts';
import { listRemote, type RemoteState } from './list-remote.ts';
import { checkReach, fetchUrl, type GitLocation, type ReachPolicy } from './location.ts';
import { countPacks, measureFolder, partialName, removeLeftovers, removePartials } from './mirror-files.ts';
import { networkGit } from './network-git.ts';
import type { TransferProgress } from './parse-progress.ts';
import { readGit } from './run-git.ts';
import type { Mirror } from './types.ts';
import { findCommit, isAncestor } from './walk-log.ts';

export interface FetchPolicy extends ReachPolicy {
  timeoutMs: number;
  /** Largest size of the mirror on disk. */
  maxBytes: number;
}

export interface FetchMirrorInput {
  location: GitLocation;
  token?: string | undefined;
  /** What the caller knows from the last time, to see whether history was rewritten. */
  previous?: { branch: string | null; commit: string } | undefined;
  policy: FetchPolicy;
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: TransferProgress) => void) | undefined;
}

export interface FetchedMirror {
  /** Null if HEAD stands on no branch. */
  readonly branch: string | null;
  /** Null for a repository without commits; the mirror is then left as it is. */
  readonly commit: string | null;
  readonly shallow: boolean;
  /** The branch no longer leads to its previous commit, which is kept nevertheless. */
  readonly rewritten: boolean;
  /** The mirror was made new: it was absent or damaged. */
  readonly rebuilt: boolean;
}

const DETACHED = 'refs/commandcenter/head';
const KEPT = 'refs/commandcenter/kept/';
const ANSWER_TIMEOUT_MS = 120_000;
const MEASURE_EVERY_MS = 300;
const PACKS_BEFORE_REPACK = 40;

/**
 * Brings a mirror up to its source: makes it if it isn't there, repairs what a killed sync left, and makes
 * it new if it is damaged. A new mirror is built beside its place and renamed when it is whole.
 */
export async function fetchMirror(mirror: Mirror, input: FetchMirrorInput): Promise<FetchedMirror> {
  const access = await checkReach(input.location, input.policy, input.token);
  if (input.location.kind === 'path' && !existsSync(input.location.path)) {
    throw appError('repository-not-found', 404, `The folder ${input.location.path} is no longer there.`, {
      remedy: 'Bring it back, or track the place where it is now.',
    });
  }
  await removePartials(mirror);
  const remote = await listRemote(mirror, input.location, {
    access,
    timeoutMs: Math.min(input.policy.timeoutMs, ANSWER_TIMEOUT_MS),
    signal: input.signal,
  });
  if (remote.headCommit === null) {
    return { branch: null, commit: null, shallow: false, rewritten: false, rebuilt: false };
  }
  const rebuilt = await bringUpToDate(mirror, input, access, remote);
  const commit = await settleHead(mirror, remote, input.signal);
  const shallow = await isShallow(mirror);
  const rewritten = await keepRewritten(mirror, { branch: remote.headBranch, commit, shallow }, input);
  if ((await countPacks(mirror)) > PACKS_BEFORE_REPACK) await gatherPacks(mirror, input.signal);
  return { branch: remote.headBranch, commit, shallow, rewritten, rebuilt };
}

/** Returns whether the mirror was made new. */
async function bringUpToDate(
  mirror: Mirror,
  input: FetchMirrorInput,
  access: NetworkAccess,
  remote: RemoteState,
): Promise<boolean> {
  if (await isUsable(mirror)) {
    await removeLeftovers(mirror);
    try {
      await fetchInto(mirror, input, access, remote);
      return false;
    } catch (error) {
      if (!(error instanceof AppError && isDamage(complaintOf(error)))) throw error;
    }
  }
  await build(mirror, input, access, remote);
  return true;
}

async function build(
  mirror: Mirror,
  input: FetchMirrorInput,
  access: NetworkAccess,
  remote: RemoteState,
): Promise<void> {
  const partial: Mirror = { directory: partialName(mirror, newId()) };
  try {
    await readGit(partial, ['init', '--quiet', '--bare', '--template=', '--initial-branch=main']);
    await fetchInto(partial, input, access, remote);
    const old = partialName(mirror, newId());
    if (existsSync(mirror.directory)) await rename(mirror.directory, old);
    await rename(partial.directory, mirror.directory);
    await rm(old, { recursive: true, force: true });
  } catch (error) {
    await rm(partial.directory, { recursive: true, force: true });
    throw error;
  }
}

async function fetchInto(
  mirror: Mirror,
  input: FetchMirrorInput,
  access: NetworkAccess,
  remote: RemoteState,
): Promise<void> {
  const argv = [
    `--git-dir=${mirror.directory}`,
    // One pack a fetch, so that watching the size is cheap.
    ...['-c', 'fetch.unpackLimit=1', 'fetch'],
    ...['--progress', '--prune', '--force', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules'],
    ...((await isShallow(mirror)) ? ['--unshallow'] : []),
    '--update-shallow',
    '--',
    fetchUrl(input.location),
    '+refs/heads/*:refs/heads/*',
    '+refs/tags/*:refs/tags/*',
    ...(remote.headBranch === null ? [`+HEAD:${DETACHED}`] : []),
  ];
  const watch = watchSize(mirror, input.policy.maxBytes);
  const signal = input.signal ? AbortSignal.any([input.signal, watch.signal]) : watch.signal;
  try {
    await networkGit(mirror, argv, {
      access,
      timeoutMs: input.policy.timeoutMs,
      signal,
      onProgress: input.onProgress,
    });
  } finally {
    watch.stop();
    if (signal.aborted) await removeLeftovers(mirror);
  }
}

/** Aborts when the mirror has grown past the limit. */
function watchSize(mirror: Mirror, maxBytes: number): { signal: AbortSignal; stop(): void } {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const measure = async (): Promise<void> => {
    const bytes = await measureFolder(mirror.directory);
    if (bytes > maxBytes) controller.abort(tooLarge(maxBytes));
    else if (!stopped) timer = setTimeout(() => void measure(), MEASURE_EVERY_MS);
  };
  timer = setTimeout(() => void measure(), MEASURE_EVERY_MS);
  return {
    signal: controller.signal,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

function tooLarge(maxBytes: number) {
  const megabytes = Math.round(maxBytes / 1024 / 1024);
  return appError('repository-too-large', 413, `The repository is larger than ${megabytes} MB.`, {
    remedy: 'Allow more with GIT_MAX_MEGABYTES, or track a smaller part of it.',
  });
}

/** Points the mirror's HEAD where the source's HEAD points; returns the commit. */
async function settleHead(mirror: Mirror, remote: RemoteState, signal?: AbortSignal): Promise<string> {
  const name = remote.headBranch === null ? DETACHED : `refs/heads/${remote.headBranch}`;
  await readGit(mirror, ['symbolic-ref', 'HEAD', name], { signal });
  const commit = await findCommit(mirror, name, signal);
  if (commit !== undefined) return commit;
  throw appError('repository-changed', 503, 'The default branch went away while it was being fetched.', {
    remedy: 'Sync again.',
  });
}

/** Whether history was rewritten; if so the previous commit is kept from ever being cleaned away. */
async function keepRewritten(
  mirror: Mirror,
  now: { branch: string | null; commit: string; shallow: boolean },
  { previous, signal }: FetchMirrorInput,
): Promise<boolean> {
  if (
    !previous ||
    previous.commit === now.commit ||
    previous.branch === null ||
    previous.branch !== now.branch
  ) {
    return false;
  }
  if (await isAncestor(mirror, previous.commit, now.commit, signal)) return false;
  const known = (await findCommit(mirror, previous.commit, signal)) !== undefined;
  if (known) await readGit(mirror, ['update-ref', `${KEPT}${previous.commit}`, previous.commit], { signal });
  // A shallow history ends somewhere: that it doesn't reach a commit proves nothing.
  return !now.shallow;
}

/** Whether the folder is a bare repository whose branches lead to objects that are there. */
async function isUsable(mirror: Mirror): Promise<boolean> {
  if (!existsSync(mirror.directory)) return false;
  const bare = await readGit(mirror, ['rev-parse', '--is-bare-repository'], { answers: [1, 128] });
  if (bare.exitCode !== 0 || bare.stdout.toString().trim() !== 'true') return false;
  const tips = await readGit(mirror, ['rev-parse', '--verify', '--quiet', 'HEAD^{tree}'], {
    answers: [1, 128],
  });
  return tips.exitCode === 0;
}

async function isShallow(mirror: Mirror): Promise<boolean> {
  const { stdout } = await readGit(mirror, ['rev-parse', '--is-shallow-repository']);
  return stdout.toString().trim() === 'true';
}

/** Joins the packs of many small fetches. That it fails costs speed only, so any exit code is an answer. */
async function gatherPacks(mirror: Mirror, signal?: AbortSignal): Promise<void> {
  await readGit(mirror, ['repack', '-d', '--geometric=2', '--quiet'], { signal, answers: [1, 128, 129] });
}
