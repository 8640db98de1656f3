import { basename } from 'node:path';
import { getRepository, mirrorOf, type Repository } from '#features/repositories/index.ts';
import { type Context, recordActivity } from '#platform/context/index.ts';
import { type BlobContent, openTree, readBlobs, type TreeEntry } from '#platform/git/index.ts';
import type { JobHandle } from '#platform/jobs/index.ts';
import { announceChange, contentHash, parse, toWrite } from './ingest.ts';
import { limits, tooLarge } from './parsing/limits.ts';
import { isWanted } from './select-paths.ts';
import { linkToSource } from './source-link.ts';
import {
  type DocumentWrite,
  type KnownDocument,
  type Origin,
  selectKnown,
  updateGone,
  updateNotKept,
  updateRestored,
  upsertDocuments,
} from './store.ts';

export interface RepositoryIngest {
  commit: string;
  created: number;
  updated: number;
  unchanged: number;
  failed: number;
  restored: number;
  gone: number;
}

interface WantedFile {
  externalId: string;
  entry: TreeEntry;
  hash: string;
}

interface Plan {
  commit: string;
  repository: Repository;
  origin: Origin;
  changed: WantedFile[];
  unchanged: number;
  /** Back in the source just as they were. */
  returned: string[];
  notKept: string[];
  left: string[];
}

/** What is read before it is written; bounds the memory. */
const BATCH_FILES = 64;
const BATCH_BYTES = 8 * 1024 * 1024;

/**
 * Reads what is new in a repository's documents straight from its mirror. What left the repository is marked
 * gone. Every batch is complete when it is written, so that a run which is cut off goes on where it was.
 */
export async function ingestRepository(
  context: Context,
  input: { repositoryId: string },
  job: JobHandle,
): Promise<RepositoryIngest | null> {
  const repository = await getRepository(context, input.repositoryId);
  if (!repository.headCommit || repository.archivedAt) return null;
  job.progress({ phase: 'list' });
  const plan = await makePlan(context, repository, repository.headCommit);
  const summary = { created: 0, updated: 0, failed: 0 };
  let done = 0;
  for await (const batch of readBatches(context, plan)) {
    context.signal.throwIfAborted();
    const writes = await Promise.all(batch.map((file) => readFile(context, plan, file)));
    const saved = await context.transaction(async (tx) => {
      const rows = await upsertDocuments(tx, plan.origin, writes, context.platform.clock.now());
      await announceChange(context, tx, job);
      return rows;
    });
    const failed = writes.filter(({ state }) => state === 'failed').length;
    const created = saved.filter((row) => row.created).length;
    summary.failed += failed;
    summary.created += created;
    summary.updated += saved.length - created;
    done += batch.length;
    job.progress({ phase: 'read', done, total: plan.changed.length });
  }
  await settle(context, plan, summary, job);
  return {
    commit: plan.commit,
    ...summary,
    unchanged: plan.unchanged,
    restored: plan.returned.length,
    gone: plan.left.length,
  };
}

async function makePlan(context: Context, repository: Repository, commit: string): Promise<Plan> {
  const origin: Origin = { source: 'repository', repositoryId: repository.id };
  const tree = await openTree(mirrorOf(context, repository.id), commit, { signal: context.signal });
  const known = await context.transaction((tx) => selectKnown(tx, origin));
  const plan: Plan = {
    commit,
    repository,
    origin,
    changed: [],
    unchanged: 0,
    returned: [],
    notKept: [],
    left: [],
  };
  const present = new Set<string>();
  for (const entry of tree) {
    // A link may point anywhere, and a submodule is another repository.
    if (entry.kind !== 'file' && entry.kind !== 'executable') continue;
    if (!isWanted(entry, repository.includeSource)) continue;
    const file = { externalId: idOf(entry), entry, hash: contentHash('git', entry.oid, entry.path) };
    present.add(file.externalId);
    sortIn(plan, file, known.get(file.externalId));
  }
  for (const row of known.values()) {
    if (!present.has(row.externalId) && row.state !== 'gone' && !row.kept) plan.left.push(row.id);
  }
  return plan;
}

/** The path; a path that is not UTF-8 goes by its bytes, because its text may stand for several. */
function idOf({ path, rawPath }: TreeEntry): string {
  return rawPath ? `bytes:${rawPath.toString('hex')}` : path;
}

function sortIn(plan: Plan, file: WantedFile, known: KnownDocument | undefined): void {
  if (known?.state === 'gone' && known.goneReason === 'removed') return;
  if (known?.contentHash !== file.hash || known.state === 'pending') {
    plan.changed.push(file);
    return;
  }
  plan.unchanged += 1;
  if (known.state === 'gone') plan.returned.push(known.id);
  else if (known.kept) plan.notKept.push(known.id);
}

type ReadFile = WantedFile & { blob: BlobContent };

async function* readBatches(context: Context, plan: Plan): AsyncGenerator<ReadFile[]> {
  const mirror = mirrorOf(context, plan.repository.id);
  const oids = plan.changed.map(({ entry }) => entry.oid);
  let batch: ReadFile[] = [];
  let bytes = 0;
  let index = 0;
  for await (const blob of readBlobs(mirror, oids, { maxBytes: limits.bytes, signal: context.signal })) {
    const file = plan.changed[index];
    index += 1;
    if (!file) break;
    batch.push({ ...file, blob });
    bytes += blob.content?.length ?? 0;
    if (batch.length < BATCH_FILES && bytes < BATCH_BYTES) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield batch;
}

async function readFile(
  context: Context,
  plan: Plan,
  { externalId, entry, hash, blob }: ReadFile,
): Promise<DocumentWrite> {
  const { path } = entry;
  const outcome = blob.content
    ? await parse(context, { content: blob.content, name: path })
    : { problem: blob.problem === 'too-large' ? tooLarge(blob.size, limits.bytes).problem : MISSING };
  const provenance = {
    externalId,
    path,
    uri: linkToSource(plan.repository.location, plan.commit, path),
    contentHash: hash,
    bytes: blob.size,
    commit: plan.commit,
    fileKey: null,
    fallbackTitle: basename(path),
    fallbackMediaType: 'application/octet-stream',
  };
  return toWrite(provenance, outcome);
}

const MISSING = {
  code: 'blob-missing',
  message: 'The mirror of the repository does not have the content of this file.',
  remedy: 'Sync the repository again.',
};

async function settle(context: Context, plan: Plan, counts: object, job: JobHandle): Promise<void> {
  const { returned, left, notKept } = plan;
  await context.transaction(async (tx) => {
    const at = context.platform.clock.now();
    await updateGone(tx, left, { reason: 'left-source', at });
    await updateRestored(tx, returned, { kept: false, at });
    await updateNotKept(tx, notKept);
    if (plan.changed.length + left.length + returned.length === 0) return;
    await recordActivity(tx, context, {
      action: 'knowledge.ingestRepository',
      subjectKind: 'repository',
      subjectId: plan.repository.id,
      after: { commit: plan.commit, ...counts, gone: left.length, restored: returned.length },
    });
    await announceChange(context, tx, job);
  });
}
