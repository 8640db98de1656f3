import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Cache, createCache } from '#platform/cache/index.ts';
import { createEvents, type Events } from '#platform/events/index.ts';
import { createBatchedLimit, createRateLimits, type RateLimits } from '#platform/rate-limits/index.ts';
import { createRedisConnections, type RedisConnections } from '#platform/redis/index.ts';
import { hasRedis, type RedisServer, startRedis } from '#testing/redis-server.ts';

const log = pino({ level: 'silent' });
const PROJECT = 'p';
const at = (projectId: string) => ({ projectId, answer: 'radar', key: 'k' });
const LIMIT = { points: 3, seconds: 60 };

/** What one process has. */
interface Replica {
  redis: RedisConnections;
  cache: Cache;
  events: Events;
  limits: RateLimits;
}

// Skipped where Redis is not installed; CI has it.
describe.skipIf(!hasRedis())('Redis', () => {
  let server: RedisServer;
  let full: RedisServer;
  const open: Replica[] = [];
  let prefixes = 0;

  const replica = async (prefix: string, url = server.url): Promise<Replica> => {
    const redis = createRedisConnections({ config: { redisUrl: url, redisCacheUrl: undefined }, log });
    redis.open();
    const made = {
      redis,
      cache: createCache({ redis, prefix, alone: false, log }),
      events: createEvents({ redis, prefix, alone: false, log }),
      limits: createRateLimits({ redis, prefix }),
    };
    open.push(made);
    await vi.waitFor(
      () => expect(made.redis.states().every(({ status }) => status === 'up')).toBe(true),
      10_000,
    );
    return made;
  };
  const pair = async (): Promise<[Replica, Replica]> => {
    const prefix = `test${prefixes++}:`;
    return [await replica(prefix), await replica(prefix)];
  };
  const connected = (one: Replica): Promise<void> =>
    vi.waitFor(() => expect(one.redis.states().every(({ status }) => status === 'up')).toBe(true), {
      timeout: 20_000,
      interval: 100,
    });

  beforeAll(async () => {
    server = await startRedis();
    full = await startRedis({ 'maxmemory-policy': 'noeviction' });
  });
  afterEach(async () => {
    for (const one of open.splice(0)) await one.redis.close();
  });
  afterAll(async () => {
    await server.close();
    await full.close();
  });

  describe('cache', () => {
    test('a value is loaded once for all replicas, and anew after an invalidation by any', async () => {
      const [a, b] = await pair();
      let loads = 0;
      const load = async () => ++loads;
      expect(await a.cache.read(at(PROJECT), load)).toBe(1);
      expect(await b.cache.read(at(PROJECT), load)).toBe(1);
      await b.cache.invalidate(PROJECT);
      expect(await a.cache.read(at(PROJECT), load)).toBe(2);
      expect(await b.cache.read(at(PROJECT), load)).toBe(2);
      expect(await a.cache.read(at('other'), async () => 'own')).toBe('own');
    });

    test('many who ask at once, at several replicas, make it load once', async () => {
      const [a, b] = await pair();
      let loads = 0;
      const load = async () => {
        loads += 1;
        await sleep(50);
        return loads;
      };
      const reads = Array.from({ length: 40 }, (_, n) => (n % 2 ? a : b).cache.read(at(PROJECT), load));
      expect(new Set(await Promise.all(reads))).toEqual(new Set([1]));
    });

    test('what was loaded before a change is never served after it', async () => {
      const [a, b] = await pair();
      const pause = fc.integer({ min: 0, max: 8 });
      const step = fc.record({ by: fc.nat(1), kind: fc.constantFrom('read', 'write'), pause });
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 12 }), async (steps) => {
          const project = `project-${prefixes++}`;
          let truth = 0;
          const acts = steps.map(async ({ by, kind, pause }, n) => {
            await sleep(n * 3);
            const { cache } = by === 0 ? a : b;
            if (kind === 'write') {
              truth += 1;
              await cache.invalidate(project);
              acknowledged = Math.max(acknowledged, truth);
              return;
            }
            const atLeast = acknowledged;
            const seen = await cache.read(at(project), async () => {
              const value = truth;
              await sleep(pause);
              return value;
            });
            expect(seen).toBeGreaterThanOrEqual(atLeast);
          });
          let acknowledged = 0;
          await Promise.all(acts);
        }),
        { numRuns: 40 },
      );
    });

    test('changes that come faster than an answer is made have it made one at a time', async () => {
      const [a] = await pair();
      let loads = 0;
      let atOnce = 0;
      let most = 0;
      const load = async () => {
        atOnce += 1;
        most = Math.max(most, atOnce);
        await sleep(100);
        atOnce -= 1;
        return ++loads;
      };
      const reads: Promise<number>[] = [];
      for (let n = 0; n < 20; n++) {
        reads.push(a.cache.read(at(PROJECT), load));
        await sleep(10);
        await a.cache.invalidate(PROJECT);
      }
      const last = a.cache.read(at(PROJECT), load);
      await Promise.all(reads);
      expect(await last).toBe(loads);
      expect(most).toBe(1);
      expect(loads).toBeLessThan(20);
    });

    test('without Redis every read is the database’s, and what changed meanwhile is told when it is back', async () => {
      const [a, b] = await pair();
      expect(await a.cache.read(at(PROJECT), async () => 'old')).toBe('old');
      await server.kill();
      const begin = performance.now();
      expect(await a.cache.read(at(PROJECT), async () => 'new')).toBe('new');
      await a.cache.invalidate(PROJECT);
      expect(performance.now() - begin).toBeLessThan(1000);
      await server.start();
      await Promise.all([connected(a), connected(b)]);
      await vi.waitFor(async () => expect(await b.cache.read(at(PROJECT), async () => 'new')).toBe('new'));
    });

    test('a change that could not be told while Redis was frozen is told before anything old is read', async () => {
      const [a] = await pair();
      expect(await a.cache.read(at(PROJECT), async () => 'old')).toBe('old');
      server.freeze();
      await a.cache.invalidate(PROJECT);
      server.thaw();
      await connected(a);
      expect(await a.cache.read(at(PROJECT), async () => 'new')).toBe('new');
    });

    test('a flush costs a load and nothing else', async () => {
      const [a] = await pair();
      await a.cache.read(at(PROJECT), async () => 1);
      await server.command('FLUSHALL');
      expect(await a.cache.read(at(PROJECT), async () => 2)).toBe(2);
    });
  });

  describe('a frozen Redis', () => {
    test('holds nobody up, is noticed, and comes back by itself', async () => {
      const [a] = await pair();
      server.freeze();
      const times: number[] = [];
      for (let n = 0; n < 5; n++) {
        const begin = performance.now();
        expect(await a.cache.read(at(PROJECT), async () => n)).toBe(n);
        expect((await a.limits.consume('b', 'k', LIMIT)).limit).toBe(3);
        times.push(performance.now() - begin);
      }
      expect(Math.max(...times.slice(1))).toBeLessThan(500);
      await vi.waitFor(() => expect(a.redis.states().map(({ status }) => status)).toContain('down'), 5000);
      expect(a.redis.states().find(({ status }) => status === 'down')?.problem).toMatch(/No answer/);
      server.thaw();
      await connected(a);
    });
  });

  describe('rate limits', () => {
    test('count for all replicas together, and each key for itself', async () => {
      const [a, b] = await pair();
      const results = [];
      for (const one of [a, b, a, b]) results.push(await one.limits.consume('login', 'ada', LIMIT));
      expect(results.map(({ allowed }) => allowed)).toEqual([true, true, true, false]);
      expect(results[3]).toMatchObject({ limit: 3, remaining: 0 });
      expect(results[3]?.resetSeconds).toBeGreaterThan(50);
      expect((await a.limits.consume('login', 'bob', LIMIT)).allowed).toBe(true);
    });

    test('of requests are decided at once and hold for all replicas, within a small share', async () => {
      const [a, b] = await pair();
      const limit = { points: 100, seconds: 60 };
      const made = [a, b].map(({ limits }) =>
        createBatchedLimit({ rateLimits: limits, bucket: 'requests', limit, log }),
      );
      let allowed = 0;
      for (let n = 0; n < 400; n++) {
        if (made[n % 2]?.consume('ada').allowed) allowed += 1;
        // An answer on the same connection: what was sent before it is settled.
        if (n % 10 === 9) for (const { limits } of [a, b]) await limits.consume('elsewhere', `${n}`, LIMIT);
      }
      expect(allowed).toBeGreaterThanOrEqual(95);
      expect(allowed).toBeLessThanOrEqual(115);
      expect(made[0]?.consume('bob')).toMatchObject({ allowed: true, limit: 100, remaining: 99 });
    });

    test('go on in each process while Redis is away', async () => {
      const [a] = await pair();
      await server.kill();
      const allowed = [];
      for (let n = 0; n < 4; n++) allowed.push((await a.limits.consume('away', 'k', LIMIT)).allowed);
      expect(allowed).toEqual([true, true, true, false]);
      await server.start();
      await connected(a);
    });

    test('and everything else work with a Redis that takes no more', async () => {
      const one = await replica('full:', full.url);
      await full.command('CONFIG', 'SET', 'maxmemory', '1');
      await expect(full.command('SET', 'more', 'x')).rejects.toThrow(/OOM/);
      const allowed = [];
      for (let n = 0; n < 4; n++) allowed.push((await one.limits.consume('b', 'k', LIMIT)).allowed);
      expect(allowed).toEqual([true, true, true, false]);
      expect(await one.cache.read(at(PROJECT), async () => 'value')).toBe('value');
      await one.cache.invalidate(PROJECT);
      await full.command('CONFIG', 'SET', 'maxmemory', '0');
      expect(await one.cache.read(at(PROJECT), async () => 'fresh')).toBe('fresh');
      expect(await one.cache.read(at(PROJECT), async () => 'fresher')).toBe('fresh');
    });
  });

  describe('events', () => {
    test('reach every replica, the own one at once, and each once', async () => {
      const [a, b] = await pair();
      const heard: string[] = [];
      a.events.subscribe('jobs', (payload) => heard.push(`a${JSON.stringify(payload)}`));
      const stop = b.events.subscribe('jobs', (payload) => heard.push(`b${JSON.stringify(payload)}`));
      a.events.publish('jobs', { n: 1 });
      expect(heard).toEqual(['a{"n":1}']);
      await vi.waitFor(() => expect(heard).toEqual(['a{"n":1}', 'b{"n":1}']));
      stop();
      a.events.publish('jobs', { n: 2 });
      await sleep(100);
      expect(heard).toHaveLength(3);
    });

    test('say when they do not arrive, and arrive again after Redis is back', async () => {
      const [a, b] = await pair();
      expect(a.events.connected).toBe(true);
      await server.kill();
      await vi.waitFor(() => expect(a.events.connected).toBe(false), 5000);
      a.events.publish('x', {});
      await server.start();
      await Promise.all([connected(a), connected(b)]);
      const heard = vi.fn();
      b.events.subscribe('x', heard);
      a.events.publish('x', { n: 1 });
      await vi.waitFor(() => expect(heard).toHaveBeenCalledWith({ n: 1 }));
    });
  });

  test('a wrong password is told without the password', async () => {
    const url = server.url.replace('redis://', 'redis://user:swordfish@');
    const redis = createRedisConnections({ config: { redisUrl: url, redisCacheUrl: undefined }, log });
    redis.open();
    await vi.waitFor(() => expect(redis.states()[0]?.problem).toMatch(/user or password/), 10_000);
    expect(JSON.stringify(redis.states())).not.toContain('swordfish');
    await redis.close();
  });
});

test('without Redis a process that is alone keeps values in memory, and one that is not keeps none', async () => {
  const redis = createRedisConnections({ config: { redisUrl: undefined, redisCacheUrl: undefined }, log });
  redis.open();
  let loads = 0;
  const load = async () => ++loads;
  const alone = createCache({ redis, prefix: '', alone: true, log });
  expect([await alone.read(at(PROJECT), load), await alone.read(at(PROJECT), load)]).toEqual([1, 1]);
  await alone.invalidate(PROJECT);
  expect(await alone.read(at(PROJECT), load)).toBe(2);
  const among = createCache({ redis, prefix: '', alone: false, log });
  expect([await among.read(at(PROJECT), load), await among.read(at(PROJECT), load)]).toEqual([3, 4]);
  await expect(alone.read(at('failing'), () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await alone.read(at('failing'), async () => 'fine')).toBe('fine');
});
