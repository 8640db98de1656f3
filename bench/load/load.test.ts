import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { callerOf } from './callers.ts';
import { type DriveOptions, drive } from './drive.ts';
import { loopbackOrigin } from './loopback.ts';
import { outcomeOf } from './outcome.ts';
import { toHtml, toMarkdown, toSvg } from './report.ts';
import { type Journey, SCENARIO } from './scenario.ts';
import { createTally, percentile } from './tally.ts';
import { createTeam } from './team.ts';
import type { Stock } from './values.ts';

const stock: Stock = { technology: ['one'], repository: ['first', 'second', 'third'], document: ['a'] };

describe('the target', () => {
  test.each(['http://127.0.0.1:3000', 'http://127.8.9.10', 'http://[::1]:80'])(
    '%s is this machine',
    (address) => {
      expect(loopbackOrigin(address)).toBe(address);
    },
  );

  test.each([
    'http://localhost:3000',
    'https://radar.example.com',
    'http://10.0.0.1',
    'http://127.0.0.1@example.com',
    'http://127.0.0.1.example.com',
    'http://127.0.0.1:3000/\\example.com',
    'file:///etc/passwd',
    '',
  ])('%s is refused', async (address) => {
    expect(() => loopbackOrigin(address)).toThrow('and not to');
    await expect(driveOn(address, {})).rejects.toThrow('and not to');
  });
});

const team = createTeam();
const one = (journey: Partial<Journey>): Journey => ({
  name: 'one',
  share: 1,
  who: 'person',
  steps: [[{ method: 'GET', path: '/session' }]],
  ...journey,
});

function driveOn(url: string, options: Partial<DriveOptions>) {
  const stages = [{ name: 'all', seconds: 2, times: 5 }];
  return drive({ url, team, stock, journeys: [one({})], stages, streams: 0, ...options });
}

