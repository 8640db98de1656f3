import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Kit } from '#features/operations/index.ts';
import { loadConfig } from '#platform/config/index.ts';
import { version } from '../app/index.ts';
import { count, type OutputOptions, print } from './output.ts';

interface KitArguments extends OutputOptions {
  recipient?: string[];
}

/** `commandcenter kit`: what another host needs to open the backups and come back from them. */
export function addKit(program: Command): void {
  program
    .command('kit')
    .description('write the recovery kit: what another host needs to come back from the backups alone')
    .argument('<file>', 'where; it is encrypted with age, and refused if it is there')
    .argument('[folder]', 'a production folder, which is taken along with its secrets')
    .option(
      '--recipient <key...>',
      'public keys of age (age1…) instead of a passphrase that is made and shown once',
    )
    .option('--json', 'print JSON')
    .action(async (file: string, folder: string | undefined, options: KitArguments) => {
      const { makeKit } = await import('#features/operations/index.ts');
      const kit = await makeKit({
        config: loadConfig(),
        version,
        at: new Date(),
        target: resolve(file),
        folder: folder && resolve(folder),
        recipients: options.recipient ?? [],
      });
      print(options, kit, describe);
    });
}

function describe({ file, files, passphrase, warnings }: Kit): string {
  return [
    `${file}: ${count(files.length, 'file')}, encrypted.`,
    ...(passphrase === null
      ? []
      : [
          `Passphrase: ${passphrase}`,
          'It is shown this once. Write it down, and keep it apart from the kit and from the sets.',
        ]),
    'Open it with: age -d FILE | tar -x',
    ...warnings.map((warning) => `Note: ${warning}`),
  ].join('\n');
}
