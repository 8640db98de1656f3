import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { RedisConnections, RedisLink } from '#platform/redis/index.ts';
import type { Limit, RateLimits } from './limit.ts';

export { type BatchedLimit, createBatchedLimit } from './batched-limit.ts';
export type { Limit, LimitResult, RateLimits } from './limit.ts';

type Limiter = RateLimiterMemory | RateLimiterRedis;

/** A Redis that is away never refuses anybody: its count goes on in this process until it is back. */
export function createRateLimits({ redis, prefix }: { redis: RedisConnections; prefix: string }): RateLimits {
  const limiters = new Map<string, Limiter>();
  const limiterOf = (bucket: string, limit: Limit): Limiter => {
    const name = `${bucket}:${limit.points}:${limit.seconds}`;
    const known = limiters.get(name);
    if (known) return known;
    const made = createLimiter(redis.state, { keyPrefix: `${prefix}limit:${bucket}`, ...limit });
    limiters.set(name, made);
    return made;
  };
  return {
    async consume(bucket, key, limit, uses = 1) {
      const result = await consumeUses(limiterOf(bucket, limit), key, uses);
      return {
        allowed: result.consumedPoints <= limit.points,
        limit: limit.points,
        remaining: result.remainingPoints,
        resetSeconds: Math.ceil(result.msBeforeNext / 1000),
      };
    },
  };
}

function createLimiter(
  link: RedisLink | null,
  { keyPrefix, points, seconds }: Limit & { keyPrefix: string },
): Limiter {
  const memory = new RateLimiterMemory({ keyPrefix, points, duration: seconds });
  if (!link) return memory;
  return new RateLimiterRedis({
    storeClient: boundedClient(link),
    useRedisPackage: true,
    rejectIfRedisNotReady: true,
    insuranceLimiter: memory,
    keyPrefix,
    points,
    duration: seconds,
  });
}

/** The part of a client that the limiter uses, with the link's limit on waiting. */
function boundedClient(link: RedisLink): object {
  return {
    get isReady() {
      return link.connected;
    },
    eval: (script: string, options: { keys: string[]; arguments: string[] }) =>
      link.run((client) => client.eval(script, options)),
  };
}

/** The library rejects with the result when the limit is reached. */
async function consumeUses(limiter: Limiter, key: string, uses: number): Promise<RateLimiterRes> {
  try {
    return await limiter.consume(key, uses);
  } catch (result) {
    if (result instanceof RateLimiterRes) return result;
    throw result;
  }
}