describe('the runner', () => {
  const servers: ReturnType<typeof createServer>[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });
  async function serve(answer: RequestListener): Promise<string> {
    const server = createServer(answer);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  test('counts what failed, and why', async () => {
    let asked = 0;
    const url = await serve((request, response) => {
      asked += 1;
      if (asked % 4 === 1) response.writeHead(200).end('{}');
      else if (asked % 4 === 2) response.writeHead(503).end('{"code":"database-busy"}');
      else if (asked % 4 === 3) response.writeHead(502).end('<html>');
      else request.socket.destroy();
    });
    const { tally } = await driveOn(url, {});
    const quarter = (rest: number): number => Math.floor((asked + 4 - rest) / 4);
    expect(asked).toBeGreaterThan(20);
    expect(tally.requests).toBe(asked);
    expect(tally.failures['503 database-busy']).toBe(quarter(2));
    expect(tally.failures['502 without a code']).toBe(quarter(3));
    expect(tally.all().failed).toBe(asked - quarter(1));
    expect(Object.values(tally.failures).reduce((sum, count) => sum + count, 0)).toBe(tally.all().failed);
  });

  test('a step that failed ends its journey; a page is as failed as its calls', async () => {
    const paths: string[] = [];
    const url = await serve(({ url: path = '' }, response) => {
      paths.push(path);
      response.writeHead(path.endsWith('/second') ? 500 : 200).end('{}');
    });
    const steps = ['/first', '/second', '/third'].map((path) => [{ method: 'GET' as const, path }]);
    const { tally } = await driveOn(url, { journeys: [one({ steps })] });
    expect(paths).not.toContain('/api/v1/third');
    expect(tally.pages()['one']).toMatchObject({ failed: tally.pages()['one']?.count });
  });

  test('reads lists page by page, and hands on the version that a change needs', async () => {
    const seen: string[] = [];
    const url = await serve((request, response) => {
      seen.push(`${request.method} ${request.url} ${request.headers['if-match'] ?? ''}`.trim());
      const nextCursor = request.url?.includes('cursor') ? null : 'next';
      response.end(JSON.stringify({ version: 7, nextCursor, items: [] }));
    });
    const steps: Journey['steps'] = [
      [{ method: 'GET', path: '/technologies/{technology}' }],
      [{ method: 'PATCH', path: '/technologies/{technology}', body: {}, ifMatch: true }],
      [{ method: 'GET', path: '/technologies', query: { limit: '2' }, pages: 5 }],
    ];
    const stages = [{ name: 'all', seconds: 1, times: 0.2 }];
    await driveOn(url, { journeys: [one({ steps })], stages });
    expect(new Set(seen)).toEqual(
      new Set([
        'GET /api/v1/technologies/one',
        'PATCH /api/v1/technologies/one 7',
        'GET /api/v1/technologies?limit=2',
        'GET /api/v1/technologies?limit=2&cursor=next',
      ]),
    );
  });

  test('a technology is moved to another ring than the one where it is', async () => {
    const rings: string[] = [];
    const url = await serve(async (request, response) => {
      if (request.method === 'POST') {
        let text = '';
        for await (const piece of request) text += piece;
        rings.push(JSON.parse(text).toRing);
      }
      response.end('{"ring":"adopt"}');
    });
    const journeys = SCENARIO.filter(({ name }) => name === 'move a technology');
    await driveOn(url, { journeys, stages: [{ name: 'all', seconds: 2, times: 4 }] });
    expect(rings.length).toBeGreaterThan(20);
    expect(rings).not.toContain('adopt');
    expect(new Set(rings).size).toBe(3);
  });

  test('a server that stalls is charged with everybody who came meanwhile', async () => {
    let stalled: Promise<unknown> | undefined;
    const url = await serve(async (_request, response) => {
      stalled ??= sleep(2000);
      await stalled;
      response.end('{}');
    });
    const stages = [{ name: 'all', seconds: 1.5, times: 5 }];
    const { tally } = await driveOn(url, { stages });
    // A closed loop would have sent one request in this time and called it the only slow one.
    expect(tally.requests).toBeGreaterThan(30);
    expect(tally.all().p50).toBeGreaterThan(500);
  });

  test('stops at its bounds, and turns away who comes when too many are under way', async () => {
    const quick = await serve((_request, response) => void response.end('{}'));
    const stages = [{ name: 'long', seconds: 600, times: 10 }];
    const bySeconds = await driveOn(quick, { stages, limits: { seconds: 1 } });
    expect(bySeconds.endedBy).toBe('the limit of 1 seconds');
    const byRequests = await driveOn(quick, { stages, limits: { requests: 50 } });
    expect(byRequests.endedBy).toBe('the limit of 50 requests');
    const silent = await serve(() => {});
    const limits = { underWay: 5, answerMs: 1500, seconds: 1 };
    const { tally, turnedAway } = await driveOn(silent, { stages, limits });
    expect(turnedAway).toBeGreaterThan(0);
    expect(tally.failures['too many under way']).toBe(turnedAway);
    expect(tally.failures['no answer in time']).toBe(5);
    const told = await driveOn(quick, {
      stages,
      enough: (_, elapsedMs) => (elapsedMs > 0 ? 'us' : undefined),
    });
    expect(told.endedBy).toBe('us');
  });

  test('holds streams, and tells those that broke from those that it has ended itself', async () => {
    let opened = 0;
    const url = await serve((request, response) => {
      if (!request.url?.endsWith('/events')) return void response.end('{}');
      opened += 1;
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': here\n\n');
      if (opened === 1) response.end();
    });
    const stages = [{ name: 'long', seconds: 60, times: 1 }];
    const enough = (): string | undefined => (opened === 4 ? 'all are open' : undefined);
    const { streams } = await driveOn(url, { streams: 3, stages, enough });
    expect(streams).toEqual({ opened: 4, broken: 1 });
  });
});

test('each person has a session and an address of their own, a pipeline a token', () => {
  const [first, second] = [callerOf(team, 'person', 1), callerOf(team, 'person', 2)];
  expect(first.headers['cookie']).not.toBe(second.headers['cookie']);
  expect(first.headers['x-forwarded-for']).not.toBe(second.headers['x-forwarded-for']);
  expect(callerOf(team, 'pipeline', 1).headers['authorization']).toMatch(/^Bearer cc_\w{40}$/);
  expect(callerOf(team, 'visitor', 1).headers).not.toHaveProperty('cookie');
});

test('percentiles are of the values themselves', () => {
  const values = Array.from({ length: 100 }, (_, at) => at + 1);
  expect([0.5, 0.95, 0.99, 1].map((share) => percentile(values, share))).toEqual([50, 95, 99, 100]);
  expect(percentile([], 0.5)).toBe(0);
});

