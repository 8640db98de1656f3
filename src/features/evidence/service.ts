import { type Context, recordActivity, type Tx } from '#platform/context/index.ts';
import { appError, notFound } from '#platform/errors/index.ts';
import { decodeIdCursor, encodeCursor } from '#platform/http/index.ts';
import { isId, newId } from '#platform/ids/index.ts';
import { startJob } from '#platform/jobs/index.ts';
import { findTechnologyBySlug, resolveTechnology } from './catalogue/index.ts';
import { scanJob } from './jobs.ts';
import { listRepositoryNames } from './repository-names.ts';
import {
  countTransitive,
  deleteIgnoredPath,
  deletePin,
  type IgnoredPathRow,
  insertIgnoredPath,
  type PinRow,
  replacePin,
  selectIgnoredPaths,
  selectPins,
  selectScans,
  selectTransitive,
} from './scan-store.ts';
import type {
  Detection,
  DetectionQuery,
  HistoryEntry,
  IgnoredPathBody,
  PinBody,
  Scan,
  VerdictBody,
} from './schema.ts';
import {
  countDetections,
  type DetectionWithVerdict,
  selectDetection,
  selectDetections,
  selectHistory,
  updateTechnologyOfPackage,
  upsertVerdict,
} from './store.ts';

interface Page<T> {
  items: T[];
  nextCursor: string | null;
  total?: number;
}

/** Detections that are present now, newest first; those marked wrong only on request. */
export async function listDetections(context: Context, query: DetectionQuery): Promise<Page<Detection>> {
  const { cursor, limit, repository, ...rest } = query;
  const before = decodeIdCursor(cursor);
  const names = await listRepositoryNames(context);
  const filter = { ...rest, repositoryIds: repository === undefined ? [...names.keys()] : [repository] };
  const { rows, total } = await context.transaction(async (tx) => ({
    rows: await selectDetections(tx, { ...filter, before, limit: limit + 1 }),
    total: await countDetections(tx, filter),
  }));
  return {
    ...toPage(
      rows,
      limit,
      (row) => row.detection.id,
      (row) => toDetection(row, names),
    ),
    total,
  };
}

function toDetection(
  { detection, verdict }: DetectionWithVerdict,
  names: ReadonlyMap<string, string>,
): Detection {
  const { technologySlug, firstSeenAt, lastSeenAt, subjectKey, goneAt, scanId, ...rest } = detection;
  return {
    ...rest,
    repositoryName: names.get(detection.repositoryId) ?? '',
    technology: technologySlug,
    verdict,
    firstSeenAt: firstSeenAt.toISOString(),
    scannedAt: lastSeenAt.toISOString(),
  };
}

function toPage<Row, Item>(
  rows: Row[],
  limit: number,
  keyOf: (row: Row) => string,
  toItem: (row: Row) => Item,
): { items: Item[]; nextCursor: string | null } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(toItem),
    nextCursor: rows.length > limit && last ? encodeCursor(keyOf(last)) : null,
  };
}

/**
 * Records a person's judgement of a detection. It is kept for the package and component, so it outlives
 * rescans and version changes.
 */
export async function judgeDetection(context: Context, id: string, input: VerdictBody): Promise<Detection> {
  const names = await listRepositoryNames(context);
  return context.transaction(async (tx) => {
    const before = isId(id) ? await selectDetection(tx, id) : undefined;
    if (!before) throw notFound('detection', id);
    await upsertVerdict(tx, {
      id: newId(),
      repositoryId: before.detection.repositoryId,
      subjectKey: before.detection.subjectKey,
      verdict: input.verdict,
      reason: input.reason ?? null,
      actorName: context.actor.name,
      createdAt: context.platform.clock.now(),
    });
    await recordActivity(tx, context, {
      action: 'evidence.judge',
      subjectKind: 'detection',
      subjectId: id,
      before: { verdict: before.verdict },
      after: input,
    });
    return toDetection({ ...before, verdict: input.verdict }, names);
  });
}

/** Scans, newest first. */
export async function listScans(
  context: Context,
  query: { repository?: string | undefined; cursor?: string | undefined; limit: number },
): Promise<Page<Scan>> {
  const before = decodeIdCursor(query.cursor);
  const rows = await context.transaction((tx) =>
    selectScans(tx, { repositoryId: query.repository, before, limit: query.limit + 1 }),
  );
  return toPage(
    rows,
    query.limit,
    (row) => row.id,
    (row) => ({
      ...row,
      committedAt: row.committedAt?.toISOString() ?? null,
      startedAt: row.startedAt.toISOString(),
      finishedAt: row.finishedAt.toISOString(),
    }),
  );
}

/** What only other packages ask for, as the lockfiles name it. */
export async function listTransitiveDependencies(
  context: Context,
  repositoryId: string,
  query: { cursor?: string | undefined; limit: number },
) {
  const after = decodeIdCursor(query.cursor);
  const { rows, total } = await context.transaction(async (tx) => ({
    rows: await selectTransitive(tx, { repositoryId, after, limit: query.limit + 1 }),
    total: await countTransitive(tx, repositoryId),
  }));
  return {
    ...toPage(
      rows,
      query.limit,
      (row) => row.id,
      (row) => row,
    ),
    total,
  };
}

