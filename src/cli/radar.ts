import type { Command } from 'commander';
import { withClient } from './client.ts';
import { type OutputOptions, print, table } from './output.ts';

interface RadarAnswer {
  quadrants: { id: string; name: string }[];
  blips: {
    slug: string;
    name: string;
    quadrant: string;
    ring: string | null;
    moved: string;
    usage: { repositories: number };
  }[];
}

/** `commandcenter radar` */
export function addRadar(program: Command): void {
  program
    .command('radar')
    .description('show the technology radar')
    .option('--svg', 'print it as an SVG picture')
    .option('--json', 'print JSON')
    .action((options: OutputOptions & { svg?: boolean }) =>
      withClient(async (client) => {
        if (options.svg) {
          process.stdout.write(await client.text('/radar.svg'));
          return;
        }
        const radar = await client.request<RadarAnswer>('GET', '/radar');
        const names = new Map(radar.quadrants.map((quadrant) => [quadrant.id, quadrant.name]));
        print(options, radar, ({ blips }) =>
          blips.length === 0
            ? 'The radar is empty. Track a repository: `commandcenter track <path|url>`.'
            : table(
                ['RING', 'TECHNOLOGY', 'QUADRANT', 'REPOSITORIES', 'MOVED'],
                blips.map((blip) => [
                  blip.ring ?? 'unreviewed',
                  blip.name,
                  names.get(blip.quadrant) ?? blip.quadrant,
                  String(blip.usage.repositories),
                  blip.moved === 'none' ? '' : blip.moved,
                ]),
              ),
        );
      }),
    );
}
