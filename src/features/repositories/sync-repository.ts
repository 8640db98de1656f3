import { type Context, recordActivity } from '#platform/context/index.ts';
import { AppError } from '#platform/errors/index.ts';
import {
  type FetchedMirror,
  fetchMirror,
  type GitLocation,
  type Mirror,
  parseLocation,
} from '#platform/git/index.ts';
import { emitEvent, type JobHandle } from '#platform/jobs/index.ts';
import { computeStatistics, type Statistics } from './compute-statistics.ts';
import type { RepositoryProblem, RepositorySynced } from './schema.ts';
import { archived, mirrorOf, requireRepository } from './service.ts';
import { selectStatistics, updateRepositoryRow, upsertStatistics } from './store.ts';
import type { RepositoryRow } from './tables.ts';

export interface SyncInput {
  repositoryId: string;
  /** Tells the rest of the product to read everything again though nothing changed. */
  rescan?: boolean;
}

export interface SyncResult {
  state: RepositoryRow['state'];
  headCommit: string | null;
  /** Whether the head is another one than before. */
  changed: boolean;
  historyRewritten: boolean;
  mirrorRebuilt: boolean;
}

const MEGABYTE = 1024 * 1024;
const STALL_SECONDS = 60;
// The repository may be fine: what is wrong is on this side, or passes by itself.
const OWN_PROBLEMS = new Set(['program-missing', 'disk-full', 'repository-too-large', 'repository-changed']);

/** The work of the job `repositories.sync`. */
export async function syncNow(context: Context, input: SyncInput, job: JobHandle): Promise<SyncResult> {
  const row = await context.transaction((tx) => requireRepository(tx, input.repositoryId));
  if (row.archivedAt) throw archived();
  const mirror = mirrorOf(context, row.id);
  job.progress({ phase: 'connecting', message: `Asking ${row.location}` });
  const fetched = await fetchOrReport(context, row, mirror, job);
  if (fetched.commit === null) return finishEmpty(context, row);

  const statistics = await statisticsOf(context, row, { mirror, commit: fetched.commit }, job);
  return finish(
    context,
    { row, fetched, commit: fetched.commit, statistics, rescan: input.rescan ?? false },
    job,
  );
}

async function fetchOrReport(
  context: Context,
  row: RepositoryRow,
  mirror: Mirror,
  job: JobHandle,
): Promise<FetchedMirror> {
  const { config, secrets } = context.platform;
  try {
    return await fetchMirror(mirror, {
      location: locationOf(row),
      token: row.accessTokenEncrypted === null ? undefined : secrets.decrypt(row.accessTokenEncrypted),
      previous: row.headCommit === null ? undefined : { branch: row.defaultBranch, commit: row.headCommit },
      policy: {
        timeoutMs: config.gitTimeoutSeconds * 1000,
        stallSeconds: Math.min(STALL_SECONDS, config.gitTimeoutSeconds),
        maxBytes: config.gitMaxMegabytes * MEGABYTE,
        allowHosts: config.outgoingAllowHosts,
      },
      signal: job.signal,
      onProgress: (progress) => job.progress(progress),
    });
  } catch (error) {
    if (error instanceof AppError && !job.signal.aborted) await report(context, row, error);
    throw error;
  }
}

function locationOf(row: RepositoryRow): GitLocation {
  return row.kind === 'path' ? { kind: 'path', path: row.location } : parseLocation(row.location).location;
}

/** Says at the repository why it could not be synced; nothing that is known of it is touched. */
async function report(context: Context, row: RepositoryRow, error: AppError): Promise<void> {
  const now = context.platform.clock.now();
  const { code, message, remedy } = error;
  const problem: RepositoryProblem = { code, message, at: now.toISOString(), ...(remedy ? { remedy } : {}) };
  const state = OWN_PROBLEMS.has(code) ? row.state : 'unreachable';
  await context.transaction(async (tx) => {
    await updateRepositoryRow(tx, row.id, { state, problem, lastTriedAt: now, updatedAt: now });
    if (row.problem?.code === code) return;
    await recordActivity(tx, context, {
      action: 'repositories.unreachable',
      subjectKind: 'repository',
      subjectId: row.id,
      after: { code, message },
    });
  });
}

async function finishEmpty(context: Context, row: RepositoryRow): Promise<SyncResult> {
  const now = context.platform.clock.now();
  const problem: RepositoryProblem = {
    code: 'repository-empty',
    message: 'The repository has no commits.',
    remedy: 'Commit something there; it is looked at again by itself.',
    at: now.toISOString(),
  };
  await context.transaction((tx) =>
    updateRepositoryRow(tx, row.id, {
      state: 'empty',
      problem,
      lastSyncedAt: now,
      lastTriedAt: now,
      updatedAt: now,
    }),
  );
  return {
    state: 'empty',
    headCommit: row.headCommit,
    changed: false,
    historyRewritten: false,
    mirrorRebuilt: false,
  };
}

/** New figures, or undefined if those that are stored are of this commit. */
async function statisticsOf(
  context: Context,
  row: RepositoryRow,
  at: { mirror: Mirror; commit: string },
  job: JobHandle,
): Promise<Statistics | undefined> {
  const stored = await context.transaction((tx) => selectStatistics(tx, row.id));
  if (stored?.commit === at.commit) return undefined;
  job.progress({ phase: 'counting', message: 'Languages, contributors and activity' });
  return computeStatistics(at.mirror, at.commit, job.signal);
}

interface Outcome {
  row: RepositoryRow;
  fetched: FetchedMirror;
  commit: string;
  statistics: Statistics | undefined;
  rescan: boolean;
}

/** Stores everything and tells of it in one transaction. */
async function finish(context: Context, outcome: Outcome, job: JobHandle): Promise<SyncResult> {
  const { row, fetched, commit, statistics } = outcome;
  const now = context.platform.clock.now();
  const changed = commit !== row.headCommit;
  await context.transaction(async (tx) => {
    // Read again: it may have been announced or changed while git was at work.
    const current = await requireRepository(tx, row.id);
    const announce = outcome.rescan || current.announcedCommit !== commit;
    await updateRepositoryRow(tx, row.id, {
      defaultBranch: fetched.branch,
      headCommit: commit,
      ...(statistics ? { headCommittedAt: statistics.headCommittedAt } : {}),
      shallow: fetched.shallow,
      state: 'ready',
      problem: null,
      ...(fetched.rewritten ? { historyRewrittenAt: now } : {}),
      announcedCommit: commit,
      lastSyncedAt: now,
      lastTriedAt: now,
      updatedAt: now,
    });
    if (statistics) {
      const { headCommittedAt: _at, ...figures } = statistics;
      await upsertStatistics(tx, { repositoryId: row.id, commit, ...figures, computedAt: now });
    }
    if (changed) {
      await recordActivity(tx, context, {
        action: fetched.rewritten ? 'repositories.historyRewritten' : 'repositories.sync',
        subjectKind: 'repository',
        subjectId: row.id,
        before: { headCommit: row.headCommit },
        after: { headCommit: commit },
      });
    }
    if (announce) {
      const payload: RepositorySynced = {
        repositoryId: row.id,
        headCommit: commit,
        previousCommit: current.announcedCommit,
      };
      await emitEvent(context, tx, 'repositories.synced', payload, job);
    }
  });
  return {
    state: 'ready',
    headCommit: commit,
    changed,
    historyRewritten: fetched.rewritten,
    mirrorRebuilt: fetched.rebuilt,
  };
}
