import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { systemClock } from '#platform/clock/index.ts';
import { appError } from '#platform/errors/index.ts';
import { createHealth, type HealthComponent } from './index.ts';

function healthOf(...components: HealthComponent[]) {
  const health = createHealth({ version: '1.2.3', clock: systemClock });
  for (const component of components) health.register(component);
  return health;
}
const up = { name: 'database', essential: true, check: async () => ({ version: '18' }) };
const failing = async () => {
  throw appError('x', 503, 'It is away.');
};

test('what works is up, with its latency, version and last success', async () => {
  const health = healthOf(up);
  expect(health.report().components[0]).toMatchObject({ status: 'unknown', lastSuccessAt: null });
  await health.refresh();
  expect(health.report()).toMatchObject({
    status: 'ok',
    version: '1.2.3',
    components: [{ name: 'database', status: 'up', version: '18', latencyMs: expect.any(Number) }],
  });
});

test('the loss of a part that is not essential degrades, that of an essential one is down', async () => {
  const degraded = healthOf(up, { name: 'redis', essential: false, check: failing });
  await degraded.refresh();
  expect(degraded.report()).toMatchObject({
    status: 'degraded',
    components: [{}, { status: 'down', problem: 'It is away.' }],
  });
  const down = healthOf({ ...up, check: failing });
  await down.refresh();
  expect(down.report().status).toBe('down');
});

test('a part that hangs is down after two seconds and holds nobody up', async () => {
  const health = healthOf(up, { name: 'index', essential: false, check: () => sleep(60_000, {}) });
  const begin = performance.now();
  await health.refresh();
  expect(performance.now() - begin).toBeLessThan(10_000);
  expect(health.report().components[1]).toMatchObject({
    status: 'down',
    problem: 'No answer within 2000 ms.',
  });
});

test('the last success stays told while a part is down', async () => {
  let works = true;
  const health = healthOf({ ...up, check: () => (works ? up.check() : failing()) });
  await health.refresh();
  const { lastSuccessAt } = health.report().components[0] ?? {};
  works = false;
  await health.refresh();
  expect(health.report().components[0]).toMatchObject({ status: 'down', lastSuccessAt });
});

test('a process that drains says so, whatever its parts say', async () => {
  const health = healthOf(up);
  health.drain();
  expect(health.report().status).toBe('draining');
});
