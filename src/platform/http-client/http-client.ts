import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, type Dispatcher, request } from 'undici';
import { AppError, appError } from '#platform/errors/index.ts';
import { watchCall } from '#platform/telemetry/index.ts';
import { bareHost, guardedConnector, type Resolve, systemResolve } from './connector.ts';
import { parseTarget } from './parse-target.ts';

export interface HttpClientOptions {
  /** Hosts that may be reached though their address is private or loopback. */
  readonly allowHosts: readonly string[];
  readonly resolve?: Resolve;
  readonly userAgent?: string;
}

export interface FetchOptions {
  readonly method?: 'GET' | 'HEAD' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** For the whole exchange, redirects and retries included. */
  readonly timeoutMs?: number;
  readonly maxBytes?: number;
  readonly maxRedirects?: number;
  /** Further attempts at GET and HEAD after a lost connection, 429, 502, 503 or 504. */
  readonly retries?: number;
  readonly signal?: AbortSignal;
}

export interface FetchedResponse {
  readonly status: number;
  /** Where the answer came from, after redirects. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface HttpClient {
  /** One guarded exchange. Any HTTP status is an answer; everything else is an AppError that says what happened. */
  fetch(url: string, options?: FetchOptions): Promise<FetchedResponse>;
  close(): Promise<void>;
}

const DEFAULTS = { timeoutMs: 30_000, maxBytes: 20 * 1024 * 1024, maxRedirects: 5, retries: 2 };
const CONNECT_TIMEOUT_MS = 10_000;
const RETRY_STATUS = new Set([429, 502, 503, 504]);
const MAX_RETRY_AFTER_MS = 5_000;

type Settings = FetchOptions & typeof DEFAULTS & { readonly signal: AbortSignal; readonly userAgent: string };

/** Outgoing HTTP to places that users name: public addresses only, bounded in time, size, redirects and retries. */
export function openHttpClient(options: HttpClientOptions): HttpClient {
  const allowed = new Set(options.allowHosts.map((host) => host.toLowerCase()));
  const isAllowed = (hostname: string) => allowed.has(bareHost(hostname));
  const connect = guardedConnector({
    isAllowed,
    resolve: options.resolve ?? systemResolve,
    timeoutMs: CONNECT_TIMEOUT_MS,
  });
  const agent = new Agent({ connect, maxHeaderSize: 64 * 1024, connections: 8, pipelining: 1 });
  return {
    async fetch(url, fetchOptions = {}) {
      const target = parseTarget(url);
      const timeout = AbortSignal.timeout(fetchOptions.timeoutMs ?? DEFAULTS.timeoutMs);
      const signal = fetchOptions.signal ? AbortSignal.any([fetchOptions.signal, timeout]) : timeout;
      const userAgent = options.userAgent ?? 'CommandCenter';
      const settings: Settings = { ...DEFAULTS, ...fetchOptions, signal, userAgent };
      try {
        return await watchedFetch(agent, target, settings);
      } catch (error) {
        if (fetchOptions.signal?.aborted) throw fetchOptions.signal.reason;
        throw explain(error, target, timeout.aborted, settings);
      }
    },
    close: () => agent.destroy(),
  };
}

/** The span and the metrics know the host and the kind of answer; the path and the query may hold secrets. */
async function watchedFetch(agent: Agent, target: URL, settings: Settings): Promise<FetchedResponse> {
  const method = settings.method ?? 'GET';
  let status = 'none';
  return watchCall(
    {
      name: `HTTP ${method}`,
      attributes: { 'http.request.method': method, 'server.address': target.hostname },
      record: (metrics, seconds) => metrics.outgoingRequests.observe(seconds, status),
    },
    async () => {
      const response = await followRedirects(agent, target, settings);
      status = `${Math.floor(response.status / 100)}xx`;
      return response;
    },
  );
}

async function followRedirects(agent: Agent, first: URL, settings: Settings): Promise<FetchedResponse> {
  let url = first;
  let current = settings;
  for (let redirects = 0; ; redirects++) {
    const response = await withRetries(agent, url, current);
    const location = response.headers['location'];
    if (![301, 302, 303, 307, 308].includes(response.status) || !location) return response;
    if (redirects >= settings.maxRedirects) {
      throw appError(
        'too-many-redirects',
        502,
        `${first.host} redirects more than ${settings.maxRedirects} times.`,
      );
    }
    // The connector checks the new address like the first one.
    const next = parseTarget(new URL(location, url).href);
    if (url.protocol === 'https:' && next.protocol === 'http:') {
      throw appError('insecure-redirect', 502, `${url.host} redirects from https to plain http.`, {
        remedy: 'Give the final URL itself.',
      });
    }
    current = forRedirect(current, response.status, url.origin === next.origin);
    url = next;
  }
}

