import { and, desc, eq, isNull, lt, or, sql } from 'drizzle-orm';
import type { Reading, Tx } from '#platform/context/index.ts';
import type { Database } from '#platform/database/index.ts';
import { type RepositoryRow, repositories, repositoryStatistics, type StatisticsRow } from './tables.ts';

export async function insertRepository(
  tx: Tx,
  row: typeof repositories.$inferInsert,
): Promise<RepositoryRow | undefined> {
  const [inserted] = await tx.insert(repositories).values(row).onConflictDoNothing().returning();
  return inserted;
}

export async function selectRepository(tx: Tx, id: string): Promise<RepositoryRow | undefined> {
  const [row] = await tx.select().from(repositories).where(eq(repositories.id, id));
  return row;
}

export async function selectRepositoryByKey(tx: Tx, locationKey: string): Promise<RepositoryRow | undefined> {
  const [row] = await tx.select().from(repositories).where(eq(repositories.locationKey, locationKey));
  return row;
}

export interface RepositoryFilter {
  state?: RepositoryRow['state'] | undefined;
  archived?: boolean | undefined;
  before?: string | undefined;
  limit: number;
}

export async function selectRepositories(tx: Tx, filter: RepositoryFilter): Promise<RepositoryRow[]> {
  const conditions = [
    filter.archived ? undefined : isNull(repositories.archivedAt),
    filter.state === undefined ? undefined : eq(repositories.state, filter.state),
    filter.before === undefined ? undefined : lt(repositories.id, filter.before),
  ];
  return tx
    .select()
    .from(repositories)
    .where(and(...conditions))
    .orderBy(desc(repositories.id))
    .limit(filter.limit);
}

/** How many tracked repositories are in each state. */
export function readRepositoryCounts(): Reading<{ total: number; ready: number; unreachable: number }> {
  return {
    name: 'repository counts',
    text: 'select state, count(*) from repositories where archived_at is null group by state',
    values: [],
    take(rows) {
      const of = (state: string): number => Number(rows.find((row) => row[0] === state)?.[1] ?? 0);
      const total = rows.reduce((sum, row) => sum + Number(row[1]), 0);
      return { total, ready: of('ready'), unreachable: of('unreachable') };
    },
  };
}

/** Repositories whose last try is longer ago than they want it to be. */
export async function selectDueRepositories(tx: Tx, now: Date): Promise<RepositoryRow[]> {
  const due = sql`${repositories.lastTriedAt} + make_interval(mins => ${repositories.syncEveryMinutes}) <= ${now.toISOString()}::timestamptz`;
  return tx
    .select()
    .from(repositories)
    .where(and(isNull(repositories.archivedAt), or(isNull(repositories.lastTriedAt), due)))
    .orderBy(repositories.id);
}

export async function updateRepositoryRow(
  tx: Tx,
  id: string,
  values: Partial<typeof repositories.$inferInsert>,
): Promise<RepositoryRow | undefined> {
  const [row] = await tx.update(repositories).set(values).where(eq(repositories.id, id)).returning();
  return row;
}

export async function selectStatistics(tx: Tx, repositoryId: string): Promise<StatisticsRow | undefined> {
  const [row] = await tx
    .select()
    .from(repositoryStatistics)
    .where(eq(repositoryStatistics.repositoryId, repositoryId));
  return row;
}

export async function upsertStatistics(tx: Tx, row: typeof repositoryStatistics.$inferInsert): Promise<void> {
  const { repositoryId, ...values } = row;
  await tx
    .insert(repositoryStatistics)
    .values({ repositoryId, ...values })
    .onConflictDoUpdate({ target: repositoryStatistics.repositoryId, set: values });
}

const SYNC_AGES = `
  select state, count(*) as repositories,
    extract(epoch from now() - min(coalesce(last_synced_at, created_at)))::float8 as oldest,
    count(*) filter (where coalesce(last_synced_at, created_at)
      < now() - make_interval(mins => 2 * sync_every_minutes)) as overdue
  from repositories where archived_at is null group by state`;

/** How long ago the last working syncs are, in the whole installation: for monitoring, which sees numbers only. */
export async function selectSyncAges(
  database: Pick<Database, 'ownerQuery'>,
): Promise<{ states: Record<RepositoryRow['state'], number>; oldestSeconds: number; overdue: number }> {
  const { rows } = await database.ownerQuery(SYNC_AGES);
  const count = (state: string) => Number(rows.find((row) => row['state'] === state)?.['repositories'] ?? 0);
  return {
    states: {
      new: count('new'),
      ready: count('ready'),
      empty: count('empty'),
      unreachable: count('unreachable'),
    },
    oldestSeconds: Math.max(0, ...rows.map((row) => Number(row['oldest']))),
    overdue: rows.reduce((sum, row) => sum + Number(row['overdue']), 0),
  };
}
