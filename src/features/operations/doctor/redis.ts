import semver from 'semver';
import { type Finding, findingsOf, ok } from './finding.ts';
import { LOOK_MS, withinLook } from './probes.ts';
import { reachableUrl } from './reachable-url.ts';
import type { Situation } from './situation.ts';

/** What a Redis says of itself, or why it doesn't. */
export type RedisFacts =
  | {
      version: string;
      policy: string;
      maxBytes: number;
      usedBytes: number;
      readOnly: boolean;
    }
  | { failure: string };

const { problem, warning } = findingsOf('redis');
const OLDEST = '7.0.0';
const FULL = 0.95;

/** One Redis. `cacheOnly`: it holds nothing but what may be evicted. */
export function checkRedis(facts: RedisFacts, address: string, cacheOnly: boolean): Finding[] {
  const target = { target: address };
  if ('failure' in facts) {
    const { failure } = facts;
    if (/^(NOAUTH|WRONGPASS|NOPERM|ERR AUTH|ERR invalid password)/.test(failure)) {
      return [
        problem(
          'redis-password-wrong',
          `Redis at ${address} refuses the user or password (${failure.split(' ')[0]}).`,
          'Correct the password where the product reads it, or the users of Redis.',
          target,
        ),
      ];
    }
    return [
      problem(
        'redis-unreachable',
        `Redis at ${address} can't be reached (${failure}).`,
        'Start it, or correct the address. Until then limits count in each process and pages poll.',
        target,
      ),
    ];
  }
  const found = checkState(facts, address, cacheOnly);
  if (found.length > 0) return found;
  return [ok('redis', `Redis ${facts.version} at ${address}.`, { address, version: facts.version })];
}

function checkState(
  { version, policy, maxBytes, usedBytes, readOnly }: Exclude<RedisFacts, { failure: string }>,
  address: string,
  cacheOnly: boolean,
): Finding[] {
  const found: Finding[] = [];
  const details = { target: address, evidence: { address, version, policy, maxBytes, usedBytes } };
  if (semver.lt(semver.coerce(version) ?? '0.0.0', OLDEST)) {
    found.push(
      problem(
        'redis-too-old',
        `Redis ${version} at ${address} is too old.`,
        'Use Redis 7 or newer.',
        details,
      ),
    );
  }
  if (readOnly) {
    found.push(
      problem(
        'redis-read-only',
        `Redis at ${address} is a replica and takes no values.`,
        'Name the primary.',
        details,
      ),
    );
  }
  if (maxBytes > 0 && policy !== 'noeviction' && !cacheOnly) {
    found.push(
      warning(
        'redis-evicts-state',
        `Redis at ${address} evicts what it likes when it is full (${policy}), rate limits included.`,
        'Set maxmemory-policy to noeviction and give the cache a Redis of its own with REDIS_CACHE_URL.',
        details,
      ),
    );
  }
  if (maxBytes > 0 && policy === 'noeviction' && usedBytes > FULL * maxBytes) {
    found.push(
      problem(
        'redis-full',
        `Redis at ${address} is full: ${Math.round((usedBytes / maxBytes) * 100)} % of maxmemory is used.`,
        'Raise maxmemory, or let the cache have a Redis of its own with REDIS_CACHE_URL.',
        details,
      ),
    );
  }
  return found;
}

/** Every Redis of the configuration. */
export async function lookAtRedis(situation: Situation): Promise<Finding[]> {
  const { redisUrl, redisCacheUrl } = situation.config;
  const urls = new Set([redisUrl, redisCacheUrl].filter((url) => url !== undefined && URL.canParse(url)));
  const found = await Promise.all(
    [...urls].map(async (configured) => {
      const { hostname, port } = new URL(configured as string);
      const address = `${hostname}:${port || '6379'}`;
      const reachable = await reachableUrl(situation, configured as string);
      if ('state' in reachable) {
        if (reachable.state === 'not-started') return [ok('redis', 'It is not started yet.')];
        const sentence = `The container of ${hostname} does not run, so it can't be looked at.`;
        return [
          problem('redis-not-running', sentence, 'Start it: `docker compose up -d redis`.', {
            target: address,
          }),
        ];
      }
      return checkRedis(await readRedis(reachable.url), address, configured !== redisUrl);
    }),
  );
  return found.flat();
}

async function readRedis(url: string): Promise<RedisFacts> {
  const { createClient } = await import('@redis/client');
  const client = createClient({
    url,
    name: 'commandcenter-doctor',
    disableOfflineQueue: true,
    socket: { connectTimeout: LOOK_MS, reconnectStrategy: false },
  });
  client.on('error', () => {});
  try {
    await withinLook(client.connect());
    const info = await withinLook(client.info());
    const read = (name: string): string => new RegExp(`^${name}:(.*)$`, 'm').exec(info)?.[1]?.trim() ?? '';
    return {
      version: read('redis_version'),
      policy: read('maxmemory_policy'),
      maxBytes: Number(read('maxmemory')),
      usedBytes: Number(read('used_memory')),
      readOnly: read('role') === 'slave',
    };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { failure: code ?? message };
  } finally {
    client.destroy();
  }
}
