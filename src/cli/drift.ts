import type { Command } from 'commander';
import { withClient } from './client.ts';
import { exitCodes } from './exit-codes.ts';
import { type OutputOptions, print } from './output.ts';

interface DriftAnswer {
  items: {
    kind: string;
    severity: string;
    summary: string;
    evidence: { repositoryName: string; path: string; line: number }[];
  }[];
}

const SHOWN_EVIDENCE = 3;

/** `commandcenter drift`: for a pipeline, it ends with 1 if there is any. */
export function addDrift(program: Command): void {
  program
    .command('drift')
    .description('show where code and radar disagree; exit status 1 if they do')
    .option('--json', 'print JSON')
    .option('--severity <level>', 'leave out what is less severe: high, medium or low', 'low')
    .action((options: OutputOptions & { severity: string }) =>
      withClient(async (client) => {
        const levels = ['high', 'medium', 'low'];
        const shown = levels.slice(0, levels.indexOf(options.severity) + 1 || levels.length);
        const drift = await client.request<DriftAnswer>('GET', '/drift');
        const items = drift.items.filter((item) => shown.includes(item.severity));
        print(options, { ...drift, items }, () => describe(items));
        if (items.length > 0) process.exitCode = exitCodes.findings;
      }),
    );
}

function describe(items: DriftAnswer['items']): string {
  if (items.length === 0) return 'No drift: code and radar agree.';
  return items
    .flatMap((item) => [
      `${item.severity.padEnd(6)} ${item.kind}: ${item.summary}`,
      ...item.evidence
        .slice(0, SHOWN_EVIDENCE)
        .map(({ repositoryName, path, line }) => `         ${repositoryName} ${path}:${line}`),
    ])
    .join('\n');
}
