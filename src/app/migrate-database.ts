import { join } from 'node:path';
import type { Config } from '#platform/config/index.ts';
import {
  applyMigrations,
  type EmbeddedOptions,
  lockDataDirectory,
  type MigrationPlan,
  openDatabase,
  readMigrationPlan,
  type ServerOptions,
} from '#platform/database/index.ts';
import { installQueue } from '#platform/jobs/index.ts';
import { templateFolder } from './template.ts';
import { savingBefore, type UpgradeWatch } from './upgrade-set.ts';

/** Says which migrations this version would apply; changes nothing. */
export function planMigration(config: Config): Promise<MigrationPlan> {
  return withLock(config, readMigrationPlan);
}

/**
 * Brings the database, the job queue's tables included, to this version's schema, and saves one that is not new
 * before; says each migration before it begins. Returns the names of the migrations that were applied.
 */
export function migrateDatabase(
  config: Config,
  report: (name: string) => void,
  watch: UpgradeWatch = { tell: report },
): Promise<string[]> {
  return withLock(config, async (options) => {
    const applied = await applyMigrations(options, report, savingBefore(config, watch));
    const database = await openDatabase(options, { migrations: 'require' });
    try {
      await installQueue(database);
    } finally {
      await database.close();
    }
    return applied;
  });
}

/** Only the embedded database has to be held by one process; a server keeps several apart by itself. */
async function withLock<T>(
  config: Config,
  work: (options: EmbeddedOptions | ServerOptions) => Promise<T>,
): Promise<T> {
  if (config.databaseUrl !== undefined) return work({ url: config.databaseUrl, settings: config });
  const lock = await lockDataDirectory(config.dataDir);
  try {
    return await work({ directory: join(config.dataDir, 'postgres'), template: templateFolder });
  } finally {
    await lock.release();
  }
}
