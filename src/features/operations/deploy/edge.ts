import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { appError } from '#platform/errors/index.ts';
import { renderUpstreams } from '../nginx/render-upstreams.ts';
import { findEdge, reloadEdge, testEdge } from './commands/compose.ts';
import { processesOf } from './commands/engine.ts';
import { type Engine, linesOf } from './engine.ts';
import { writeDurably } from './journal.ts';
import type { Colour, Site } from './site.ts';

const API_PORT = 3000;
const WEB_PORT = 8080;

/** Who gets the traffic, and whose web server is still asked for files of open pages. */
export interface Route {
  to: Colour;
  before?: Colour;
}

export function renderRoute({ to, before }: Route): string {
  return renderUpstreams({
    api: [`api-${to}:${API_PORT}`],
    web: [`web-${to}:${WEB_PORT}`],
    ...(before ? { webBefore: [`web-${before}:${WEB_PORT}`] } : {}),
  });
}

/** Leaves the way to a release written down; the edge follows it at its next load. */
export async function writeRoute(site: Site, route: Route): Promise<void> {
  await writeDurably(upstreamsPath(site), renderRoute(route));
}

/**
 * Leads the traffic elsewhere: written, tested by the edge itself, loaded. What the edge refuses is put back, so
 * that it could still be started. Throws AppError `edge-refused`.
 */
export async function switchEdge(engine: Engine, site: Site, route: Route): Promise<void> {
  const before = await readFile(upstreamsPath(site), 'utf8').catch(() => undefined);
  await writeRoute(site, route);
  const { exitCode, stderr } = await engine.ask(testEdge(site), { tries: 2 });
  if (exitCode !== 0) {
    if (before !== undefined) await writeDurably(upstreamsPath(site), before);
    const said = linesOf(stderr).slice(-3).join(' ');
    throw appError('edge-refused', 424, `The edge refuses its new configuration: ${said}`, {
      remedy: 'It goes on with the one that it has. Compare edge/nginx.conf with the one that ships.',
    });
  }
  await engine.run(reloadEdge(site), { tries: 3 });
}

/** The container of the edge, if it runs. */
export async function edgeContainer(engine: Engine, site: Site): Promise<string | undefined> {
  return linesOf(await engine.run(findEdge(site), { tries: 3 }))[0];
}

const ASK_EVERY_MS = 250;

/** Waits until the workers of the configuration before have ended what they had; false if the time was over. */
export async function waitUntilDrained(engine: Engine, site: Site, seconds: number): Promise<boolean> {
  const edge = await edgeContainer(engine, site);
  if (edge === undefined) return true;
  for (const end = Date.now() + seconds * 1000; ; await sleep(ASK_EVERY_MS)) {
    if (countLeaving(await engine.run(processesOf(edge), { tries: 3 })) === 0) return true;
    if (Date.now() >= end) return false;
  }
}

/** How many workers of nginx only end what they have begun. */
export function countLeaving(processes: string): number {
  return linesOf(processes).filter((line) => line.includes('worker process is shutting down')).length;
}

const upstreamsPath = (site: Site): string => join(site.directory, 'edge/upstreams.conf');
