import type { Database, Snapshot } from '#platform/database/index.ts';

/** The slugs of the projects that begin so. */
export async function selectMarks(snapshot: Snapshot, prefix: string): Promise<string[]> {
  const rows = await snapshot.query<{ slug: string }>(
    'select slug from projects where starts_with(slug, $1) order by slug',
    [prefix],
  );
  return rows.map(({ slug }) => slug);
}

/** Drops every second table and the one that each request needs; returns how many. For a database that may be destroyed. */
export async function dropTables(database: Database): Promise<number> {
  const { rows } = await database.ownerQuery(
    `select tablename as name from (
       select tablename, row_number() over (order by tablename) as place from pg_tables where schemaname = 'public'
     ) as numbered where place % 2 = 1 or tablename in ('projects', 'users')`,
  );
  for (const { name } of rows) {
    await database.ownerQuery(`drop table if exists public."${String(name).replaceAll('"', '""')}" cascade`);
  }
  return rows.length;
}