/** As browsers do: a POST becomes a GET unless 307 or 308; credentials don't leave their origin. */
function forRedirect(settings: Settings, status: number, sameOrigin: boolean): Settings {
  const headers = Object.fromEntries(
    Object.entries(settings.headers ?? {}).filter(
      ([name]) => sameOrigin || !/^(authorization|cookie|x-api-key)$/i.test(name),
    ),
  );
  if (status === 307 || status === 308 || settings.method !== 'POST') return { ...settings, headers };
  const { body: _dropped, ...rest } = settings;
  return { ...rest, headers, method: 'GET' };
}

async function withRetries(agent: Agent, url: URL, settings: Settings): Promise<FetchedResponse> {
  const attempts = settings.method === 'POST' ? 1 : settings.retries + 1;
  for (let attempt = 1; ; attempt++) {
    try {
      const response = await exchange(agent, url, settings);
      if (attempt === attempts || !RETRY_STATUS.has(response.status)) return response;
      await sleep(retryDelay(attempt, response.headers['retry-after']), undefined, {
        signal: settings.signal,
      });
    } catch (error) {
      if (attempt === attempts || settings.signal.aborted || !isLostConnection(error)) throw error;
      await sleep(retryDelay(attempt), undefined, { signal: settings.signal });
    }
  }
}

function retryDelay(attempt: number, retryAfter?: string): number {
  const asked = Number(retryAfter) * 1000;
  if (asked > 0) return Math.min(asked, MAX_RETRY_AFTER_MS);
  return 100 * 2 ** attempt * (0.5 + Math.random());
}

const LOST = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'EAI_AGAIN',
  'UND_ERR_SOCKET',
  'UND_ERR_CONNECT_TIMEOUT',
]);

function isLostConnection(error: unknown): boolean {
  return LOST.has(errorCode(error));
}

function errorCode(error: unknown): string {
  const { code, cause } = error as { code?: unknown; cause?: { code?: unknown } };
  return String(code ?? cause?.code ?? '');
}

async function exchange(agent: Agent, url: URL, settings: Settings): Promise<FetchedResponse> {
  const response = await request(url, {
    dispatcher: agent,
    method: settings.method ?? 'GET',
    headers: { 'user-agent': settings.userAgent, 'accept-encoding': 'identity', ...settings.headers },
    body: settings.body ?? null,
    signal: settings.signal,
    headersTimeout: settings.timeoutMs,
    bodyTimeout: settings.timeoutMs,
  });
  const encoding = response.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    await response.body.dump();
    throw appError(
      'encoding-not-supported',
      502,
      `${url.host} compressed its answer though it was asked not to.`,
    );
  }
  const body = await readBody(response, url, settings.maxBytes);
  return { status: response.statusCode, url: url.href, headers: plainHeaders(response.headers), body };
}

async function readBody(response: Dispatcher.ResponseData, url: URL, maxBytes: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  // Leaving the loop by a throw destroys the stream, so that nothing more is received.
  for await (const piece of response.body as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > maxBytes) throw tooLarge(url, maxBytes);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function tooLarge(url: URL, maxBytes: number): AppError {
  const limit = maxBytes >= 1024 * 1024 ? `${Math.floor(maxBytes / 1024 / 1024)} MB` : `${maxBytes} bytes`;
  return appError('response-too-large', 413, `The answer of ${url.host} is larger than ${limit}.`);
}

function plainHeaders(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(', ') : (value ?? ''),
  ]);
  return Object.fromEntries(entries);
}

/** Says in one sentence what went wrong, with what to do; never passes on a low-level message. */
function explain(error: unknown, url: URL, timedOut: boolean, settings: Settings): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof Error && error.cause instanceof AppError) return error.cause;
  const cause = { cause: error };
  const code = errorCode(error);
  if (timedOut || code.endsWith('_TIMEOUT')) {
    return appError(
      'fetch-timeout',
      504,
      `${url.host} did not answer within ${settings.timeoutMs / 1000} seconds.`,
      cause,
    );
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return appError(
      'host-not-found',
      502,
      `There is no host ${url.hostname}, or names can't be resolved here.`,
      cause,
    );
  }
  if (/CERT|SSL|TLS/.test(code)) {
    return appError(
      'certificate-invalid',
      502,
      `The certificate of ${url.host} could not be verified.`,
      cause,
    );
  }
  return appError(
    'fetch-failed',
    502,
    `${url.host} could not be reached or broke off its answer${code ? ` (${code})` : ''}.`,
    cause,
  );
}
