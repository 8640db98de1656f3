import type { Command } from 'commander';
import { loadConfig } from '#platform/config/index.ts';
import { appError } from '#platform/errors/index.ts';
import { makeLoginLink } from '../app/index.ts';
import { withClient } from './client.ts';

/** `commandcenter login-link` */
export function addLoginLink(program: Command): void {
  program
    .command('login-link')
    .description('print a link that signs a browser in once')
    .option('--user <email>', 'for this user; the owner of the installation if not given')
    .action(async ({ user }: { user?: string }) => {
      process.stdout.write(`${await findLink(user)}\n`);
    });
}

/** Beside a PostgreSQL server the database is enough; the embedded one is asked through its process. */
async function findLink(user: string | undefined): Promise<string> {
  if (!process.env['COMMANDCENTER_URL']) {
    const config = loadConfig();
    if (config.databaseUrl !== undefined) return makeLoginLink(config, user);
  }
  let link = '';
  await withClient(async (client) => {
    if (client.inProcess) {
      throw appError('server-unreachable', 503, 'No server is running on this data directory.', {
        remedy: 'Start it: `commandcenter start` prints such a link too.',
      });
    }
    const body = user === undefined ? {} : { email: user };
    const { path } = await client.request<{ path: string }>('POST', '/login-links', body);
    link = `${client.url}${path}`;
  });
  return link;
}