const toIgnoredPath = (row: IgnoredPathRow) => ({ ...row, createdAt: row.createdAt.toISOString() });

export async function listIgnoredPaths(context: Context) {
  const rows = await context.transaction((tx) => selectIgnoredPaths(tx));
  return { items: rows.map(toIgnoredPath), nextCursor: null };
}

/** Has a correction seen at once: scans the repository, or all of them, as they are. */
async function rescan(context: Context, tx: Tx, repositoryIds: Iterable<string>): Promise<void> {
  for (const repositoryId of repositoryIds) await startJob(context, tx, scanJob, { repositoryId });
}

/** Leaves matching files out of every later scan, of which one begins now. */
export async function ignorePath(context: Context, input: IgnoredPathBody) {
  const names = await listRepositoryNames(context);
  if (input.repositoryId !== undefined && !names.has(input.repositoryId))
    throw notFound('repository', input.repositoryId);
  const row: IgnoredPathRow = {
    id: newId(),
    repositoryId: input.repositoryId ?? null,
    pattern: input.pattern,
    actorName: context.actor.name,
    createdAt: context.platform.clock.now(),
  };
  await context.transaction(async (tx) => {
    await insertIgnoredPath(tx, row);
    await recordActivity(tx, context, {
      action: 'evidence.ignorePath',
      subjectKind: 'ignoredPath',
      subjectId: row.id,
      after: input,
    });
    await rescan(context, tx, row.repositoryId === null ? names.keys() : [row.repositoryId]);
  });
  return toIgnoredPath(row);
}

export async function unignorePath(context: Context, id: string): Promise<void> {
  const names = await listRepositoryNames(context);
  await context.transaction(async (tx) => {
    const row = isId(id) ? await deleteIgnoredPath(tx, id) : undefined;
    if (!row) throw notFound('ignored path', id);
    await recordActivity(tx, context, {
      action: 'evidence.unignorePath',
      subjectKind: 'ignoredPath',
      subjectId: id,
      before: { pattern: row.pattern },
    });
    await rescan(context, tx, row.repositoryId === null ? names.keys() : [row.repositoryId]);
  });
}

const toPin = ({ technologySlug, ...row }: PinRow) => ({
  ...row,
  technology: technologySlug,
  createdAt: row.createdAt.toISOString(),
});

export async function listPins(context: Context) {
  const rows = await context.transaction(selectPins);
  return { items: rows.map(toPin), nextCursor: null };
}

/** Says which technology a package stands for, now and in every later scan. */
export async function pinPackage(context: Context, input: PinBody) {
  const entry = findTechnologyBySlug(input.technology);
  const name = input.technologyName ?? entry?.name;
  if (name === undefined) {
    throw appError('technology-unknown', 422, `"${input.technology}" is not in the catalogue.`, {
      remedy: 'Give technologyName as well to make it a technology of your own.',
    });
  }
  const names = await listRepositoryNames(context);
  return context.transaction(async (tx) => {
    const row = await replacePin(tx, {
      id: newId(),
      ecosystem: input.ecosystem,
      packageName: input.packageName,
      technologySlug: input.technology,
      technologyName: name,
      actorName: context.actor.name,
      createdAt: context.platform.clock.now(),
    });
    await updateTechnologyOfPackage(tx, input, {
      slug: input.technology,
      name,
      kind: entry?.kind ?? 'library',
    });
    await recordActivity(tx, context, {
      action: 'evidence.pin',
      subjectKind: 'technologyPin',
      subjectId: row.id,
      after: input,
    });
    await rescan(context, tx, names.keys());
    return toPin(row);
  });
}

/** Takes a pin back: the catalogue decides again. */
export async function unpinPackage(context: Context, id: string): Promise<void> {
  const names = await listRepositoryNames(context);
  await context.transaction(async (tx) => {
    const row = isId(id) ? await deletePin(tx, id) : undefined;
    if (!row) throw notFound('technology pin', id);
    await recordActivity(tx, context, {
      action: 'evidence.unpin',
      subjectKind: 'technologyPin',
      subjectId: id,
      before: toPin(row),
    });
    await updateTechnologyOfPackage(tx, row, resolveTechnology(row.ecosystem, row.packageName));
    await rescan(context, tx, names.keys());
  });
}

/** When technologies entered repositories, changed version and left; newest first. */
export async function listHistory(
  context: Context,
  filter: { technology?: string; repositoryId?: string },
): Promise<HistoryEntry[]> {
  const names = await listRepositoryNames(context);
  const rows = await context.transaction((tx) => selectHistory(tx, filter));
  return rows.map(({ id: _id, technologySlug, committedAt, ...row }) => ({
    ...row,
    repositoryName: names.get(row.repositoryId) ?? '',
    technology: technologySlug,
    committedAt: committedAt.toISOString(),
  }));
}
