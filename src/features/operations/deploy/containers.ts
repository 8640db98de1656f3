import { setTimeout as sleep } from 'node:timers/promises';
import { appError } from '#platform/errors/index.ts';
import { findRelease } from './commands/compose.ts';
import { inspect, lastLines } from './commands/engine.ts';
import { type Engine, linesOf } from './engine.ts';
import type { Colour, Site } from './site.ts';

/** A container of a release, as far as a deploy looks at it. */
export interface ReleaseContainer {
  id: string;
  name: string;
  service: string;
  /** `created`, `running`, `restarting`, `exited`, … */
  state: string;
  exitCode: number;
  restarts: number;
  /** Null without a health check. */
  health: 'starting' | 'healthy' | 'unhealthy' | null;
  /** By the full name of the network. */
  addresses: Record<string, string>;
}

interface Inspected {
  Id: string;
  Name: string;
  RestartCount: number;
  State: { Status: string; ExitCode: number; Health?: { Status: string } };
  Config: { Labels: Record<string, string> | null };
  NetworkSettings: { Networks: Record<string, { IPAddress: string }> | null };
}

export function parseContainers(json: string): ReleaseContainer[] {
  return (JSON.parse(json) as Inspected[]).map((one) => ({
    id: one.Id,
    name: one.Name.replace(/^\//, ''),
    service: one.Config.Labels?.['com.docker.compose.service'] ?? '',
    state: one.State.Status,
    exitCode: one.State.ExitCode,
    restarts: one.RestartCount,
    health: healthOf(one.State.Health?.Status),
    addresses: Object.fromEntries(
      Object.entries(one.NetworkSettings.Networks ?? {}).map(([name, { IPAddress }]) => [name, IPAddress]),
    ),
  }));
}

function healthOf(status: string | undefined): ReleaseContainer['health'] {
  return status === 'starting' || status === 'healthy' || status === 'unhealthy' ? status : null;
}

/** The containers of a colour, those that stand still included. */
export async function listRelease(engine: Engine, site: Site, colour: Colour): Promise<ReleaseContainer[]> {
  const ids = linesOf(await engine.run(findRelease(site, colour), { tries: 3 }));
  return ids.length === 0 ? [] : parseContainers(await engine.run(inspect(ids), { tries: 3 }));
}

export interface Verdict {
  verdict: 'well' | 'waiting' | 'broken';
  /** What is broken, or what is waited for. */
  container?: ReleaseContainer;
  problem?: string;
}

// Once may be the moment in which another part was not there yet.
const RESTARTS_ALLOWED = 2;

/** Whether containers serve, may still come to it, or will not. */
export function judgeContainers(containers: readonly ReleaseContainer[]): Verdict {
  for (const container of containers) {
    const problem = problemOf(container);
    if (problem !== undefined) return { verdict: 'broken', container, problem };
  }
  const waiting = containers.find(
    ({ state, health }) => state !== 'running' || (health !== 'healthy' && health !== null),
  );
  if (waiting) return { verdict: 'waiting', container: waiting };
  return containers.length > 0 ? { verdict: 'well' } : { verdict: 'waiting' };
}

function problemOf({ name, state, exitCode, restarts, health }: ReleaseContainer): string | undefined {
  if (restarts > RESTARTS_ALLOWED) return `${name} ends again and again, the last time with ${exitCode}`;
  if (state === 'exited' || state === 'dead') return `${name} has ended with ${exitCode}`;
  if (health === 'unhealthy') return `${name} runs but its health check fails`;
  return undefined;
}

const ASK_EVERY_MS = 500;
const LINES_SHOWN = 15;

/**
 * Waits until services of a colour are healthy. Throws AppError `release-broken` with the last lines of the log as
 * soon as one is seen to be broken, or when the time is over.
 */
export async function waitUntilHealthy(
  engine: Engine,
  site: Site,
  colour: Colour,
  { services, seconds }: { services: readonly string[]; seconds: number },
): Promise<ReleaseContainer[]> {
  for (const end = Date.now() + seconds * 1000; ; await sleep(ASK_EVERY_MS)) {
    const containers = await listRelease(engine, site, colour);
    const wanted = containers.filter(({ service }) => services.includes(service));
    const missing = services.find((service) => !wanted.some((one) => one.service === service));
    const { verdict, container, problem } = judgeContainers(wanted);
    if (verdict === 'well' && missing === undefined) return wanted;
    if (verdict !== 'broken' && Date.now() < end) continue;
    const what = problem ?? `${container?.name ?? missing} was not healthy within ${seconds} seconds`;
    throw await broken(engine, what, container);
  }
}

async function broken(engine: Engine, what: string, container: ReleaseContainer | undefined): Promise<Error> {
  const log = container
    ? await engine.ask(lastLines(container.id, LINES_SHOWN)).catch(() => undefined)
    : undefined;
  const lines = linesOf(`${log?.stdout ?? ''}\n${log?.stderr ?? ''}`).slice(-LINES_SHOWN);
  const shown = lines.length > 0 ? `\n${lines.map((line) => `  | ${line}`).join('\n')}\n` : '';
  return appError('release-broken', 424, `${what}.${shown}`, { details: { log: lines } });
}
