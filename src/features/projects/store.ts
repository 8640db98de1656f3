import type { Database } from '#platform/database/index.ts';
import { newId } from '#platform/ids/index.ts';

/** Projects are made before any project can be the scope of a transaction, hence as the schema's owner. */
export async function insertProjectIfAbsent(
  database: Database,
  project: { slug: string; name: string },
): Promise<{ id: string; name: string }> {
  await database.ownerQuery(
    'insert into projects (id, slug, name) values ($1, $2, $3) on conflict (slug) do nothing',
    [newId(), project.slug, project.name],
  );
  const { rows } = await database.ownerQuery('select id, name from projects where slug = $1', [project.slug]);
  return { id: String(rows[0]?.['id']), name: String(rows[0]?.['name']) };
}
