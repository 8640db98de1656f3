import { setTimeout as sleep } from 'node:timers/promises';
import type { createClient } from '@redis/client';
import { type Call, type Logger, watchCall } from '#platform/telemetry/index.ts';

export type RedisClient = ReturnType<typeof makeClient>;

export interface LinkState {
  name: string;
  status: 'up' | 'down';
  latencyMs: number | null;
  version: string | null;
  lastSuccessAt: string | null;
  problem: string | null;
  /** It answers, but refuses to keep anything. */
  refusal: string | null;
}

/** One connection to a Redis, kept up in the background; whoever uses it never waits long for it. */
export interface RedisLink {
  /** Begins to connect, and stays at it. Until then it behaves as while Redis is away. */
  open(): void;
  readonly connected: boolean;
  /** Runs a command; rejects at once while Redis is away, and after {@link COMMAND_LIMIT_MS} if it doesn't answer. */
  run<T>(command: (client: RedisClient) => Promise<T>): Promise<T>;
  /** Hears what is published on a channel, across reconnections. One link either listens or runs commands. */
  listen(channel: string, hear: (message: string) => void): void;
  /** Called each time the connection is there (again). */
  onConnected(done: () => void): void;
  state(): LinkState;
  close(): Promise<void>;
}

export interface LinkOptions {
  name: string;
  url: string;
  log: Logger;
  /** A key to write now and then, which tells whether Redis takes values. A link that listens has none. */
  probe?: string | undefined;
}

const CONNECT_LIMIT_MS = 2000;
const COMMAND_LIMIT_MS = 100;
const PING_EVERY_MS = 2000;
const PING_LIMIT_MS = 1500;
/** A connection that was silent for this long is thrown away: a network may swallow packets for ever. */
const SILENT_LIMIT_MS = 10_000;
const MAX_WAITING_COMMANDS = 2000;
const MAX_PAUSE_MS = 3000;
const PROBE_TTL_MS = 60_000;
const REFUSALS: readonly [RegExp, string][] = [
  [/\bOOM\b/, 'It is full and takes no values.'],
  [/\bREADONLY\b/, 'It takes no values: it is a read-only replica.'],
  [/\bMISCONF\b/, 'It takes no values: it can’t write its snapshot.'],
];

