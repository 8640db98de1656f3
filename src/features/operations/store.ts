import type { Database } from '#platform/database/index.ts';

export interface Installation {
  /** The same for as long as it lives. */
  readonly id: string;
  readonly installedAt: Date;
  readonly databaseTime: Date;
}

/** Since when there is something to keep, and what the database takes for the time; undefined before the first start. */
export async function selectInstallation(database: Database): Promise<Installation | undefined> {
  const { rows } = await database.ownerQuery(
    'select id, created_at as "installedAt", now() as "databaseTime" from projects order by id limit 1',
  );
  return rows[0] as Installation | undefined;
}
