import { basename, join } from 'node:path';
import { type Context, recordActivity, type Tx } from '#platform/context/index.ts';
import { appError, notFound } from '#platform/errors/index.ts';
import {
  checkLocation,
  findRepository,
  type GitLocation,
  type Mirror,
  parseLocation,
} from '#platform/git/index.ts';
import { isId, newId } from '#platform/ids/index.ts';
import { type Job, startJob } from '#platform/jobs/index.ts';
import type {
  Repository,
  RepositoryAndJob,
  RepositoryStatistics,
  TrackRepositoryInput,
  UpdateRepositoryInput,
} from './schema.ts';
import {
  insertRepository,
  selectRepositories,
  selectRepository,
  selectRepositoryByKey,
  selectStatistics,
  updateRepositoryRow,
} from './store.ts';
import type { RepositoryRow } from './tables.ts';

/** The kind of the job that brings a repository up to date; its definition is in jobs.ts. */
export const SYNC = { kind: 'repositories.sync' } as const;

/**
 * Tracks a repository and starts its first sync. A folder stands for the repository it lies in.
 * One that was archived comes back with everything it had. Throws `repository-exists` for one that is tracked.
 */
export async function trackRepository(
  context: Context,
  input: TrackRepositoryInput,
): Promise<RepositoryAndJob> {
  const { location, token } = await resolveLocation(context, input.location);
  const accessToken = input.accessToken ?? token;
  if (accessToken !== undefined && (location.kind === 'path' || location.protocol === 'ssh')) {
    throw appError('token-not-used', 400, 'An access token is used over https only.', {
      remedy: 'Leave it out, or give the https:// URL.',
    });
  }
  const place = location.kind === 'path' ? location.path : location.url;
  const values = {
    name: input.name?.trim() ?? nameOf(place),
    location: place,
    locationKey: location.kind === 'path' ? place : place.replace(/\.git$/, ''),
    kind: location.kind,
    accessTokenEncrypted: accessToken === undefined ? null : context.platform.secrets.encrypt(accessToken),
    includeSource: input.includeSource ?? false,
    syncEveryMinutes: input.syncEveryMinutes ?? context.platform.config.syncMinutes,
  };
  return context.transaction(async (tx) => {
    const row =
      (await insertRepository(tx, { id: newId(), ...values })) ?? (await restoreArchived(tx, values));
    const after = { name: row.name, location: row.location };
    await recordActivity(tx, context, {
      action: 'repositories.track',
      subjectKind: 'repository',
      subjectId: row.id,
      after,
    });
    const job = await startJob(context, tx, SYNC, { repositoryId: row.id, rescan: true });
    return { repository: toRepository(row), job };
  });
}

async function resolveLocation(
  context: Context,
  text: string,
): Promise<{ location: GitLocation; token?: string }> {
  const parsed = parseLocation(text);
  if (parsed.location.kind === 'url') {
    await checkLocation(parsed.location, context.platform.config.outgoingAllowHosts);
    return parsed;
  }
  const path = await findRepository(parsed.location.path, context.signal);
  return { location: { kind: 'path', path } };
}

async function restoreArchived(
  tx: Tx,
  values: Partial<RepositoryRow> & { locationKey: string },
): Promise<RepositoryRow> {
  const existing = await selectRepositoryByKey(tx, values.locationKey);
  if (!existing?.archivedAt) {
    throw appError('repository-exists', 409, 'This repository is tracked already.', {
      remedy: 'Look at it, or sync it again.',
      details: { id: existing?.id },
    });
  }
  const row = await updateRepositoryRow(tx, existing.id, {
    ...values,
    archivedAt: null,
    updatedAt: new Date(),
  });
  if (!row) throw notFound('repository', existing.id);
  return row;
}

function nameOf(place: string): string {
  return basename(place.replace(/\/+$/, '')).replace(/\.git$/, '') || place;
}

export interface ListRepositoriesInput {
  state?: RepositoryRow['state'] | undefined;
  /** Whether archived ones are listed too. */
  archived?: boolean | undefined;
  before?: string | undefined;
  limit: number;
}

/** Tracked repositories, the newest first. */
export async function listRepositories(
  context: Context,
  input: ListRepositoriesInput,
): Promise<Repository[]> {
  const rows = await context.transaction((tx) => selectRepositories(tx, input));
  return rows.map(toRepository);
}

