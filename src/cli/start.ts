import type { Command } from 'commander';
import { loadConfig } from '#platform/config/index.ts';
import { startApp } from '../app/index.ts';

/** `commandcenter start`: the embedded mode, until it is told to stop. */
export function addStart(program: Command): void {
  program
    .command('start')
    .description('start CommandCenter on this machine (PORT, HOST, DATA_DIR)')
    .action(async () => {
      const app = await startApp(loadConfig());
      const link = `${app.url}/login?code=${app.identity.createLoginCode()}`;
      process.stdout.write(`CommandCenter is ready: ${link}\n`);
      await untilToldToStop();
      await app.close();
    });
}

/** Resolves at the first SIGINT or SIGTERM; a second one ends the process at once. */
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
