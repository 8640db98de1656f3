import type { Database } from '#platform/database/index.ts';

/** What the database was migrated by, in order. */
export async function selectMigrations(database: Database): Promise<Record<string, unknown>[]> {
  const { rows } = await database.ownerQuery(
    `select version, name, checksum, breaking, to_jsonb(m) ->> 'applied_at' as "appliedAt"
     from schema_migrations m order by version`,
  );
  return rows;
}
