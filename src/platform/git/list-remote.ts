import { fetchUrl, type GitLocation } from './location.ts';
import { type NetworkCommand, networkGit } from './network-git.ts';
import type { Mirror } from './types.ts';

/** What a source offers, without fetching any of it. */
export interface RemoteState {
  /** The branch that HEAD names, if it exists. */
  readonly headBranch: string | null;
  /** Where HEAD stands; null for a repository without commits. */
  readonly headCommit: string | null;
  readonly branches: ReadonlyMap<string, string>;
}

const HEADS = 'refs/heads/';

/** Asks a source for its branches and HEAD. */
export async function listRemote(
  mirror: Mirror,
  location: GitLocation,
  command: NetworkCommand,
): Promise<RemoteState> {
  const output = await networkGit(
    mirror,
    ['ls-remote', '--symref', '--', fetchUrl(location), 'HEAD', `${HEADS}*`],
    command,
  );
  const branches = new Map<string, string>();
  let named: string | undefined;
  let headCommit: string | null = null;
  for (const line of output.toString('utf8').split('\n')) {
    const [value = '', name = ''] = line.split('\t');
    if (name === 'HEAD' && value.startsWith('ref: ')) named = value.slice('ref: '.length);
    else if (name === 'HEAD') headCommit = value;
    else if (name.startsWith(HEADS)) branches.set(name.slice(HEADS.length), value);
  }
  const wanted = named?.startsWith(HEADS) ? named.slice(HEADS.length) : undefined;
  const headBranch = chooseBranch(branches, wanted, headCommit);
  return {
    headBranch,
    headCommit: (headBranch === null ? null : branches.get(headBranch)) ?? headCommit,
    branches,
  };
}

/** The branch HEAD names; else, for a detached HEAD, none; else the usual names, else the first. */
function chooseBranch(
  branches: ReadonlyMap<string, string>,
  wanted: string | undefined,
  headCommit: string | null,
): string | null {
  if (wanted !== undefined && branches.has(wanted)) return wanted;
  if (headCommit !== null) return [...branches].find(([, commit]) => commit === headCommit)?.[0] ?? null;
  for (const usual of ['main', 'master', 'trunk']) if (branches.has(usual)) return usual;
  return branches.keys().next().value ?? null;
}
