import type { RedisConnections } from '#platform/redis/index.ts';
import type { Logger } from '#platform/telemetry/index.ts';
import type { Cache, CountRead } from './cache.ts';
import { createLocalCache } from './local-cache.ts';
import { createSharedCache } from './shared-cache.ts';

export type { Cache, CacheOutcome } from './cache.ts';

/**
 * The cache of a process: in its memory if it is alone on the data, else in Redis. Where other processes may
 * change what this one remembers and there is no Redis to tell, nothing is kept.
 */
export function createCache(options: {
  redis: RedisConnections;
  prefix: string;
  alone: boolean;
  /** Whether anything is kept at all. */
  enabled?: boolean;
  log: Logger;
  count?: CountRead;
}): Cache {
  const { redis, prefix, log, enabled = true, count = () => {} } = options;
  if (redis.cache && enabled)
    return createSharedCache({ link: redis.cache, prefix: `${prefix}cache:`, log, count });
  if (options.alone && enabled) return createLocalCache(count);
  return {
    read: ({ answer }, load) => {
      count(answer, 'bypass');
      return load();
    },
    invalidate: async () => {},
  };
}
