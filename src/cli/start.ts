import type { Command } from 'commander';
import { createLoginCode } from '#features/identity/index.ts';
import { type Config, loadConfig } from '#platform/config/index.ts';
import { appError } from '#platform/errors/index.ts';
import { startApp, startWorker } from '../app/index.ts';

/** `commandcenter start`: everything in one process, on the embedded database or on DATABASE_URL. */
export function addStart(program: Command): void {
  program
    .command('start')
    .description('start CommandCenter on this machine (PORT, HOST, DATA_DIR)')
    .option('--no-worker', 'run no background jobs, such as to look at a restored state')
    .action(async ({ worker }: { worker: boolean }) => {
      const told = untilToldToStop();
      const app = await startApp(loadConfig(), { work: worker });
      const link = `${app.url}/login?code=${await createLoginCode(app.platform, { email: undefined })}`;
      process.stdout.write(`CommandCenter is ready: ${link}\n`);
      await told;
      await app.close();
    });
}

/** `commandcenter serve`: the API of server mode; any number of them may run. */
export function addServe(program: Command): void {
  program
    .command('serve')
    .description('serve the API and the web page on PostgreSQL (DATABASE_URL)')
    .option('--with-worker', 'run background jobs in this process too')
    .action(async ({ withWorker = false }: { withWorker?: boolean }) => {
      const config = serverConfig();
      const told = untilToldToStop();
      const app = await startApp(config, { migrations: 'require', work: withWorker });
      app.platform.log.info({ url: app.url }, 'serving');
      await told;
      app.platform.log.info('stopping');
      await app.close();
    });
}

/** `commandcenter worker`: the background jobs of server mode; any number of them may run. */
export function addWorker(program: Command): void {
  program
    .command('worker')
    .description('run background jobs and schedules on PostgreSQL (DATABASE_URL)')
    .action(async () => {
      const told = untilToldToStop();
      const worker = await startWorker(serverConfig(), { migrations: 'require' });
      worker.platform.log.info('working');
      await told;
      worker.platform.log.info('stopping');
      await worker.close();
    });
}

/** What runs as several processes needs a database that several can use. */
function serverConfig(): Config {
  const config = loadConfig();
  if (config.databaseUrl !== undefined) return config;
  throw appError('config-invalid', 500, 'DATABASE_URL must be set for this command.', {
    remedy: 'Without a PostgreSQL server use `commandcenter start`.',
  });
}

/**
 * Resolves at the first SIGINT or SIGTERM; a second one ends the process at once. Asked for before the start:
 * a server that answers already is not to be ended in the middle of it.
 */
function untilToldToStop(): Promise<void> {
  return new Promise((resolve) => {
    let told = false;
    const stop = (): void => {
      if (told) process.exit(1);
      told = true;
      resolve();
    };
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
  });
}
