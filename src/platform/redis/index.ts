import type { Config } from '#platform/config/index.ts';
import { appError } from '#platform/errors/index.ts';
import type { ComponentFacts } from '#platform/health/index.ts';
import type { Logger } from '#platform/telemetry/index.ts';
import { createLink, type LinkState, type RedisLink } from './link.ts';

export type { LinkState, RedisLink };

/** The connections of one process. Null where no Redis is configured. */
export interface RedisConnections {
  /** Rate limits and publishing. */
  readonly state: RedisLink | null;
  /** Hears live events: a connection that listens does nothing else. */
  readonly listener: RedisLink | null;
  /** The cache: whatever it holds may be evicted at any time. */
  readonly cache: RedisLink | null;
  /** Begins to connect, without waiting for it. A server does so when it listens: nothing needs Redis before. */
  open: () => void;
  /** Each Redis as the health page tells it. */
  states(): LinkState[];
  close(): Promise<void>;
}

/** The connections to REDIS_URL and REDIS_CACHE_URL. */
export function createRedisConnections({
  config,
  log,
}: {
  config: Pick<Config, 'redisUrl' | 'redisCacheUrl'> & Partial<Pick<Config, 'redisKeyPrefix'>>;
  log: Logger;
}): RedisConnections {
  const { redisUrl, redisCacheUrl = redisUrl, redisKeyPrefix = '' } = config;
  const create = (name: string, url: string | undefined, probe?: string): RedisLink | null =>
    url === undefined ? null : createLink({ name, url, log, probe });
  const probe = `${redisKeyPrefix}probe`;
  const state = create('redis', redisUrl, probe);
  const listener = create('redis events', redisUrl);
  const cache = create('redis cache', redisCacheUrl, probe);
  const links = [state, listener, cache].filter((link) => link !== null);
  return {
    state,
    listener,
    cache,
    open() {
      for (const link of links) link.open();
    },
    states: () => links.map((link) => link.state()),
    async close() {
      await Promise.all(links.map((link) => link.close()));
    },
  };
}

/** One connection as a part of the product's health. Throws what is wrong with it. */
export async function checkLink(link: RedisLink): Promise<ComponentFacts & { latencyMs?: number }> {
  const { status, problem, refusal, version, latencyMs } = link.state();
  if (status === 'down') throw appError('redis-away', 503, problem ?? 'It does not answer.');
  return { version: version ?? undefined, degraded: refusal ?? undefined, detail: { pingMs: latencyMs } };
}
