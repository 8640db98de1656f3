import { type EmbeddedOptions, openDatabase, type ServerOptions } from '#platform/database/index.ts';
import { appError } from '#platform/errors/index.ts';
import { countOwn, countSeen, selectProjectIds, tablesOfProject } from './restored-store.ts';

const MAX_PROJECTS = 50;

/**
 * Reads a restored database as the product does: opened by this version, under its roles and policies, project by
 * project. What a project sees must be all that is its own.
 */
export async function checkReading(options: EmbeddedOptions | ServerOptions): Promise<void> {
  const database = await openDatabase(options, { migrations: 'require' });
  try {
    const projects = await database.identityTransaction(selectProjectIds, { readOnly: true });
    for (const projectId of projects.slice(0, MAX_PROJECTS)) {
      for (const table of tablesOfProject) {
        const seen = await database.transaction({ projectId, role: 'viewer', readOnly: true }, (tx) =>
          countSeen(tx, table),
        );
        if (seen !== (await countOwn(database, table, projectId))) throw notReadable(table);
      }
    }
  } finally {
    await database.close();
  }
}

function notReadable(table: string): Error {
  return appError('backup-not-readable', 409, `Restored, a project does not see its own rows of ${table}.`, {
    remedy: 'Make a new backup, and report this.',
  });
}