describe('a spike', () => {
  const stages = [
    { name: 'before', seconds: 10, times: 1 },
    { name: 'spike', seconds: 10, times: 6 },
    { name: 'after', seconds: 20, times: 1 },
  ];
  /** As it went if answers took so long, or were refused, in each second. */
  const spikeOf = (answerIn: (second: number) => number | 'refused') => {
    const tally = createTally();
    for (let at = 0; at < 40_000; at += 100) {
      const ms = answerIn(Math.floor(at / 1000));
      const failure = ms === 'refused' ? { failure: '503 overloaded' } : {};
      tally.call({ name: 'GET /a', intendedMs: at, doneMs: at + (ms === 'refused' ? 3 : ms), ...failure });
    }
    const streams = { opened: 0, broken: 0 };
    const drive = { tally, lateMs: [], turnedAway: 0, streams, endedBy: 'end', elapsedMs: 40_000 };
    return outcomeOf({
      profile: 'spike',
      system: 'test',
      leftOut: [],
      machine: 'one',
      stages,
      drive,
      readings: [],
    });
  };
  const failedChecks = (outcome: ReturnType<typeof spikeOf>): string[] =>
    outcome.checks.filter(({ passed }) => !passed).map(({ what }) => what.replace(/ ≤.*/, ''));

  test('has recovered where all is as before and stays so', () => {
    const outcome = spikeOf((second) =>
      second < 10 ? 10 : second < 20 ? 'refused' : second < 27 ? 3000 : 10,
    );
    expect(outcome.recoverySeconds).toBe(10);
    expect(failedChecks(outcome)).toEqual([]);
    expect(outcome.stages[1]?.calls).toMatchObject({ failed: 100, refused: 100, p50Refused: 3, p95: 0 });
    expect(toMarkdown(outcome)).toContain('It was as before 10 s after the spike.');
  });

  test('has not recovered as long as there is a backlog at its end', () => {
    const outcome = spikeOf((second) => (second < 10 ? 10 : 9000));
    expect(outcome.recoverySeconds).toBeUndefined();
    expect(failedChecks(outcome)).toEqual(['not refused in the spike, p95', 'recovered after the spike']);
  });
});

test('the report finds the knee, says what was kept, and shows no line that is none', () => {
  const tally = createTally();
  for (let at = 0; at < 100; at++) {
    tally.call({ name: 'GET /a', intendedMs: at * 100, doneMs: at * 100 + (at < 50 ? 10 : 2000) });
    tally.page('a page', at * 100, at * 100 + 10, false);
  }
  tally.call({ name: 'GET /a', intendedMs: 9000, doneMs: 9001, failure: '503 <b>' });
  const stages = [
    { name: 'one', seconds: 5, times: 1 },
    { name: 'two', seconds: 5, times: 2 },
  ];
  const usage = (cpuMs: number) => ({ api: { cpuMs, memoryBytes: 1024 * 1024 } });
  const outcome = outcomeOf({
    profile: 'ramp',
    system: 'test',
    leftOut: [],
    machine: 'one',
    stages,
    drive: {
      tally,
      lateMs: [1, 2],
      turnedAway: 0,
      streams: { opened: 1, broken: 0 },
      endedBy: 'end',
      elapsedMs: 10_000,
    },
    readings: [0, 5000, 10_000].map((atMs) => ({ atMs, parts: usage(atMs / 2), machineCpuMs: atMs })),
  });
  expect(outcome.knee.last?.name).toBe('one');
  expect(outcome.knee.beyond?.name).toBe('two');
  expect(outcome.stages[0]?.cpu).toMatchObject({ parts: { api: 0.5 }, others: 0.5 });
  expect(outcome.checks.filter(({ passed }) => !passed).map(({ what }) => what)).toEqual([
    'failed requests ≤ 0',
    'p95 of requests ≤ 300 ms',
    'p99 of requests ≤ 1000 ms',
  ]);
  expect(toMarkdown(outcome)).toContain('| 503 <b> | 1 |');
  expect(toHtml(outcome)).not.toContain('<b>');
  expect(toSvg(outcome)).not.toMatch(/NaN|Infinity|undefined/);
});
