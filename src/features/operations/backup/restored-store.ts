import { sql } from 'drizzle-orm';
import type { Database, Tx } from '#platform/database/index.ts';

/** Tables whose rows each belong to a project. */
export const tablesOfProject = ['documents', 'technologies', 'repositories', 'jobs'] as const;
type TableOfProject = (typeof tablesOfProject)[number];

/** The projects, the newest first, when all people and memberships have been read. */
export async function selectProjectIds(tx: Tx): Promise<string[]> {
  await tx.execute(sql`select count(*) from users join members on members.user_id = users.id`);
  const { rows } = await tx.execute<{ id: string }>(sql`select id from projects order by created_at desc`);
  return rows.map(({ id }) => id);
}

/** How many rows the project of the transaction sees. */
export async function countSeen(tx: Tx, table: TableOfProject): Promise<number> {
  const { rows } = await tx.execute<{ n: number }>(
    sql`select count(*)::int as n from ${sql.identifier(table)}`,
  );
  return rows[0]?.n ?? 0;
}

/** How many rows are a project's own. */
export async function countOwn(
  database: Database,
  table: TableOfProject,
  projectId: string,
): Promise<number> {
  const text = `select count(*)::int as n from ${table} where project_id = $1`;
  const { rows } = await database.ownerQuery(text, [projectId]);
  return Number(rows[0]?.['n']);
}
