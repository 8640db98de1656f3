import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, InvalidArgumentError } from 'commander';
import type { Overview, Requests } from '#features/operations/index.ts';
import { AppError } from '#platform/errors/index.ts';
import { type Client, connectToServer } from './client.ts';
import { milliseconds } from './duration.ts';
import { clean, print, table } from './output.ts';
import { describeJobs, describeProcess } from './status.ts';

interface TopArguments {
  json?: boolean;
  once?: boolean;
  interval: number;
  window: number;
}

interface Reading {
  overview: Overview;
  requests: Requests;
}

const SHOWN_ROUTES = 15;
const SHOWN_NOTED = 5;

/** `commandcenter top`: what is answered how fast at the moment, again and again. */
export function addTop(program: Command): void {
  program
    .command('top')
    .description('watch requests, processes and jobs; q or Ctrl-C ends it')
    .option('--interval <seconds>', 'how often it is read', whole(1, 3600), 5)
    .option('--window <seconds>', 'of which time requests are shown', whole(10, 3600), 60)
    .option('--once', 'read once and end')
    .option('--json', 'read once and print JSON')
    .action(async (options: TopArguments) => {
      const client = await connectToServer();
      if (options.json || options.once || !process.stdout.isTTY) {
        print(options, await read(client, options), (reading) => draw(reading));
      } else await watch(client, options);
    });
}

function whole(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`A whole number from ${least} to ${most} is wanted.`);
  };
}

async function read(client: Client, { window }: TopArguments): Promise<Reading> {
  const [overview, requests] = await Promise.all([
    client.request<Overview>('GET', '/operations'),
    client.request<Requests>('GET', `/operations/requests?seconds=${window}`),
  ]);
  return { overview, requests };
}

/** In the raw mode Ctrl-C is a key as well. */
const ENDING_KEYS = new Set(['q', 'Q', '\u0003']);
const ENTER = '\u001b[?1049h\u001b[?25l';
const LEAVE = '\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const REST_OF_LINE = '\u001b[K';
const REST_OF_SCREEN = '\u001b[J';

/** On a screen of its own, so that the terminal is afterwards as it was before. */
async function watch(client: Client, options: TopArguments): Promise<void> {
  const { stdout, stdin } = process;
  const ended = new AbortController();
  const end = (): void => ended.abort();
  process.once('SIGINT', end).once('SIGTERM', end);
  stdin.setRawMode?.(true);
  stdin.on('data', (keys) => {
    if (ENDING_KEYS.has(String(keys))) end();
  });
  stdout.write(ENTER);
  try {
    while (!ended.signal.aborted) {
      const text = await read(client, options).then(draw, explain);
      const lines = clean(text).split('\n').slice(0, stdout.rows);
      const cut = lines.map((line) => `${line.slice(0, stdout.columns)}${REST_OF_LINE}`);
      stdout.write(`${HOME}${cut.join('\r\n')}${REST_OF_SCREEN}`);
      await sleep(options.interval * 1000, undefined, { signal: ended.signal }).catch(() => undefined);
    }
  } finally {
    stdout.write(LEAVE);
    stdin.setRawMode?.(false);
    stdin.pause();
  }
}

/** A server that is away for a moment, as in a deploy, comes back; a token that is refused does not. */
function explain(error: unknown): string {
  if (!(error instanceof AppError) || error.status === 401 || error.status === 403) throw error;
  return `${error.message} Trying again.`;
}

function draw({ overview, requests }: Reading): string {
  const { all, routes, noted, seconds } = requests;
  const { version, status, alerts, processes, jobs } = overview;
  const times = `p50 ${milliseconds(all.p50Ms)} · p95 ${milliseconds(all.p95Ms)} · p99 ${milliseconds(all.p99Ms)}`;
  const parts = [
    [
      `CommandCenter ${version} is ${status}. ${describeJobs(jobs)}`,
      `${all.perSecond} requests/s · ${times} · ${all.failed} failed of ${all.requests} in ${seconds} s`,
      ...alerts.map(({ severity, summary }) => `${severity}: ${summary}`),
    ].join('\n'),
    table(
      ['process', 'host', 'version', 'up for', 'memory', 'processor', 'loop p99', 'connections'],
      processes.map(describeProcess),
    ),
    table(
      ['route', 'per s', 'p50', 'p95', 'p99', 'failed'],
      routes
        .slice(0, SHOWN_ROUTES)
        .map(({ method, route, perSecond, p50Ms, p95Ms, p99Ms, failed }) => [
          `${method} ${route}`,
          String(perSecond),
          milliseconds(p50Ms),
          milliseconds(p95Ms),
          milliseconds(p99Ms),
          String(failed),
        ]),
    ),
    table(
      ['slow or failed', 'status', 'took', 'request', 'id'],
      noted
        .slice(0, SHOWN_NOTED)
        .map(({ at, status: code, durationMs, method, route, requestId }) => [
          at.slice(11, 19),
          String(code),
          milliseconds(durationMs),
          `${method} ${route}`,
          requestId,
        ]),
    ),
  ];
  // A header without a row below it tells nothing.
  return parts.filter((part, at) => at === 0 || part.includes('\n')).join('\n\n');
}
