import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Team } from './callers.ts';
import { startCompose, usageOfContainers } from './compose-system.ts';
import { type DriveOptions, drive } from './drive.ts';
import { isBeyond, type Outcome, outcomeOf } from './outcome.ts';
import { startProcesses } from './process-system.ts';
import { DEFAULTS, type ProfileName, stagesOf, WARM_UP } from './profiles.ts';
import { toHtml, toMarkdown, toSvg } from './report.ts';
import { SCENARIO } from './scenario.ts';
import { readStock, untilSearchable } from './stock.ts';
import type { System } from './system.ts';
import { createTeam } from './team.ts';
import type { Stock } from './values.ts';
import { startWatch, untilQuiet } from './watch.ts';

const USAGE = `node bench/load/run.ts [ramp|spike|soak|hold …] [--on=compose|processes|held] [--minutes=3] [--times=N] [--leave-out=JOURNEY …]
  [--wait=MINUTES]

Starts an installation of its own on this machine, fills it, and runs the profiles on it one after the other. "hold"
only starts it and waits for Ctrl+C; meanwhile k6, or another run with --on=held, can be run on it. With --wait each profile waits until others leave
the machine alone, for so many minutes at most. Reports are written to bench/load/results.`;
const RESULTS = join(import.meta.dirname, 'results');
const SETTLE_MS = 10_000;

const say = (line: string): boolean => process.stdout.write(`${line}\n`);
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    on: { type: 'string', default: 'compose' },
    minutes: { type: 'string' },
    times: { type: 'string' },
    wait: { type: 'string', default: '0' },
    'leave-out': { type: 'string', multiple: true, default: [] },
    help: { type: 'boolean', default: false },
  },
});
const wanted = positionals.length > 0 ? positionals : ['ramp', 'spike', 'soak'];
const unknown = wanted.find((name) => name !== 'hold' && !(name in DEFAULTS));
if (values.help || unknown !== undefined || !['compose', 'processes', 'held'].includes(values.on)) {
  say(USAGE);
  process.exit(values.help ? 0 : 64);
}

interface Held {
  url: string;
  team: Team;
  stock: Stock;
  containers: Record<string, string>;
}

const HELD = join(RESULTS, 'installation.json');
const held = values.on === 'held' ? (JSON.parse(await readFile(HELD, 'utf8')) as Held) : undefined;
const team = held?.team ?? createTeam();
say(held ? `It runs at ${held.url}.` : `Starting and filling the installation (${values.on}).`);
const system = held ? attach(held) : await (values.on === 'compose' ? startCompose : startProcesses)(team);
// What runs in containers would stay behind.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void system.close().finally(() => process.exit(130)));
}
try {
  const stock = held?.stock ?? (await makeReady(system));
  await mkdir(RESULTS, { recursive: true });
  for (const name of wanted) {
    if (name === 'hold') await hold(system, team, stock);
    else await measure(name as ProfileName, system, team, stock);
  }
} finally {
  await system.close();
}

function attach({ url, containers }: Held): System {
  return { name: 'held', url, containers, usage: () => usageOfContainers(containers), close: async () => {} };
}

async function makeReady({ url }: System): Promise<Stock> {
  say(`${url} answers; its documents are made searchable.`);
  await untilSearchable(url, team);
  return readStock(url, team);
}

async function measure(
  profile: ProfileName,
  { name, url, usage }: System,
  team: Team,
  stock: Stock,
): Promise<void> {
  const options = {
    minutes: Number(values.minutes ?? DEFAULTS[profile].minutes),
    times: Number(values.times ?? DEFAULTS[profile].times),
  };
  const stages = stagesOf(profile, options);
  const leftOut = values['leave-out'];
  const journeys = SCENARIO.filter((journey) => !leftOut.includes(journey.name));
  await sleep(SETTLE_MS);
  const busy = await untilQuiet(Number(values.wait) * 60_000);
  say(`The machine is busy with ${busy.toFixed(1)} cores before it begins; 30 seconds to warm up.`);
  await drive({ url, team, stock, journeys, stages: WARM_UP, seed: Date.now() });
  say(`${profile}: ${stages.map((stage) => `${stage.name} (${stage.seconds} s)`).join(', ')}`);
  const begin = performance.now();
  const watch = await startWatch(usage, () => performance.now() - begin);
  const enough = profile === 'ramp' ? endOfRamp(stages) : undefined;
  const result = await drive({
    url,
    team,
    stock,
    journeys,
    stages,
    seed: Date.now(),
    ...(enough ? { enough } : {}),
  });
  await watch.stop();
  const machine = `${cpus().length} cores (${cpus()[0]?.model ?? ''}), shared with the runner`;
  await write(
    outcomeOf({ profile, system: name, leftOut, machine, stages, drive: result, readings: watch.readings }),
  );
}

/** A ramp has told what it is for two steps after the knee; more would only keep the machine busy. */
function endOfRamp(stages: readonly { seconds: number }[]): NonNullable<DriveOptions['enough']> {
  const ends = stages.map((_, at) =>
    stages.slice(0, at + 1).reduce((sum, { seconds }) => sum + seconds * 1000, 0),
  );
  let seen = 0;
  let beyond = 0;
  return (tally, elapsedMs) => {
    const end = ends[seen];
    if (end === undefined || elapsedMs < end) return undefined;
    if (isBeyond(tally.between(ends[seen - 1] ?? 0, end))) beyond += 1;
    seen += 1;
    return beyond >= 2 ? 'two steps beyond the knee' : undefined;
  };
}

async function write(outcome: Outcome): Promise<void> {
  const markdown = toMarkdown(outcome);
  const name = `${outcome.profile}-${outcome.system}-${outcome.at.replaceAll(':', '').slice(0, 15)}`;
  const file = (ending: string): string => join(RESULTS, `${name}.${ending}`);
  await writeFile(file('md'), markdown);
  await writeFile(file('html'), toHtml(outcome));
  await writeFile(file('svg'), toSvg(outcome));
  await writeFile(file('json'), JSON.stringify(outcome));
  say(`${markdown}\nWritten: bench/load/results/${name}.{md,html,svg,json}\n`);
}

/** For k6, for other runs, or to look at the installation by hand. */
async function hold({ url, containers }: System, team: Team, stock: Stock): Promise<void> {
  await writeFile(HELD, JSON.stringify({ url, team, stock, containers } satisfies Held), { mode: 0o600 });
  say(
    `It runs at ${url}; its sessions and tokens are in bench/load/results/installation.json. Ctrl+C ends it.`,
  );
  // Until the signal, which ends the process.
  await new Promise(() => setInterval(() => {}, 60_000));
}
