import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  DATABASE,
  findPostgres,
  hasRedis,
  type Installation,
  install,
  METRICS_TOKEN,
  type ProductProcess,
  signIn,
  until,
} from './installation.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

// Skipped where PostgreSQL or Redis are not installed; CI has them.
const possible = findPostgres() !== undefined && hasRedis();

/** Two connections with 100 ms each way: ten reads a second, however fast the machine is. */
const WAY_MS = 100;
const MOST = 5;
const SMALL = { DATABASE_POOL_SIZE: '2', MAX_REQUESTS_UNDER_WAY: String(MOST) };
const CALLERS = 40;
const FLOOD_MS = 6000;
/** Far more than any of them takes, and far less than what waited in a queue without an end. */
const ANSWERED_WITHIN_MS = 15_000;
const AGAIN_MS = 50;

interface Seen {
  status: number;
  ms: number;
  code: string | undefined;
  retryAfter: number;
}

describe.skipIf(!possible)('more requests than a server can answer', () => {
  let installation: Installation;
  let server: ProductProcess;
  let proxy: TcpProxy;
  let token: string;

  beforeAll(async () => {
    installation = await install({
      env: SMALL,
      async databaseUrl(postgres) {
        proxy = await startTcpProxy(postgres.port);
        return postgres.url(DATABASE).replace(`:${postgres.port}`, `:${proxy.port}`);
      },
    });
    server = await installation.serve();
    token = (await signIn(installation, server)).token;
    proxy.delay(WAY_MS);
  }, 60_000);
  afterAll(async () => {
    await installation?.close();
    await proxy?.close();
  });

  async function ask(path: string, bearer = token, signal?: AbortSignal): Promise<Seen> {
    const begin = performance.now();
    const headers = { authorization: `Bearer ${bearer}` };
    const answer = await fetch(`${server.url}${path}`, { headers, ...(signal ? { signal } : {}) });
    const text = await answer.text();
    const ms = performance.now() - begin;
    const code = /"code":"([a-z-]+)"/.exec(text)?.[1];
    return { status: answer.status, ms, code, retryAfter: Number(answer.headers.get('retry-after')) };
  }
  const read = (signal?: AbortSignal): Promise<Seen> => ask('/api/v1/technologies?limit=1', token, signal);

  async function figure(name: string): Promise<number> {
    const headers = { authorization: `Bearer ${METRICS_TOKEN}` };
    const text = await (await fetch(`${server.url}/metrics`, { headers })).text();
    return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]);
  }

  const underWay = (): Promise<number> => figure('commandcenter_http_requests_under_way');

  /** Callers that never wait for each other; who is refused comes again soon. */
  async function flood(one: () => Promise<Seen | undefined>): Promise<Seen[]> {
    const seen: Seen[] = [];
    const end = Date.now() + FLOOD_MS;
    const call = async (): Promise<void> => {
      while (Date.now() < end) {
        const answer = await one();
        if (answer) seen.push(answer);
        if (answer?.status !== 200) await sleep(AGAIN_MS);
      }
    };
    await Promise.all(Array.from({ length: CALLERS }, call));
    return seen;
  }

  /** Asks the probes until it is stopped; tells everything that they answered. */
  function probe(): () => Promise<string[]> {
    const stop = new AbortController();
    const answers = (async () => {
      const seen: string[] = [];
      while (!stop.signal.aborted) {
        for (const path of ['/livez', '/readyz', '/health']) {
          seen.push(`${path} ${(await ask(path, METRICS_TOKEN)).status}`);
        }
        await sleep(200, undefined, { signal: stop.signal }).catch(() => {});
      }
      return seen;
    })();
    return () => {
      stop.abort();
      return answers;
    };
  }

  const median = (all: Seen[]): number => all.map(({ ms }) => ms).sort((a, b) => a - b)[all.length >> 1] ?? 0;

  test('some are refused at once and told when to come again, the others answered in time, and nothing is left behind', async () => {
    const probes = probe();
    const seen = await flood(read);
    const answered = seen.filter(({ status }) => status === 200);
    const refused = seen.filter(({ status }) => status !== 200);
    expect(answered.length).toBeGreaterThan(MOST);
    expect(refused.length).toBeGreaterThan(CALLERS);
    expect(new Set(refused.map(({ status, code }) => `${status} ${code}`))).toEqual(
      new Set(['503 overloaded']),
    );
    for (const { retryAfter } of refused) expect([1, 2, 3, 4]).toContain(retryAfter);
    expect(Math.max(...answered.map(({ ms }) => ms))).toBeLessThan(ANSWERED_WITHIN_MS);
    expect(median(refused)).toBeLessThan(median(answered));

    // As fast as before within seconds: one read takes 200 ms.
    await until('reads are fast again', async () => (await read()).ms < 1000, server, 10_000);
    await until('nothing is under way', async () => (await underWay()) === 0, server);
    expect(await figure('commandcenter_http_requests_refused_total')).toBeGreaterThanOrEqual(refused.length);
    expect([...new Set(await probes())].sort()).toEqual(['/health 200', '/livez 200', '/readyz 200']);
    const log = await server.log();
    expect(log.match(/too many requests under way/g)?.length).toBeGreaterThan(0);
    expect(log).not.toMatch(/"level":"?(error|50)/);
  });

  test('what callers gave up waiting for is not worked off after them', async () => {
    const impatient = async (): Promise<undefined> => {
      await read(AbortSignal.timeout(150)).catch(() => {});
      return undefined;
    };
    await flood(impatient);
    await until('nothing is under way', async () => (await underWay()) === 0, server, 10_000);
    await until('reads are fast again', async () => (await read()).ms < 1000, server, 10_000);
    expect(await server.log()).not.toMatch(/"level":"?(error|50)/);
  });

  test('streams that wait for news take nobody’s place', async () => {
    proxy.delay(0);
    const headers = { authorization: `Bearer ${token}` };
    const made = await fetch(`${server.url}/api/v1/repositories:sample`, { method: 'POST', headers });
    const { job } = (await made.json()) as { job: { id: string } };
    const stop = new AbortController();
    const streams = Array.from({ length: MOST * 3 }, async () => {
      const answer = await fetch(`${server.url}/api/v1/jobs/${job.id}/events`, {
        headers,
        signal: stop.signal,
      });
      return answer.status;
    });
    expect(new Set(await Promise.all(streams))).toEqual(new Set([200]));
    await until('nothing is under way', async () => (await underWay()) === 0, server);
    expect((await read()).status).toBe(200);
    stop.abort();
  });
});
