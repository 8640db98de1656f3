import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { DATABASE, type Installation, type People } from './installation.ts';

/** What became of requests of one kind. */
interface Count {
  sent: number;
  failed: number;
}

/** What a load has seen. */
export interface LoadReport {
  reads: Count;
  writes: Count;
  /** Names of what was answered with 201. */
  acknowledged: string[];
  /** Names of what was answered with a refusal, so that it must not be there. */
  refused: string[];
  /** How often each failure was answered: status and code, or the connection's error. */
  failures: Record<string, number>;
  longestMs: number;
}

export interface Load {
  /** What it has seen so far. */
  readonly report: LoadReport;
  stop(): Promise<LoadReport>;
}

const CALLERS = 3;
const PAUSE_MS = 30;
const MOST_REQUESTS = 6000;
const ANSWER_LIMIT_MS = 45_000;
let loads = 0;

/**
 * Three callers who ask one thing after the other: a list, the session of the browser, a new technology.
 * Nobody tries anything again, so that each failure counts.
 */
export function startLoad(server: { url: string }, people: People): Load {
  const name = `load-${process.pid}-${++loads}`;
  const report: LoadReport = {
    reads: { sent: 0, failed: 0 },
    writes: { sent: 0, failed: 0 },
    acknowledged: [],
    refused: [],
    failures: {},
    longestMs: 0,
  };
  let stopped = false;
  const bearer = { authorization: `Bearer ${people.token}` };
  const cookie = cookieOf(people);

  const send = async (
    count: Count,
    path: string,
    init: RequestInit,
  ): Promise<number | 'refused' | 'lost'> => {
    count.sent += 1;
    const begin = performance.now();
    const limit = AbortSignal.timeout(ANSWER_LIMIT_MS);
    let failure: string;
    let result: number | 'refused' | 'lost' = 'lost';
    try {
      const answer = await fetch(`${server.url}/api/v1${path}`, { ...init, signal: limit });
      const text = await answer.text();
      if (answer.ok) return answer.status;
      const code = /"code":"([a-z-]+)"/.exec(text)?.[1] ?? 'no code';
      failure = `${answer.status} ${code}`;
      if (code !== 'no code' && code !== 'outcome-unknown') result = 'refused';
    } catch (error) {
      failure = String(((error as Error).cause as { code?: string } | undefined)?.code ?? error);
    } finally {
      report.longestMs = Math.max(report.longestMs, Math.round(performance.now() - begin));
    }
    count.failed += 1;
    report.failures[failure] = (report.failures[failure] ?? 0) + 1;
    return result;
  };
  const write = async (slug: string): Promise<void> => {
    const result = await send(report.writes, '/technologies', {
      method: 'POST',
      headers: { ...bearer, 'content-type': 'application/json' },
      body: JSON.stringify({ name: slug, slug }),
    });
    if (result === 201) report.acknowledged.push(slug);
    else if (result === 'refused') report.refused.push(slug);
  };
  const call = async (caller: number): Promise<void> => {
    for (let turn = 0; !stopped && turn * 3 < MOST_REQUESTS / CALLERS; turn++) {
      await send(report.reads, '/technologies?limit=10', { headers: bearer });
      await send(report.reads, '/session', { headers: cookie });
      await write(`${name}-${caller}-${turn}`);
      await sleep(PAUSE_MS);
    }
  };
  const calls = Array.from({ length: CALLERS }, (_, caller) => call(caller));
  return {
    report,
    async stop() {
      stopped = true;
      await Promise.all(calls);
      return report;
    },
  };
}

/** What was acknowledged is there, once; what was refused is not; and the session still opens. */
export async function expectNothingLost(
  { postgres }: Installation,
  server: { url: string },
  people: People,
  { acknowledged, refused, failures }: LoadReport,
): Promise<void> {
  const rows = await postgres.query('select slug from technologies', DATABASE);
  const there = new Set(rows.map((row) => String(row['slug'])));
  expect(there.size).toBe(rows.length);
  expect(acknowledged.length).toBeGreaterThan(0);
  expect(acknowledged.filter((slug) => !there.has(slug))).toEqual([]);
  expect(
    refused.filter((slug) => there.has(slug)),
    JSON.stringify(failures),
  ).toEqual([]);
  const session = await fetch(`${server.url}/api/v1/session`, { headers: cookieOf(people) });
  expect(session.status).toBe(200);
}

function cookieOf({ browser }: People): { cookie: string } {
  return { cookie: [...browser.cookies].map((pair) => pair.join('=')).join('; ') };
}
