import type { Command } from 'commander';
import { loadConfig } from '#platform/config/index.ts';
import { appError } from '#platform/errors/index.ts';
import { newSecretKey } from '#platform/secrets/index.ts';
import { rotateStoredSecrets } from '../app/index.ts';
import { type OutputOptions, print } from './output.ts';

/** `commandcenter secrets …`: the key that stored tokens are encrypted with. */
export function addSecrets(program: Command): void {
  const secrets = program.command('secrets').description('the key that stored secrets are encrypted with');
  secrets
    .command('generate')
    .description('print a new key for SECRET_KEY')
    .action(() => void process.stdout.write(`${newSecretKey()}\n`));
  secrets
    .command('rotate')
    .description('encrypt all stored secrets with SECRET_KEY, reading PREVIOUS_SECRET_KEYS too')
    .option('--new-key', 'without SECRET_KEY: make a new key in DATA_DIR first')
    .option('--json', 'print JSON')
    .action(async ({ newKey = false, ...options }: { newKey?: boolean } & OutputOptions) => {
      const config = loadConfig();
      if (newKey && config.secretKey !== undefined) {
        throw appError('config-invalid', 500, '--new-key is for a key that is kept in DATA_DIR.', {
          remedy: 'Set SECRET_KEY to the new key and PREVIOUS_SECRET_KEYS to the one before.',
        });
      }
      const rotation = await rotateStoredSecrets(config, { newKey });
      print(options, rotation, () =>
        rotation.rotated.map(({ column, count }) => `${column}: ${count} encrypted anew`).join('\n'),
      );
    });
}
