import { join } from 'node:path';
import type { CreatedSet, SetProgress, Verification } from '#features/operations/index.ts';
import type { Config } from '#platform/config/index.ts';
import { lockDataDirectory, openSnapshot } from '#platform/database/index.ts';
import { templateFolder } from './template.ts';
import { version } from './version.ts';

interface BackupOptions {
  report: SetProgress;
  signal: AbortSignal;
}

// What makes and opens sets is loaded with the work: few commands need it.
const loadBackups = () => import('#features/operations/index.ts');

/**
 * Makes a set without a server: the embedded database is held meanwhile, PostgreSQL is not. The schema may be one of
 * an older version, because this is also what comes before an upgrade.
 */
export async function createBackup(
  config: Config,
  { plain, ...options }: BackupOptions & { plain: boolean },
): Promise<CreatedSet> {
  const { createSet } = await loadBackups();
  const input = { config, version, plain, ...options };
  if (config.databaseUrl !== undefined) {
    const server = { url: config.databaseUrl, settings: config };
    return createSet({ ...input, unhurried: true, takeSnapshot: () => openSnapshot(server) });
  }
  const lock = await lockDataDirectory(config.dataDir);
  try {
    const directory = join(config.dataDir, 'postgres');
    return await createSet({ ...input, takeSnapshot: () => openSnapshot({ directory }) });
  } finally {
    await lock.release();
  }
}

/** Restores a set into a scratch database; needs nothing of the living one but a place beside it. */
export async function verifyBackup(
  config: Config,
  { folder, ...options }: BackupOptions & { folder: string },
): Promise<Verification> {
  const { verifySet } = await loadBackups();
  return verifySet({ config, version, folder, template: templateFolder, ...options });
}
