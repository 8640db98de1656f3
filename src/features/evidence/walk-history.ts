import { setImmediate as nextTurn } from 'node:timers/promises';
import { getRepository, mirrorOf } from '#features/repositories/index.ts';
import type { Context } from '#platform/context/index.ts';
import {
  isAncestor,
  type LogCommit,
  type Mirror,
  openTree,
  readBlobs,
  walkLog,
} from '#platform/git/index.ts';
import { newId } from '#platform/ids/index.ts';
import type { JobHandle } from '#platform/jobs/index.ts';
import { type PinMap, resolveTechnology } from './catalogue/index.ts';
import { decodeManifest } from './decode-manifest.ts';
import { createHistoryState, type Dependencies, type HistoryState } from './history-state.ts';
import { deleteHistory, type HistoryInsert, insertHistory, selectHistoryWalk } from './history-store.ts';
import { isManifest, manifestDependencies, manifestPathspecs } from './manifests.ts';
import { selectPinMap } from './scan-store.ts';
import { storable } from './storable.ts';

/** Commits that are read and stored together; a walk that is cut short goes on after the last stored one. */
const COMMITS_PER_BATCH = 300;
const MAX_MANIFEST_BYTES = 2 * 1024 * 1024;

export interface WalkSummary {
  commits: number;
  changes: number;
}

interface Source {
  id: string;
  mirror: Mirror;
  headCommit: string;
}

/**
 * Walks the history of the manifest files along the default branch, from where the last walk ended, and
 * records when each technology entered, changed its declared version and left. A merge counts as one step,
 * with what it brought in: what matters is when the default branch had it.
 */
export async function walkHistory(
  context: Context,
  input: { repositoryId: string },
  job: JobHandle,
): Promise<WalkSummary | null> {
  const { id, headCommit } = await getRepository(context, input.repositoryId);
  if (!headCommit) return null;
  const source: Source = { id, mirror: mirrorOf(context, id), headCommit };
  const from = await findStart(context, source);
  if (from === source.headCommit) return { commits: 0, changes: 0 };

  const pins = await context.transaction(selectPinMap);
  const range = from ? `${from}..${source.headCommit}` : source.headCommit;
  const walker = { context, source, pins, state: await readState(context, source, from), job };
  return walkCommits(walker, range);
}

interface Walker {
  context: Context;
  source: Source;
  pins: PinMap;
  state: HistoryState;
  job: JobHandle;
}

async function walkCommits(walker: Walker, range: string): Promise<WalkSummary> {
  const { context, source } = walker;
  const summary = { commits: 0, changes: 0 };
  let batch: LogCommit[] = [];
  const flush = async (): Promise<void> => {
    summary.changes += await storeBatch(walker, batch);
    summary.commits += batch.length;
    batch = [];
    walker.job.progress({ phase: 'walking history', done: summary.commits });
  };
  const options = {
    range,
    paths: manifestPathspecs,
    firstParent: true,
    reverse: true,
    signal: context.signal,
  };
  for await (const commit of walkLog(source.mirror, options)) {
    batch.push(commit);
    if (batch.length >= COMMITS_PER_BATCH) await flush();
  }
  await flush();
  const head = { repositoryId: source.id, commit: source.headCommit, commits: 0 };
  const walkedAt = context.platform.clock.now();
  await context.transaction((tx) => insertHistory(tx, [], { ...head, walkedAt }));
  return summary;
}

/** Where to go on: the last walked commit, or null for the beginning if there is none or it was rewritten away. */
async function findStart(context: Context, source: Source): Promise<string | null> {
  const walk = await context.transaction((tx) => selectHistoryWalk(tx, source.id));
  if (!walk) return null;
  const known = await isAncestor(source.mirror, walk.commit, source.headCommit).catch(() => false);
  if (known) return walk.commit;
  context.log.info(
    { repositoryId: source.id },
    'history was rewritten; it is walked again from the beginning',
  );
  await context.transaction((tx) => deleteHistory(tx, source.id));
  return null;
}

/** What the manifests declared at the commit where the walk goes on. */
async function readState(context: Context, source: Source, commit: string | null): Promise<HistoryState> {
  const state = createHistoryState();
  if (!commit) return state;
  const entries = (await openTree(source.mirror, commit)).filter(
    (entry) => (entry.kind === 'file' || entry.kind === 'executable') && isManifest(entry.path),
  );
  const oids = entries.map((entry) => entry.oid);
  let index = 0;
  for await (const blob of readBlobs(source.mirror, oids, {
    maxBytes: MAX_MANIFEST_BYTES,
    signal: context.signal,
  })) {
    const path = entries[index]?.path ?? '';
    index += 1;
    const after = blob.content && manifestDependencies(path, decodeManifest(blob.content));
    if (after) state.apply([{ path, after }]);
    if (index % 50 === 0) await nextTurn();
  }
  return state;
}

async function storeBatch(walker: Walker, commits: LogCommit[]): Promise<number> {
  if (commits.length === 0) return 0;
  const { context, source } = walker;
  const contents = await readManifests(walker, commits);
  const rows: HistoryInsert[] = [];
  for (const commit of commits) {
    const changes = walker.state.apply(
      commit.files.flatMap(({ path, newOid }) => {
        if (!isManifest(path)) return [];
        const after = newOid === null ? new Map<string, string | null>() : contents.get(`${newOid} ${path}`);
        // A manifest that is broken at this commit says nothing: what it declared before still holds.
        return after ? [{ path, after }] : [];
      }),
    );
    for (const change of changes) {
      rows.push({
        id: newId(),
        repositoryId: source.id,
        technologySlug: resolveTechnology(change.ecosystem, change.packageName, walker.pins).slug,
        ...change,
        commit: commit.commit,
        committedAt: commit.date,
        author: commit.author,
      });
    }
  }
  const last = commits.at(-1)?.commit ?? '';
  const walkedAt = context.platform.clock.now();
  await context.transaction((tx) =>
    insertHistory(tx, storable(rows), {
      repositoryId: source.id,
      commit: last,
      commits: commits.length,
      walkedAt,
    }),
  );
  return rows.length;
}

/** The dependencies of every manifest version in these commits, by object and path. */
async function readManifests(walker: Walker, commits: LogCommit[]): Promise<Map<string, Dependencies>> {
  const wanted = new Map<string, { oid: string; path: string }>();
  for (const file of commits.flatMap((commit) => commit.files)) {
    if (file.newOid !== null && isManifest(file.path)) {
      wanted.set(`${file.newOid} ${file.path}`, { oid: file.newOid, path: file.path });
    }
  }
  const list = [...wanted];
  const found = new Map<string, Dependencies>();
  let index = 0;
  const oids = list.map(([, file]) => file.oid);
  const options = { maxBytes: MAX_MANIFEST_BYTES, signal: walker.context.signal };
  for await (const blob of readBlobs(walker.source.mirror, oids, options)) {
    const [key, file] = list[index] ?? [];
    index += 1;
    const dependencies =
      file && blob.content && manifestDependencies(file.path, decodeManifest(blob.content));
    if (key && dependencies) found.set(key, dependencies);
    if (index % 50 === 0) await nextTurn();
  }
  return found;
}
