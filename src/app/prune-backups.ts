import type { PruneResult } from '#features/operations/index.ts';
import type { Config } from '#platform/config/index.ts';
import { openDatabase } from '#platform/database/index.ts';

/** Prunes sets and copies without a server. The clock has to agree with that of PostgreSQL, where there is one. */
export async function pruneBackups(
  config: Config,
  options: { dryRun: boolean; signal: AbortSignal },
): Promise<PruneResult> {
  const { pruneNow } = await import('#features/operations/index.ts');
  return pruneNow(config, { ...options, databaseTime: await timeOfServer(config) });
}

async function timeOfServer(config: Config): Promise<Date | undefined> {
  if (config.databaseUrl === undefined) return undefined;
  const database = await openDatabase(
    { url: config.databaseUrl, settings: config },
    { migrations: 'require' },
  );
  try {
    const { rows } = await database.ownerQuery('select now() as now');
    return rows[0]?.['now'] as Date;
  } finally {
    await database.close();
  }
}
