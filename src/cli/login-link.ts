import type { Command } from 'commander';
import { appError } from '#platform/errors/index.ts';
import { withClient } from './client.ts';

/** `commandcenter login-link` */
export function addLoginLink(program: Command): void {
  program
    .command('login-link')
    .description('print a link that signs a browser in once')
    .action(() =>
      withClient(async (client) => {
        if (client.inProcess) {
          throw appError('server-unreachable', 503, 'No server is running on this data directory.', {
            remedy: 'Start it: `commandcenter start` prints such a link too.',
          });
        }
        const { path } = await client.request<{ path: string }>('POST', '/login-links');
        process.stdout.write(`${client.url}${path}\n`);
      }),
    );
}
