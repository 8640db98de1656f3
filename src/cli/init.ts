import { type Command, InvalidArgumentError } from 'commander';
import type { FolderOptions, ProductionFolder } from '#features/operations/index.ts';
import { version } from '../app/index.ts';
import { count, type OutputOptions, print } from './output.ts';

/** `commandcenter init`: makes the folder that an installation is run from. */
export function addInit(program: Command): void {
  program
    .command('init')
    .description('make a production folder: settings, secrets, compose files, edge; never overwrites')
    .argument('<folder>', 'where; a second run adds what is missing')
    .option('--domain <name>', 'name that people open, such as radar.example.com')
    .option('--image <ref>', 'image of the server, best by digest')
    .option('--web-image <ref>', 'image of the web server and the edge, best by digest')
    .option('--project <name>', 'name of the Compose project; that of the folder if not given')
    .option('--http-port <port>', 'port of the edge for HTTP (80)', toNumber)
    .option('--https-port <port>', 'port of the edge for HTTPS (443)', toNumber)
    .option('--self-signed', 'make a certificate for a trial, which browsers warn of')
    .option('--json', 'print JSON')
    .action(async (directory: string, options: Omit<FolderOptions, 'directory'> & OutputOptions) => {
      // What a server never needs is loaded with the command that does.
      const { createProductionFolder } = await import('#features/operations/index.ts');
      const defaults = { image: `commandcenter:${version}`, webImage: `commandcenter-web:${version}` };
      const folder = await createProductionFolder({ ...options, directory }, defaults);
      print(options, folder, describe);
    });
}

function toNumber(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It is a number.');
}

function describe({ directory, publicUrl, project, made, left, notes }: ProductionFolder): string {
  const lines = [
    made.length === 0
      ? `${directory} lacked nothing.`
      : `${directory}: made ${count(made.length, 'file')} for ${publicUrl}, project ${project}.`,
    ...made.map((path) => `  made  ${path}`),
    ...left.map((path) => `  left  ${path}`),
    ...notes.map((note) => `Note: ${note}`),
  ];
  if (made.length > 0) lines.push(`Next: ${directory}/CHECKLIST.md`);
  return lines.join('\n');
}
