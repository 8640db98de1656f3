import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadConfig } from '#platform/config/index.ts';
import { findLockHolder } from '#platform/database/index.ts';
import { appError } from '#platform/errors/index.ts';
import { createLogger } from '#platform/telemetry/index.ts';
import { startApp } from '../app/index.ts';

/** The API as the command line uses it. */
export interface Client {
  readonly url: string;
  /** Whether the work runs in this process, because no server was there to do it. */
  readonly inProcess: boolean;
  /** Sends JSON (or a form) to a path below /api/v1. Throws the AppError that the answer describes. */
  request<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** The answer's text, for what isn't JSON. */
  text(path: string): Promise<string>;
  close(): Promise<void>;
}

const REQUEST_TIMEOUT_MS = 120_000;
/** A server that has too much to do, or whose database restarts, says when to come again. */
const MOST_TRIES = 4;
const MOST_WAIT_SECONDS = 30;

/**
 * Finds the server to talk to: the one that COMMANDCENTER_URL names, or the one that runs on this data
 * directory; without either the product runs in this process until the command ends.
 */
export async function connect(environment = process.env): Promise<Client> {
  const server = await findServer(environment);
  if (server) return server;
  const config = loadConfig(environment);
  const log = createLogger(environment['LOG_LEVEL'] ? config.logLevel : 'error', process.stderr);
  const app = await startApp({ ...config, host: '127.0.0.1', port: 0 }, { log });
  return createClient(app.url, app.ownerToken ?? '', app.close);
}

/**
 * The server that runs, for what is about one that does. In a container of the installation that is the one beside
 * this command, asked with the token of monitoring.
 */
export async function connectToServer(environment = process.env): Promise<Client> {
  if (!environment['COMMANDCENTER_URL']) {
    const { databaseUrl, port, metricsToken = '' } = loadConfig(environment);
    const token = environment['COMMANDCENTER_TOKEN'] ?? metricsToken;
    if (databaseUrl !== undefined) return createClient(`http://127.0.0.1:${port}`, token, null);
  }
  const server = await findServer(environment);
  if (server) return server;
  throw appError('server-unreachable', 503, `No server runs on ${loadConfig(environment).dataDir}.`, {
    remedy: 'Start one, or set COMMANDCENTER_URL and COMMANDCENTER_TOKEN for one elsewhere.',
  });
}

async function findServer(environment: NodeJS.ProcessEnv): Promise<Client | undefined> {
  const url = environment['COMMANDCENTER_URL'];
  if (url) return createClient(url.replace(/\/+$/, ''), environment['COMMANDCENTER_TOKEN'] ?? '', null);

  const config = loadConfig(environment);
  if (config.databaseUrl !== undefined) {
    throw appError('server-unreachable', 503, 'With DATABASE_URL this command needs to know the server.', {
      remedy: 'Set COMMANDCENTER_URL to its address and COMMANDCENTER_TOKEN to an API token.',
    });
  }
  const holder = await findLockHolder(config.dataDir);
  if (holder) {
    if (!holder.url) {
      throw appError(
        'server-unreachable',
        503,
        `Process ${holder.pid} holds ${config.dataDir} and does not serve yet.`,
        {
          remedy: 'Try again in a moment.',
        },
      );
    }
    const token = environment['COMMANDCENTER_TOKEN'] ?? readToken(config.dataDir);
    return createClient(holder.url, token, null);
  }
  return undefined;
}

/** Runs a command against the API and always closes what was opened for it. */
export async function withClient(work: (client: Client) => Promise<void>): Promise<void> {
  const client = await connect();
  try {
    await work(client);
  } finally {
    await client.close();
  }
}

function readToken(dataDir: string): string {
  try {
    return readFileSync(join(dataDir, 'owner-token'), 'utf8').trim();
  } catch (cause) {
    throw appError('not-signed-in', 401, `The owner token in ${dataDir} cannot be read.`, {
      remedy: 'Run this as the user who started the server, or set COMMANDCENTER_TOKEN.',
      cause,
    });
  }
}

function createClient(url: string, token: string, close: (() => Promise<void>) | null): Client {
  const sendOnce = async (method: string, path: string, body?: unknown): Promise<Response> => {
    const isForm = body instanceof FormData;
    const json = body !== undefined && !isForm ? { 'content-type': 'application/json' } : {};
    try {
      return await fetch(`${url}/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, ...json },
        ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      });
    } catch (cause) {
      throw appError('server-unreachable', 503, `${url} does not answer.`, {
        remedy: 'Is the server running? `commandcenter doctor` looks.',
        cause,
      });
    }
  };
  /** Who only reads comes again when the server says so. A change is not repeated: the person decides. */
  const send = async (method: string, path: string, body?: unknown): Promise<Response> => {
    for (let tries = 1; ; tries++) {
      const response = await sendOnce(method, path, body);
      const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
      const isWorthIt = method === 'GET' && response.status === 503 && seconds <= MOST_WAIT_SECONDS;
      if (!isWorthIt || tries === MOST_TRIES) return response;
      await response.body?.cancel();
      await sleep(seconds * 1000);
    }
  };
  return {
    url,
    inProcess: close !== null,
    async request<T>(method: string, path: string, body?: unknown): Promise<T> {
      const response = await send(method, path, body);
      if (!response.ok) throw await readProblem(response);
      return (response.status === 204 ? undefined : await response.json()) as T;
    },
    async text(path) {
      const response = await send('GET', path);
      if (!response.ok) throw await readProblem(response);
      return response.text();
    },
    close: async () => close?.(),
  };
}

async function readProblem(response: Response): Promise<Error> {
  const problem = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  const text = (key: string, fallback: string): string =>
    typeof problem[key] === 'string' ? problem[key] : fallback;
  const remedy = text('remedy', '');
  return appError(
    text('code', 'unexpected-answer'),
    response.status,
    text('title', `The server answered ${response.status}.`),
    {
      ...(remedy ? { remedy } : {}),
    },
  );
}
