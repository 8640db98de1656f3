import type { RedisConnections } from '#platform/redis/index.ts';
import type { Logger } from '#platform/telemetry/index.ts';
import { createLocalCache } from './local-cache.ts';
import { createSharedCache } from './shared-cache.ts';

export interface ReadOptions {
  /** How long a value may be served at most; it is loaded anew after every change in any case. */
  ttlSeconds?: number;
}

/**
 * Answers that cost much, kept for a while. A read that begins after an acknowledged change of its project gives
 * the new answer, in every process.
 */
export interface Cache {
  /** The JSON value kept of that answer, or what `load` gives; many who ask at once make it load once. */
  read<T>(place: CachePlace, load: () => Promise<T>, options?: ReadOptions): Promise<T>;
  /** Whatever is kept of the project is old now. Called after the commit that changes it. */
  invalidate(projectId: string): Promise<void>;
}

export interface CachePlace {
  projectId: string;
  /** Which kind of answer, as metrics count it: one of a few words. */
  answer: string;
  /** What tells answers of a kind apart. */
  key: string;
}

/** `bypass`: nothing could be kept, because Redis is away or there is none. */
export type CacheOutcome = 'hit' | 'miss' | 'bypass';
export type CountRead = (answer: string, outcome: CacheOutcome) => void;

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
