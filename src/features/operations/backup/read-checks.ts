import { sql } from 'drizzle-orm';
import {
  type Database,
  type EmbeddedOptions,
  openDatabase,
  type ServerOptions,
} from '#platform/database/index.ts';
import { appError } from '#platform/errors/index.ts';

const MAX_PROJECTS = 50;
const OF_A_PROJECT = ['documents', 'technologies', 'repositories', 'jobs'] as const;

/**
 * Reads a restored database as the product does: opened by this version, under its roles and policies, project by
 * project. What a project sees must be all that is its own.
 */
export async function checkReading(options: EmbeddedOptions | ServerOptions): Promise<void> {
  const database = await openDatabase(options, { migrations: 'require' });
  try {
    const projects = await readProjects(database);
    for (const id of projects.slice(0, MAX_PROJECTS)) {
      for (const table of OF_A_PROJECT) await checkTable(database, table, id);
    }
  } finally {
    await database.close();
  }
}

function readProjects(database: Database): Promise<string[]> {
  return database.identityTransaction(
    async (tx) => {
      await tx.execute(sql`select count(*) from users join members on members.user_id = users.id`);
      const { rows } = await tx.execute<{ id: string }>(
        sql`select id from projects order by created_at desc`,
      );
      return rows.map(({ id }) => id);
    },
    { readOnly: true },
  );
}

async function checkTable(database: Database, table: string, projectId: string): Promise<void> {
  const count = sql`select count(*)::int as n from ${sql.identifier(table)}`;
  const seen = await database.transaction({ projectId, role: 'viewer', readOnly: true }, async (tx) => {
    const { rows } = await tx.execute<{ n: number }>(count);
    return rows[0]?.n ?? 0;
  });
  const { rows } = await database.ownerQuery(
    `select count(*)::int as n from ${table} where project_id = $1`,
    [projectId],
  );
  if (seen === rows[0]?.['n']) return;
  throw appError('backup-not-readable', 409, `Restored, a project does not see its own rows of ${table}.`, {
    remedy: 'Make a new backup, and report this.',
  });
}
