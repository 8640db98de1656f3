import { setTimeout as sleep } from 'node:timers/promises';
import { appError } from '#platform/errors/index.ts';
import { type ProbeAnswer, type ProbeRequest, probe } from './commands/engine.ts';
import type { ReleaseContainer } from './containers.ts';
import type { Engine } from './engine.ts';
import type { Release } from './journal.ts';
import type { Site } from './site.ts';

const LIMIT_MS = 30_000;

async function send(engine: Engine, from: string, requests: ProbeRequest[]): Promise<ProbeAnswer[]> {
  return JSON.parse(
    await engine.run(probe(from, requests), { timeoutMs: LIMIT_MS, tries: 3 }),
  ) as ProbeAnswer[];
}

/** The release that an answer of /readyz tells. */
export function releaseIn({ status, body }: ProbeAnswer): string | undefined {
  if (status !== 200) return undefined;
  try {
    return (JSON.parse(body) as { release?: string }).release;
  } catch {
    return undefined;
  }
}

/** The first file with a hash in its name that the page asks for. */
export function assetIn(page: string): string | undefined {
  return /(?:src|href)="(\/assets\/[^"]+\.(?:js|css))"/.exec(page)?.[1];
}

/**
 * Asks each container of a new release, before anybody else does: the API which release it is, the web server for
 * the page and a file that it names. Throws AppError `release-broken`.
 */
export async function smoke(
  engine: Engine,
  site: Site,
  release: Release,
  containers: readonly ReleaseContainer[],
): Promise<void> {
  const network = `${site.project}_application`;
  const of = (name: string): ReleaseContainer[] => containers.filter(({ service }) => service === name);
  const [from] = of('api');
  if (!from) throw broken(release, 'it has no API');
  for (const api of of('api')) {
    const [answer] = await send(engine, from.id, [
      { url: `http://${api.addresses[network]}:3000/readyz`, host: 'localhost' },
    ]);
    const told = answer && releaseIn(answer);
    if (told !== release.name) {
      throw broken(release, `${api.name} is not ready, or another release (${told ?? describe(answer)})`);
    }
  }
  for (const web of of('web')) {
    const base = `http://${web.addresses[network]}:8080`;
    const [page] = await send(engine, from.id, [{ url: `${base}/`, host: 'localhost' }]);
    const path = page?.status === 200 ? assetIn(page.body) : undefined;
    if (path === undefined) throw broken(release, `${web.name} has no page (${describe(page)})`);
    const [asset] = await send(engine, from.id, [{ url: `${base}${path}`, host: 'localhost' }]);
    if (asset?.status !== 200) throw broken(release, `${web.name} lacks ${path} (${describe(asset)})`);
  }
}

const SEEN_IN_A_ROW = 5;
const ASK_EVERY_MS = 200;

/** Asks through the edge, as people do, until only the new release answers. Throws AppError `switch-without-effect`. */
export async function waitForTraffic(
  engine: Engine,
  site: Site,
  { release, from, seconds }: { release: Release; from: string; seconds: number },
): Promise<void> {
  const url = site.tls ? 'https://edge:8443/readyz' : 'http://edge:8080/readyz';
  const request = { url, host: site.publicHost };
  let last: ProbeAnswer | undefined;
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(ASK_EVERY_MS)) {
    const answers = await send(engine, from, Array<ProbeRequest>(SEEN_IN_A_ROW).fill(request));
    last = answers.find((answer) => releaseIn(answer) !== release.name);
    if (!last) return;
  }
  throw appError(
    'switch-without-effect',
    424,
    `The edge was switched, and ${releaseIn(last as ProbeAnswer) ?? describe(last)} answers instead of ${release.name}.`,
  );
}

function describe(answer: ProbeAnswer | undefined): string {
  return answer?.problem ?? `status ${answer?.status ?? 'unknown'}`;
}

function broken(release: Release, what: string): Error {
  return appError('release-broken', 424, `${release.name} does not work: ${what}.`);
}
