import { createLoginCode, ensureOwner } from '#features/identity/index.ts';
import { ensureDefaultProject } from '#features/projects/index.ts';
import type { Config } from '#platform/config/index.ts';
import { createLogger } from '#platform/telemetry/index.ts';
import { createClosers } from './closers.ts';
import { startPlatform } from './start-platform.ts';

/**
 * Makes a link that signs a browser in once, by the database alone: the servers on it redeem it. It is for
 * the user with this e-mail address, or for the owner whom the first run makes.
 */
export async function makeLoginLink(config: Config, email: string | undefined): Promise<string> {
  const closers = createClosers();
  try {
    const log = createLogger('error', process.stderr);
    // Beside a server in the same container: its port for metrics is its own.
    const alone = { ...config, metricsPort: 0 };
    const { platform } = await startPlatform(alone, { migrations: 'require', log }, closers);
    await ensureDefaultProject(platform, await ensureOwner(platform));
    const code = await createLoginCode(platform, { email });
    const base = config.publicUrl?.replace(/\/+$/, '') ?? `http://${config.host}:${config.port}`;
    return `${base}/login?code=${code}`;
  } finally {
    await closers.closeAll();
  }
}
