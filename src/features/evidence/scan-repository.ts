import ignore from 'ignore';
import { getRepository, getStatistics, mirrorOf } from '#features/repositories/index.ts';
import type { Context } from '#platform/context/index.ts';
import { type Mirror, openTree, readBlobs, type TreeEntry } from '#platform/git/index.ts';
import { newId } from '#platform/ids/index.ts';
import { emitEvent, type JobHandle } from '#platform/jobs/index.ts';
import { decodeManifest } from './decode-manifest.ts';
import { detect, isEvidenceFile } from './detect.ts';
import { detectLanguages } from './detect-languages.ts';
import {
  insertScan,
  markGone,
  replaceTransitive,
  selectIgnoredPaths,
  selectPinMap,
  upsertDetections,
} from './scan-store.ts';
import { storable } from './storable.ts';
import type { ScanCounts, ScanProblem } from './tables.ts';
import type { DetectionResult, FileText } from './types.ts';

/** A larger manifest is reported and not parsed. */
const MAX_MANIFEST_BYTES = 20 * 1024 * 1024;
/** What is held in memory at once while reading. */
const MAX_TOTAL_BYTES = 200 * 1024 * 1024;

export interface ScanSummary {
  scanId: string;
  commit: string;
  detections: number;
  technologies: number;
  problems: number;
}

interface Source {
  id: string;
  mirror: Mirror;
  commit: string;
  committedAt: string | null;
}

/**
 * Reads the evidence files of a repository's default branch, straight from its mirror, and stores what they
 * show. Radar and history hear of it in the same transaction.
 */
export async function scanRepository(
  context: Context,
  input: { repositoryId: string },
  job: JobHandle,
): Promise<ScanSummary | null> {
  const repository = await getRepository(context, input.repositoryId);
  if (!repository.headCommit) return null;
  const source: Source = {
    id: repository.id,
    mirror: mirrorOf(context, repository.id),
    commit: repository.headCommit,
    committedAt: repository.headCommittedAt,
  };
  const startedAt = context.platform.clock.now();
  const { paths, pins } = await context.transaction(async (tx) => ({
    paths: await selectIgnoredPaths(tx, input.repositoryId),
    pins: await selectPinMap(tx),
  }));

  job.progress({ phase: 'reading manifests' });
  const ignored = ignore().add(paths.map((row) => row.pattern));
  const tree = await openTree(source.mirror, source.commit);
  const regular = tree.filter((entry) => entry.kind === 'file' || entry.kind === 'executable');
  const kept = regular.filter((entry) => !ignored.ignores(entry.path));
  const read = await readEvidenceFiles(context, source, kept, job);

  const found = await detect({ paths: kept.map((entry) => entry.path), files: read.files, pins });
  const statistics = await getStatistics(context, source.id);
  const languages = detectLanguages(statistics.languages, pins);
  const result: DetectionResult = storable({
    ...found,
    detections: [...found.detections, ...languages],
    problems: [...read.problems, ...found.problems],
  });
  const finishedAt = context.platform.clock.now();
  return storeScan(
    context,
    { source, result, startedAt, finishedAt, ignored: regular.length - kept.length },
    job,
  );
}

async function readEvidenceFiles(
  context: Context,
  source: Source,
  entries: readonly TreeEntry[],
  job: JobHandle,
): Promise<{ files: FileText[]; problems: ScanProblem[] }> {
  const wanted = entries.filter((entry) => isEvidenceFile(entry.path));
  const files: FileText[] = [];
  const problems: ScanProblem[] = [];
  let bytes = 0;
  let index = 0;
  for await (const blob of readBlobs(
    source.mirror,
    wanted.map((entry) => entry.oid),
    { maxBytes: MAX_MANIFEST_BYTES, signal: context.signal },
  )) {
    const path = wanted[index]?.path ?? '';
    index += 1;
    bytes += blob.content?.length ?? 0;
    if (blob.content === null || bytes > MAX_TOTAL_BYTES) {
      problems.push(unread(path, blob.size, blob.content !== null));
    } else {
      files.push({ path, text: decodeManifest(blob.content) });
    }
    if (index % 100 === 0) job.progress({ phase: 'reading manifests', done: index, total: wanted.length });
  }
  return { files, problems };
}

function unread(path: string, size: number, overall: boolean): ScanProblem {
  const megabytes = Math.round(size / 1024 / 1024);
  return overall
    ? {
        path,
        code: 'too-much-to-read',
        message: 'Not read: the manifests of this repository are too large together.',
      }
    : {
        path,
        code: 'manifest-too-large',
        message: `Not read: ${megabytes} MB is larger than any manifest should be.`,
      };
}

interface ScanOutcome {
  source: Source;
  result: DetectionResult;
  startedAt: Date;
  finishedAt: Date;
  ignored: number;
}

/** The key of what a verdict is about: it outlives versions, scopes and renamed technologies. */
export function subjectKeyOf(detection: {
  ecosystem: string;
  packageName: string;
  component: string;
}): string {
  return `${detection.ecosystem}:${detection.packageName}@${detection.component}`;
}

async function storeScan(context: Context, outcome: ScanOutcome, job: JobHandle): Promise<ScanSummary> {
  const { source, result, startedAt, finishedAt } = outcome;
  const { commit } = source;
  const scanId = newId();
  const counts: ScanCounts = {
    detections: result.detections.length,
    technologies: new Set(result.detections.map((detection) => detection.technology)).size,
    ignored: outcome.ignored,
    transitive: countBy(result.transitive.map((dependency) => dependency.ecosystem)),
  };
  job.progress({ phase: 'storing', done: 0, total: counts.detections });
  await context.transaction(async (tx) => {
    await insertScan(tx, {
      id: scanId,
      repositoryId: source.id,
      commit,
      committedAt: source.committedAt === null ? null : new Date(source.committedAt),
      startedAt,
      finishedAt,
      files: result.filesRead,
      counts,
      problems: result.problems,
    });
    await upsertDetections(tx, toRows(outcome, scanId, commit));
    await markGone(tx, source.id, scanId, finishedAt);
    await replaceTransitive(tx, source.id, result.transitive);
    await emitEvent(context, tx, 'evidence.scanned', { repositoryId: source.id, scanId, commit }, job);
  });
  return {
    scanId,
    commit,
    detections: counts.detections,
    technologies: counts.technologies,
    problems: result.problems.length,
  };
}

function toRows({ source, result, finishedAt }: ScanOutcome, scanId: string, commit: string) {
  return result.detections.map((detection) => ({
    id: newId(),
    repositoryId: source.id,
    scanId,
    subjectKey: subjectKeyOf(detection),
    technologySlug: detection.technology,
    technologyName: detection.technologyName,
    kind: detection.kind,
    ecosystem: detection.ecosystem,
    packageName: detection.packageName,
    component: detection.component,
    scope: detection.scope,
    versionDeclared: detection.versionDeclared,
    versionLocked: detection.versionLocked,
    confidence: detection.confidence,
    rule: detection.rule,
    evidence: detection.evidence.map((evidence) => ({ ...evidence, commit })),
    firstSeenAt: finishedAt,
    lastSeenAt: finishedAt,
  }));
}

function countBy(values: string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