export async function getRepository(context: Context, id: string): Promise<Repository> {
  return toRepository(await context.transaction((tx) => requireRepository(tx, id)));
}

/** Changes what may be changed. Turning source code on or off starts a sync, so that the rest follows. */
export async function updateRepository(
  context: Context,
  id: string,
  input: UpdateRepositoryInput,
): Promise<Repository> {
  return context.transaction(async (tx) => {
    const before = await requireRepository(tx, id);
    const { accessToken, ...plain } = input;
    if (accessToken && !/^https?:/.test(before.location)) {
      throw appError('token-not-used', 400, 'An access token is used over https only.');
    }
    const token =
      accessToken === undefined
        ? {}
        : {
            accessTokenEncrypted: accessToken === null ? null : context.platform.secrets.encrypt(accessToken),
          };
    const row = await updateRepositoryRow(tx, id, {
      ...plain,
      ...token,
      updatedAt: context.platform.clock.now(),
    });
    if (!row) throw notFound('repository', id);
    const named = (of: RepositoryRow) => ({
      name: of.name,
      includeSource: of.includeSource,
      syncEveryMinutes: of.syncEveryMinutes,
      hasAccessToken: of.accessTokenEncrypted !== null,
    });
    await recordActivity(tx, context, {
      action: 'repositories.update',
      subjectKind: 'repository',
      subjectId: id,
      before: named(before),
      after: named(row),
    });
    if (before.includeSource !== row.includeSource || accessToken) {
      await startJob(context, tx, SYNC, { repositoryId: id, rescan: true });
    }
    return toRepository(row);
  });
}

/** Takes a repository out of view and out of the schedule; everything known about it is kept. */
export async function archiveRepository(context: Context, id: string): Promise<Repository> {
  return context.transaction(async (tx) => {
    const before = await requireRepository(tx, id);
    if (before.archivedAt) return toRepository(before);
    const now = context.platform.clock.now();
    const row = await updateRepositoryRow(tx, id, { archivedAt: now, updatedAt: now });
    await recordActivity(tx, context, {
      action: 'repositories.archive',
      subjectKind: 'repository',
      subjectId: id,
    });
    return toRepository(row ?? before);
  });
}

/** Starts a sync, or returns the one that is under way. `rescan` reads everything again though nothing changed. */
export async function syncRepository(
  context: Context,
  id: string,
  input: { rescan?: boolean } = {},
): Promise<Job> {
  return context.transaction(async (tx) => {
    const row = await requireRepository(tx, id);
    if (row.archivedAt) throw archived();
    return startJob(context, tx, SYNC, { repositoryId: row.id, rescan: input.rescan ?? false });
  });
}

export function archived() {
  return appError('repository-archived', 409, 'The repository is archived.', {
    remedy: 'Track it again first.',
  });
}

/** Languages, contributors, branches and activity at the last synced commit. */
export async function getStatistics(context: Context, id: string): Promise<RepositoryStatistics> {
  return context.transaction(async (tx) => {
    await requireRepository(tx, id);
    const row = await selectStatistics(tx, id);
    if (!row) {
      throw appError('statistics-not-ready', 404, 'The repository has not been synced to a commit yet.', {
        remedy: 'Wait for its sync to end.',
      });
    }
    return { ...row, computedAt: row.computedAt.toISOString() };
  });
}

/** Where the repository's mirror is; it may not be there before the first sync. */
export function mirrorOf(context: Context, repositoryId: string): Mirror {
  return { directory: join(context.platform.config.dataDir, 'mirrors', `${repositoryId}.git`) };
}

export async function requireRepository(tx: Tx, id: string): Promise<RepositoryRow> {
  const row = isId(id) ? await selectRepository(tx, id) : undefined;
  if (!row) throw notFound('repository', id);
  return row;
}

/** The form in which a repository leaves the feature: without its token. */
export function toRepository(row: RepositoryRow): Repository {
  const {
    accessTokenEncrypted,
    locationKey: _key,
    announcedCommit: _announced,
    lastTriedAt: _tried,
    ...rest
  } = row;
  const text = (date: Date | null): string | null => date?.toISOString() ?? null;
  return {
    ...rest,
    hasAccessToken: accessTokenEncrypted !== null,
    headCommittedAt: text(row.headCommittedAt),
    historyRewrittenAt: text(row.historyRewrittenAt),
    lastSyncedAt: text(row.lastSyncedAt),
    archivedAt: text(row.archivedAt),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
