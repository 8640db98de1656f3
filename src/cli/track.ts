import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Job } from '#platform/jobs/index.ts';
import { withClient } from './client.ts';
import { count, type OutputOptions, print } from './output.ts';
import { waitForJobs } from './wait-for-jobs.ts';

interface TrackOptions extends OutputOptions {
  detach?: boolean;
  source?: boolean;
  tokenFile?: string;
}

/** `commandcenter track <path|url>` */
export function addTrack(program: Command): void {
  program
    .command('track')
    .argument('<location>', 'folder of a git repository, or a git URL')
    .description('track a repository: fetch it, read its evidence and its documents')
    .option('--source', 'make its source code searchable too, not only its documents')
    .option('--detach', 'do not wait for the end')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nA token for a private repository is read from the variable GIT_ACCESS_TOKEN.')
    .action((location: string, options: TrackOptions) =>
      withClient(async (client) => {
        const accessToken = process.env['GIT_ACCESS_TOKEN'];
        const body = {
          location: existsSync(location) ? resolve(location) : location,
          ...(options.source ? { includeSource: true } : {}),
          ...(accessToken ? { accessToken } : {}),
        };
        const started = await client.request<{ repository: { id: string; name: string }; job: Job }>(
          'POST',
          '/repositories',
          body,
        );
        if (options.detach) {
          print(options, started, ({ repository, job }) => `Tracking ${repository.name}; job ${job.id}.`);
          return;
        }
        await waitForJobs(client, [started.job.rootId]);
        const repository = await client.request<{ name: string }>(
          'GET',
          `/repositories/${started.repository.id}`,
        );
        const { items: scans } = await client.request<{
          items: { counts: { technologies: number }; problems: { path: string; message: string }[] }[];
        }>('GET', `/scans?repository=${started.repository.id}&limit=1`);
        print(options, { repository, scan: scans[0] ?? null }, ({ scan }) =>
          [
            `${repository.name}: ${count(scan?.counts.technologies ?? 0, 'technology', 'technologies')} with evidence.`,
            ...(scan?.problems ?? []).map((problem) => `  ${problem.path}: ${problem.message}`),
            'See `commandcenter radar`, `commandcenter evidence` and `commandcenter drift`.',
          ].join('\n'),
        );
      }),
    );
}
