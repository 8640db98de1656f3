import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '#platform/config/index.ts';
import { PEOPLE_CHANGED } from '#platform/context/index.ts';
import { appError } from '#platform/errors/index.ts';
import { createEvents } from '#platform/events/index.ts';
import { createRedisConnections, type RedisConnections } from '#platform/redis/index.ts';
import { createLogger } from '#platform/telemetry/index.ts';

/** How the processes of an installation are made to forget what they know of the old state. */
export interface Tell {
  /** Resolves when nothing of the old state can be answered from Redis or from what a process remembers of it. */
  forget(): Promise<void>;
  close(): Promise<void>;
}

const CONNECT_MS = 5000;
const BATCH = 500;

/**
 * Connects to the Redis of the installation, before anything is touched. Throws `redis-unreachable`: what it keeps
 * would be served as if it were of the restored state.
 */
export async function openTell(config: Config): Promise<Tell> {
  const log = createLogger('silent');
  const redis = createRedisConnections({ config, log });
  redis.open();
  try {
    for (const end = Date.now() + CONNECT_MS; !isUp(redis); await sleep(20)) {
      if (Date.now() > end) throw unreachable();
    }
  } catch (error) {
    await redis.close();
    throw error;
  }
  const events = createEvents({ redis, prefix: config.redisKeyPrefix, alone: true, log });
  return {
    async forget() {
      await dropVersions(redis, `${config.redisKeyPrefix}cache:*:version`);
      events.publish(PEOPLE_CHANGED, {});
      // Commands of a connection are done in their order: when this is answered, that was sent.
      await redis.state?.run((client) => client.ping());
    },
    close: () => redis.close(),
  };
}

const isUp = (redis: RedisConnections): boolean => redis.states().every(({ status }) => status === 'up');

/** A value counts only with the version that its project has; whoever asks next makes a new one. */
async function dropVersions({ cache }: RedisConnections, pattern: string): Promise<void> {
  if (!cache) return;
  let cursor = '0';
  do {
    const at = cursor;
    const found = await cache.run((client) => client.scan(at, { MATCH: pattern, COUNT: BATCH }));
    const { keys } = found;
    if (keys.length > 0) await cache.run((client) => client.del(keys));
    cursor = String(found.cursor);
  } while (cursor !== '0');
}

function unreachable(): Error {
  return appError('redis-unreachable', 503, 'Redis does not answer, and it keeps answers of the old state.', {
    remedy:
      'Start it; or, if it is gone and everything it held, run this with empty REDIS_URL and REDIS_CACHE_URL.',
  });
}
