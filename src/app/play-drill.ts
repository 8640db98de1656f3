import { ensureOwner, keepLocalToken } from '#features/identity/index.ts';
import type { DrillReport } from '#features/operations/index.ts';
import { ensureDefaultProject } from '#features/projects/index.ts';
import type { Config } from '#platform/config/index.ts';
import { createLogger } from '#platform/telemetry/index.ts';
import { createClosers } from './closers.ts';
import { ENCRYPTED_COLUMNS } from './rotate-secrets.ts';
import { startPlatform } from './start-platform.ts';
import { version } from './version.ts';

interface DrillOptions {
  /** How a process of the product is started: the program and its first arguments. */
  command: readonly string[];
  scratch: string | undefined;
  report(step: string, done: number, total: number): void;
  signal: AbortSignal;
}

/** Plays the disasters in scratch space, with processes of the product that run as this one does. */
export async function playDrill(config: Config, options: DrillOptions): Promise<DrillReport> {
  const { runDrill } = await import('#features/operations/index.ts');
  return runDrill({ ...options, config, version, encryptedColumns: ENCRYPTED_COLUMNS, makeToken });
}

/** The token of the local command line, for an installation on a server that does not run. */
async function makeToken(config: Config): Promise<string> {
  const closers = createClosers();
  try {
    const log = createLogger('error', process.stderr);
    const { platform } = await startPlatform(config, { migrations: 'require', log }, closers);
    const owner = await ensureOwner(platform);
    await ensureDefaultProject(platform, owner);
    return await keepLocalToken(platform, owner);
  } finally {
    await closers.closeAll();
  }
}
