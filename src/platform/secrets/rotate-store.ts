import type { Database } from '#platform/database/index.ts';

/** A column that holds what `Secrets.encrypt` made. Its table has the primary key `id`. */
export interface EncryptedColumn {
  table: string;
  column: string;
}

// Secrets of all projects and people are rotated at once, so these run as the owner of the schema.

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

export async function selectSecrets(
  database: Database,
  { table, column }: EncryptedColumn,
  after: string | null,
  limit: number,
): Promise<{ id: string; value: string }[]> {
  const { rows } = await database.ownerQuery(
    `select id, ${quoted(column)} as value from ${quoted(table)}
     where ${quoted(column)} is not null and ($1::uuid is null or id > $1::uuid) order by id limit $2`,
    [after, limit],
  );
  return rows.map((row) => ({ id: String(row['id']), value: String(row['value']) }));
}

/** False if somebody has changed the value meanwhile. */
export async function updateSecret(
  database: Database,
  { table, column }: EncryptedColumn,
  change: { id: string; before: string; after: string },
): Promise<boolean> {
  const { rows } = await database.ownerQuery(
    `update ${quoted(table)} set ${quoted(column)} = $3 where id = $1 and ${quoted(column)} = $2 returning id`,
    [change.id, change.before, change.after],
  );
  return rows.length > 0;
}
