import { appError } from '#platform/errors/index.ts';
import {
  findMigrations,
  makeShared,
  removeRelease,
  removeUnstarted,
  runMigrate,
  startData,
  startEdge,
  startRelease,
  stopRelease,
  WAIT_SECONDS,
} from './commands/compose.ts';
import { removeContainers, waitForEnd } from './commands/engine.ts';
import { listRelease, waitUntilHealthy } from './containers.ts';
import { edgeContainer, switchEdge, waitUntilDrained, writeRoute } from './edge.ts';
import { type Engine, linesOf } from './engine.ts';
import { nameImages, type Operation, type State, type Step, writeReleaseEnv } from './journal.ts';
import { askPlan } from './migration-plan.ts';
import { smoke, waitForTraffic } from './probe.ts';
import type { Colour, Site } from './site.ts';

/** What every step works on. */
export interface Work {
  site: Site;
  engine: Engine;
  state: State;
  operation: Operation;
  /** Tells the operator what happens, in a sentence. */
  say(sentence: string): void;
}

const UP = { timeoutMs: (WAIT_SECONDS + 30) * 1000, tries: 3 };
const MIGRATE_MS = 6 * 3_600_000;
const STOP = { timeoutMs: 15 * 60_000, tries: 3 };
const TRAFFIC_SECONDS = 60;

/** What is done in each step. Each can be done again after it was broken off anywhere. */
export const stepActions: Readonly<Record<Step, (work: Work) => Promise<void>>> = {
  data,
  migrate,
  clear,
  start,
  ready,
  smoke: async ({ engine, site, operation: { release } }) =>
    smoke(engine, site, release, await listRelease(engine, site, release.colour)),
  switch: switchTraffic,
  verify,
  drain,
  stop,
  record: ({ site, operation: { release } }) => nameImages(site, release),
};

async function data({ engine, site, state: { current }, operation: { release } }: Work): Promise<void> {
  // The edge of an installation that is there already goes on with its image.
  if (!current) await nameImages(site, release);
  await engine.run(makeShared(site), UP);
  await engine.run(removeUnstarted(site), { tries: 3 });
  await engine.run(startData(site), UP);
}

async function migrate({ engine, site, say, operation: { release } }: Work): Promise<void> {
  // One that a killed deployer has left goes on by itself, and another would only wait for it.
  const left = linesOf(await engine.run(findMigrations(site), { tries: 3 }));
  if (left.length > 0) {
    await engine.ask(waitForEnd(left), { timeoutMs: MIGRATE_MS });
    await engine.ask(removeContainers(left), { tries: 3 });
  }
  const { pending, newer } = await askPlan(engine, site, release);
  if (newer.length > 0 && pending.length === 0) {
    return say('The schema is newer than the image, and in a way that it can work with.');
  }
  const { exitCode, stdout, stderr } = await engine.ask(runMigrate(site), { timeoutMs: MIGRATE_MS });
  if (exitCode === 0) return linesOf(stdout).filter(isOnSafety).forEach(say);
  const said = linesOf(`${stdout}\n${stderr}`).slice(-6).join('\n  | ');
  throw appError(
    'migration-failed',
    424,
    `The database was not migrated (exit code ${exitCode}).\n  | ${said}\n`,
    {
      remedy: 'A migration that fails changes nothing. Mend it and deploy again.',
    },
  );
}

/** What `migrate` says of the set that it makes before. */
const isOnSafety = (line: string): boolean => /^(Safety copy: set|No safety copy)/.test(line);

/** Makes room for the new release where the one before the last stood. */
async function clear({ engine, site, state: { current }, operation: { release } }: Work): Promise<void> {
  const edge = await edgeContainer(engine, site);
  // Its web server was asked for old files until now. What was stopped by hand has no name that the edge could find.
  if (current && edge !== undefined && (await isServing(engine, site, current.colour))) {
    await switchEdge(engine, site, { to: current.colour });
  }
  await writeReleaseEnv(site, release);
  await engine.run(removeRelease(site, release.colour), UP);
}

async function start({ engine, site, operation: { release } }: Work): Promise<void> {
  await writeReleaseEnv(site, release);
  await engine.run(startRelease(site, release.colour, ['api', 'worker']), UP);
  // Second, because nginx doesn't start while there is no server of that name.
  await engine.run(startRelease(site, release.colour, ['web']), UP);
}

async function ready({ engine, site, operation: { release, options } }: Work): Promise<void> {
  const services = ['api', 'worker', 'web'];
  await waitUntilHealthy(engine, site, release.colour, { services, seconds: options.readySeconds });
}

async function switchTraffic({
  engine,
  site,
  state: { current },
  operation: { release },
}: Work): Promise<void> {
  const before = current && (await webRuns(engine, site, current.colour)) ? current.colour : undefined;
  const route = { to: release.colour, ...(before ? { before } : {}) };
  if ((await edgeContainer(engine, site)) !== undefined) return switchEdge(engine, site, route);
  await writeRoute(site, route);
  await engine.run(startEdge(site), UP);
}

/** Whether the edge could be led to a colour. */
export async function isServing(engine: Engine, site: Site, colour: Colour): Promise<boolean> {
  const running = (await listRelease(engine, site, colour)).filter(({ state }) => state === 'running');
  return ['api', 'web'].every((name) => running.some(({ service }) => service === name));
}

/** A name that leads nowhere would keep the edge from starting. */
export async function webRuns(engine: Engine, site: Site, colour: Colour): Promise<boolean> {
  const containers = await listRelease(engine, site, colour);
  return containers.some(({ service, state }) => service === 'web' && state === 'running');
}

async function verify({ engine, site, operation: { release } }: Work): Promise<void> {
  const api = (await listRelease(engine, site, release.colour)).find(({ service }) => service === 'api');
  if (!api) throw appError('release-broken', 424, `The API of ${release.name} is gone.`);
  await waitForTraffic(engine, site, { release, from: api.id, seconds: TRAFFIC_SECONDS });
}

async function drain({ engine, site, say, operation: { options } }: Work): Promise<void> {
  if (await waitUntilDrained(engine, site, options.drainSeconds)) return;
  say(
    `After ${options.drainSeconds} seconds some requests are still under way, streams among them; their server ends them.`,
  );
}

/** The web server of the release before stays: pages that were opened before still ask it for their files. */
async function stop({ engine, site, state: { current } }: Work): Promise<void> {
  if (current) await engine.run(stopRelease(site, current.colour, ['worker', 'api']), STOP);
}
