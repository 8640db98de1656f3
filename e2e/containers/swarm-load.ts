import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, type Dispatcher, fetch } from 'undici';

const CALLERS = 3;
// With all callers below what the edge lets one address do.
const PAUSE_MS = 300;
const MOST_TURNS = 1500;
const ANSWER_LIMIT_MS = 20_000;

/** An installation as people reach it: by its name, over TLS, on a socket that leads to its edge. */
export interface Entrance {
  url: string;
  dispatcher: Dispatcher;
}

export function openEntrance(domain: string, socketPath: string, certificate: string): Entrance {
  return {
    url: `https://${domain}`,
    dispatcher: new Agent({ connect: { socketPath, ca: certificate, servername: domain } }),
  };
}

/** What a load has seen. */
export interface LoadReport {
  sent: number;
  /** Requests that met the end of a kept connection, and were sent once more. */
  sentAgain: number;
  /** How often each failure was answered: what was asked, and the status or the error. */
  failures: Record<string, number>;
  /** Names of what was answered with 201. */
  acknowledged: string[];
  /** How many answers each release gave. */
  releases: Record<string, number>;
  longestMs: number;
}

const CONNECTION_ENDED = 'UND_ERR_SOCKET';
let loads = 0;

/**
 * Callers who ask one thing after the other: the page, a list, who answers, a new technology. nginx ends idle
 * connections when it loads the addresses of new replicas. Whoever sends a request in this moment sends it on another
 * one, as every browser does; nothing else is tried again, so that each failure counts.
 */
export function startLoad(entrance: Entrance, token: string): { stop(): Promise<LoadReport> } {
  const name = `load-${++loads}`;
  const report: LoadReport = {
    sent: 0,
    sentAgain: 0,
    failures: {},
    acknowledged: [],
    releases: {},
    longestMs: 0,
  };
  let stopped = false;
  const ask = async (path: string, body?: unknown): Promise<string | undefined> => {
    report.sent += 1;
    const begin = performance.now();
    const key = { 'idempotency-key': `${name}-${report.sent}` };
    let result = await tryOnce(entrance, { token, path, body, headers: key });
    if (result.failure === CONNECTION_ENDED) {
      report.sentAgain += 1;
      result = await tryOnce(entrance, { token, path, body, headers: key });
    }
    report.longestMs = Math.max(report.longestMs, Math.round(performance.now() - begin));
    if (result.failure === undefined) return result.text;
    const kind = `${body === undefined ? 'GET' : 'POST'} ${result.failure}`;
    report.failures[kind] = (report.failures[kind] ?? 0) + 1;
    return undefined;
  };
  const call = async (caller: number): Promise<void> => {
    for (let turn = 0; !stopped && turn < MOST_TURNS; turn++) {
      await ask('/');
      await ask('/api/v1/technologies?limit=10');
      const lives = await ask('/livez');
      const release = lives === undefined ? undefined : (JSON.parse(lives) as { release?: string }).release;
      if (release !== undefined) report.releases[release] = (report.releases[release] ?? 0) + 1;
      const slug = `${name}-${caller}-${turn}`;
      if ((await ask('/api/v1/technologies', { name: slug, slug })) !== undefined)
        report.acknowledged.push(slug);
      await sleep(PAUSE_MS);
    }
  };
  const calls = Array.from({ length: CALLERS }, (_, caller) => call(caller));
  return {
    async stop() {
      stopped = true;
      await Promise.all(calls);
      return report;
    },
  };
}

interface Question {
  token: string;
  path: string;
  body: unknown;
  headers: Record<string, string>;
}

async function tryOnce(
  { url, dispatcher }: Entrance,
  { token, path, body, headers }: Question,
): Promise<{ text: string; failure?: undefined } | { failure: string }> {
  try {
    const answer = await fetch(`${url}${path}`, {
      dispatcher,
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
      headers: { ...headers, authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return answer.ok ? { text } : { failure: String(answer.status) };
  } catch (error) {
    const { name, cause } = error as Error & { cause?: { code?: string } };
    return { failure: cause?.code ?? name };
  }
}
