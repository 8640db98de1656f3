import type { RedisConnections } from '#platform/redis/index.ts';
import type { Logger } from '#platform/telemetry/index.ts';
import { createLocalCache } from './local-cache.ts';
import { createSharedCache } from './shared-cache.ts';

export interface ReadOptions {
  /** How long a value may be served at most; it is loaded anew after every invalidation in any case. */
  ttlSeconds?: number;
}

/**
 * Answers that cost much, kept for a while. A read that begins after an acknowledged change gives the new
 * answer, in every process.
 */
export interface Cache {
  /** The JSON value kept under the key, or what `load` gives; many who ask at once make it load once. */
  read<T>(
    projectId: string,
    topic: string,
    key: string,
    load: () => Promise<T>,
    options?: ReadOptions,
  ): Promise<T>;
  /** Whatever is kept of the topic is old now. Called after the commit that changes it. */
  invalidate(projectId: string, topic: string): Promise<void>;
}

/** `bypass`: nothing could be kept, because Redis is away or there is none. */
export type CacheOutcome = 'hit' | 'miss' | 'bypass';
export type CountRead = (topic: string, outcome: CacheOutcome) => void;

/**
 * The cache of a process: in its memory if it is alone on the data, else in Redis. Where other processes may
 * change what this one remembers and there is no Redis to tell, nothing is kept.
 */
export function createCache(options: {
  redis: RedisConnections;
  prefix: string;
  alone: boolean;
  log: Logger;
  count?: CountRead;
}): Cache {
  const { redis, prefix, log, count = () => {} } = options;
  if (redis.cache) return createSharedCache({ link: redis.cache, prefix: `${prefix}cache:`, log, count });
  if (options.alone) return createLocalCache(count);
  return {
    read: (_projectId, topic, _key, load) => {
      count(topic, 'bypass');
      return load();
    },
    invalidate: async () => {},
  };
}
