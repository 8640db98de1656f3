import type { Command } from 'commander';
import type { Overview } from '#features/operations/index.ts';
import { AppError } from '#platform/errors/index.ts';
import { type Client, connectToServer } from './client.ts';
import { ago, megabytes, milliseconds, percent, shortDuration } from './duration.ts';
import { exitCodes } from './exit-codes.ts';
import { type OutputOptions, print, table } from './output.ts';

/** `commandcenter status`: how the installation is, for people and for scripts. */
export function addStatus(program: Command): void {
  program
    .command('status')
    .description('show how the installation is; exit status 1 if something is wrong')
    .option('--json', 'print JSON')
    .action(async (options: OutputOptions) => {
      const client = await connectToServer();
      const found = await readStatus(client);
      print(options, found, describeStatus);
      const wrong = found.status !== 'ok' || ('alerts' in found && found.alerts.length > 0);
      if (wrong) process.exitCode = found.status === 'down' ? exitCodes.unavailable : exitCodes.findings;
    });
}

type Found = Overview | { status: string };

/** Without its database a server can't tell who asks; what it says to anybody is still something. */
async function readStatus(client: Client): Promise<Found> {
  try {
    return await client.request<Overview>('GET', '/operations');
  } catch (error) {
    if (!(error instanceof AppError && error.status === 503 && error.code.startsWith('database')))
      throw error;
    const answer = await fetch(`${client.url}/health`).catch(() => undefined);
    const { status = 'down' } = ((await answer?.json().catch(() => ({}))) ?? {}) as { status?: string };
    return { status };
  }
}

function describeStatus(found: Found): string {
  if (!('components' in found)) {
    return `CommandCenter is ${found.status}.\nThe server answers, but not its database. \`commandcenter doctor\` looks for the reason.`;
  }
  const { version, release, status, alerts } = found;
  const parts = [
    `CommandCenter ${version}${release === null ? '' : ` (${release})`} is ${status}.`,
    describeAlerts(alerts),
    table(
      ['part', 'status', 'answers in', 'version', 'problem'],
      found.components.map((part) => [
        part.name,
        part.status,
        milliseconds(part.latencyMs),
        part.version ?? '',
        part.problem ?? '',
      ]),
    ),
    table(
      ['process', 'host', 'version', 'up for', 'memory', 'processor', 'loop p99', 'connections'],
      found.processes.map(describeProcess),
    ),
    table(
      ['objective, 30 days', 'requests', 'met by', 'budget left'],
      found.objectives.map(({ goal, requests, met, budgetLeft }) => [
        goal,
        String(requests),
        percent(met),
        percent(budgetLeft),
      ]),
    ),
    `${describeJobs(found.jobs)}\n${describeBackups(found.backups)}`,
  ];
  return parts.join('\n\n');
}

function describeAlerts(alerts: Overview['alerts']): string {
  if (alerts.length === 0) return 'No alert is open.';
  return alerts
    .map(
      ({ severity, summary, beganAt, runbook }) =>
        `${severity.padEnd(8)} ${summary} For ${ago(beganAt)}; see docs/runbooks/${runbook}.md.`,
    )
    .join('\n');
}

/** One line of the table of processes; `top` shows the same. */
export function describeProcess(process: Overview['processes'][number]): string[] {
  const { role, host, processId, version, startedAt, figures } = process;
  const { total, idle, max, waiting } = figures.connections;
  return [
    role,
    `${host}:${processId}`,
    version,
    ago(startedAt),
    megabytes(figures.residentBytes),
    percent(figures.cpu),
    milliseconds(figures.eventLoopP99Ms),
    `${total - idle} of ${max}${waiting > 0 ? `, ${waiting} wait` : ''}`,
  ];
}

/** One line; `top` shows the same. */
export function describeJobs({
  queued,
  running,
  failed,
  oldestQueuedSeconds,
  workers,
}: Overview['jobs']): string {
  const oldest = queued > 0 ? ` (for ${shortDuration(oldestQueuedSeconds)})` : '';
  return `Jobs: ${queued} waiting${oldest}, ${running} running, ${failed} failed. Workers: ${workers}.`;
}

function describeBackups(backups: Overview['backups']): string {
  const { newestAt, newestVerifiedAt, offSiteAt, stale, failed, schedule } = backups;
  const age = (at: string | null): string => (at === null ? 'never' : `${ago(at)} ago`);
  const trouble = [...(stale ? ['one is missing'] : []), ...failed.map((step) => `${step} failed`)];
  return [
    `Backups: newest ${age(newestAt)}, newest verified ${age(newestVerifiedAt)}, copied elsewhere ${age(offSiteAt)}`,
    schedule === null ? ', no schedule' : '',
    trouble.length > 0 ? `; ${trouble.join(', ')}` : '',
    '.',
  ].join('');
}
