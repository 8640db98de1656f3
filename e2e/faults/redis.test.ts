import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  findPostgres,
  type HealthAnswer,
  hasRedis,
  healthOf,
  type Installation,
  install,
  type People,
  type ProductProcess,
  partOf,
  signIn,
  told,
} from './installation.ts';
import { expectNothingLost, startLoad } from './load.ts';

// Skipped where PostgreSQL or Redis are not installed; CI has them.
describe.skipIf(!findPostgres() || !hasRedis())('Redis', () => {
  let installation: Installation;
  let server: ProductProcess;
  let people: People;

  beforeAll(async () => {
    installation = await install();
    server = await installation.serve({}, ['--with-worker']);
    people = await signIn(installation, server);
  }, 60_000);
  afterAll(() => installation?.close());
  // Each test leaves a product that is well, without anybody having helped it.
  afterEach(() => told('it has healed', server, ({ status }) => status === 'ok'));

  /** Whatever happens to Redis: no request fails, none waits for it, nothing is lost. */
  async function under(fault: () => Promise<void>): Promise<void> {
    const load = startLoad(server, people);
    await sleep(500);
    await fault().finally(() => load.stop());
    const { report } = load;
    expect(report.failures).toEqual({});
    expect(report.writes.sent).toBeGreaterThan(10);
    expect(report.longestMs).toBeLessThan(3000);
    await expectNothingLost(installation, server, people, report);
  }
  const redisIs = (status: string) => (health: HealthAnswer) => partOf(health, 'redis')?.status === status;
  const onlyDegraded = async (): Promise<void> => {
    expect(await healthOf(server)).toMatchObject({ httpStatus: 200, status: 'degraded' });
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  };

  test('kill -9 is told as degraded, costs no request, and is over when it is back', () =>
    under(async () => {
      await installation.redis.kill();
      await told('Redis is away', server, redisIs('down'));
      await onlyDegraded();
      await installation.redis.start();
      await told('Redis is back', server, redisIs('up'));
    }));

  test('a flush is not noticed by anybody', () =>
    under(async () => {
      for (let n = 0; n < 5; n++) {
        await installation.redis.command('FLUSHALL');
        await sleep(200);
      }
      expect((await healthOf(server)).status).toBe('ok');
    }));

  test('one that is frozen holds nobody up', () =>
    under(async () => {
      installation.redis.freeze();
      try {
        await told('Redis does not answer', server, redisIs('down'));
        await onlyDegraded();
      } finally {
        installation.redis.thaw();
      }
      await told('Redis answers again', server, redisIs('up'));
    }));

  test('one that is full is told, and costs no request', () =>
    under(async () => {
      await installation.redis.command('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
      await installation.redis.command('CONFIG', 'SET', 'maxmemory', '1');
      await told('Redis is full', server, ({ components }) =>
        components.some(({ name, problem }) => name.startsWith('redis') && /full/.test(problem ?? '')),
      );
      await onlyDegraded();
      await installation.redis.command('CONFIG', 'SET', 'maxmemory', '0');
      await told('Redis takes values again', server, ({ status }) => status === 'ok');
    }));
});
