import type { Command } from 'commander';
import type { Detection } from '#features/evidence/index.ts';
import { type Client, withClient } from './client.ts';
import { type OutputOptions, print, table } from './output.ts';

/** `commandcenter evidence [technology]` */
export function addEvidence(program: Command): void {
  program
    .command('evidence')
    .argument('[technology]', 'slug of a technology; all of them if not given')
    .description('show where the code uses a technology')
    .option('--json', 'print JSON')
    .action((technology: string | undefined, options: OutputOptions) =>
      withClient(async (client) => {
        // A technology that does not exist is an error, not an empty answer.
        if (technology) await client.request('GET', `/technologies/${encodeURIComponent(technology)}`);
        const detections = await listAll(client, technology);
        print(options, detections, (items) =>
          table(
            ['TECHNOLOGY', 'VERSION', 'SCOPE', 'CONFIDENCE', 'REPOSITORY', 'WHERE'],
            items.map((item) => [
              item.technologyName,
              item.versionLocked ?? item.versionDeclared ?? '',
              item.scope,
              item.confidence.toFixed(2),
              item.repositoryName,
              item.evidence.map(({ path, line }) => `${path}:${line}`).join(', '),
            ]),
          ),
        );
      }),
    );
}

async function listAll(client: Client, technology: string | undefined): Promise<Detection[]> {
  const filter = technology ? `&technology=${encodeURIComponent(technology)}` : '';
  const all: Detection[] = [];
  for (let cursor = ''; ; ) {
    const page = await client.request<{ items: Detection[]; nextCursor: string | null }>(
      'GET',
      `/detections?limit=200${filter}${cursor}`,
    );
    all.push(...page.items);
    if (page.nextCursor === null) return all;
    cursor = `&cursor=${page.nextCursor}`;
  }
}