/** A connection, which is begun with `open`. */
export function createLink(options: LinkOptions): RedisLink {
  const { log, name } = options;
  const channels = new Map<string, (message: string) => void>();
  const whenConnected: (() => void)[] = [];
  const call: Call = {
    name: 'redis',
    attributes: { 'db.system.name': 'redis', 'commandcenter.redis': name },
    part: 'cache',
    record: (metrics, seconds, outcome) => metrics.redisCommands.observe(seconds, name, outcome),
  };
  let client: RedisClient | undefined;
  let closed = false;
  let answers = false;
  let version: string | null = null;
  let latencyMs: number | null = null;
  let lastSuccessAt: number | null = null;
  let problem: string | null = 'Not connected yet.';
  let refusal: string | null = null;

  /** The client is loaded while other parts start: an installation without Redis never needs it. */
  async function connect(): Promise<void> {
    const made = makeClient(await import('@redis/client'), options.url);
    if (closed) return;
    client = made;
    made.on('error', (error: Error) => lose(made, error));
    made.on('ready', () => void greet(made));
    made.connect().catch((error: Error) => lose(made, error));
  }

  async function greet(made: RedisClient): Promise<void> {
    if (made !== client || closed) return;
    try {
      const info = await made.info('server');
      version = /redis_version:(\S+)/.exec(info)?.[1] ?? null;
      for (const [channel, hear] of channels) await made.subscribe(channel, hear);
      if (answers) return;
      succeed();
      log.info({ redis: name, version }, 'Redis is connected');
      for (const done of whenConnected) done();
    } catch (error) {
      lose(made, error as Error);
    }
  }

  function succeed(): void {
    answers = true;
    problem = null;
    lastSuccessAt = Date.now();
  }

  function lose(made: RedisClient, error: Error): void {
    if (made !== client || closed) return;
    problem = describe(error);
    if (answers) log.warn({ redis: name, problem }, 'Redis is away');
    answers = false;
  }

  /** An answer, though one that says no. Any other failure is thrown on. */
  function noteRefusal(error: Error): void {
    const message = REFUSALS.find(([pattern]) => pattern.test(error.message))?.[1];
    if (message === undefined) throw error;
    if (refusal === null) log.warn({ redis: name, problem: message }, 'Redis refuses values');
    refusal = message;
  }

  async function ask(asked: RedisClient): Promise<void> {
    if (options.probe === undefined) return void (await asked.ping());
    try {
      await asked.set(options.probe, '1', { PX: PROBE_TTL_MS });
      refusal = null;
    } catch (error) {
      noteRefusal(error as Error);
    }
  }

  async function ping(): Promise<void> {
    const asked = client;
    if (!asked?.isReady) return;
    const begin = performance.now();
    try {
      await within(ask(asked), PING_LIMIT_MS);
      latencyMs = Math.round((performance.now() - begin) * 10) / 10;
      if (answers) lastSuccessAt = Date.now();
      else await greet(asked);
    } catch (error) {
      lose(asked, error as Error);
      if (lastSuccessAt !== null && Date.now() - lastSuccessAt > SILENT_LIMIT_MS && asked === client) {
        lastSuccessAt = Date.now();
        await connect();
        asked.destroy();
      }
    }
  }

  let timer: NodeJS.Timeout | undefined;

  return {
    open() {
      if (timer || closed) return;
      void connect();
      timer = setInterval(() => void ping(), PING_EVERY_MS).unref();
    },
    get connected() {
      return answers && client?.isReady === true;
    },
    async run(command) {
      if (!answers || !client?.isReady) throw new Error(`${name} is away.`);
      const used = client;
      try {
        return await watchCall(call, () => within(command(used), COMMAND_LIMIT_MS));
      } catch (error) {
        if (error instanceof Late) lose(used, error);
        throw error;
      }
    },
    listen(channel, hear) {
      channels.set(channel, hear);
      const told = client;
      if (answers) told?.subscribe(channel, hear).catch((error: Error) => lose(told, error));
    },
    onConnected(done) {
      whenConnected.push(done);
      if (answers) done();
    },
    state: () => ({
      name,
      status: answers && client?.isReady ? 'up' : 'down',
      latencyMs,
      version,
      lastSuccessAt: lastSuccessAt === null ? null : new Date(lastSuccessAt).toISOString(),
      problem,
      refusal,
    }),
    async close() {
      closed = true;
      clearInterval(timer);
      client?.destroy();
    },
  };
}

function makeClient(redis: { createClient: typeof createClient }, url: string) {
  return redis.createClient({
    url,
    name: 'commandcenter',
    disableOfflineQueue: true,
    commandsQueueMaxLength: MAX_WAITING_COMMANDS,
    socket: {
      connectTimeout: CONNECT_LIMIT_MS,
      reconnectStrategy: (retries) => Math.min(2 ** retries * 50, MAX_PAUSE_MS) * (0.5 + Math.random()),
    },
  });
}

class Late extends Error {}

/** Rejects when the time is over; what the promise says then is of no interest any more. */
async function within<T>(promise: Promise<T>, limitMs: number): Promise<T> {
  const over = new AbortController();
  const late = sleep(limitMs, undefined, { signal: over.signal }).then(() => {
    throw new Late(`No answer within ${limitMs} ms.`);
  });
  late.catch(() => {});
  promise.catch(() => {});
  try {
    return await Promise.race([promise, late]);
  } finally {
    over.abort();
  }
}

/** What went wrong, without the address, which may hold a password. */
function describe(error: Error): string {
  if (error instanceof Late) return error.message;
  const { code } = error as { code?: string };
  if (code === 'ECONNREFUSED') return 'The connection is refused.';
  if (code !== undefined) return `The connection failed (${code}).`;
  return /^(NOAUTH|WRONGPASS|NOPERM)/.test(error.message)
    ? 'Redis refuses the user or password.'
    : 'The connection was lost.';
}
