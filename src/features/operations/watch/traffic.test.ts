import { expect, test } from 'vitest';
import { createMetrics } from '#platform/telemetry/index.ts';
import { followTraffic, quantile } from './traffic.ts';

test('counts by route what was answered since the last time, without probes and unknown paths', () => {
  const { requests } = createMetrics('1');
  const traffic = followTraffic(requests);
  requests.observe(0.002, 'GET', '/api/v1/radar', '2xx');
  requests.observe(0.9, 'GET', '/api/v1/radar', '2xx');
  requests.observe(0.002, 'GET', '/api/v1/radar', '5xx');
  requests.observe(0.002, 'GET', 'none', '4xx');
  requests.observe(9, 'GET', '/health', '5xx');
  expect(traffic.read()).toMatchObject({
    requests: 3,
    failed: 1,
    slow: 1,
    routes: [{ method: 'GET', route: '/api/v1/radar', requests: 3, failed: 1 }],
  });
});

test('what was read and could not be written is told again; what came meanwhile is told next', () => {
  const { requests } = createMetrics('1');
  const traffic = followTraffic(requests);
  requests.observe(0.002, 'GET', '/a', '2xx');
  expect(traffic.read().requests).toBe(1);
  expect(traffic.read().requests).toBe(1);
  requests.observe(0.002, 'GET', '/a', '2xx');
  traffic.settle();
  expect(traffic.read().requests).toBe(1);
  traffic.settle();
  expect(traffic.read()).toMatchObject({ requests: 0, routes: [] });
});

test('a request of exactly half a second is fast', () => {
  const { requests } = createMetrics('1');
  const traffic = followTraffic(requests);
  requests.observe(0.5, 'GET', '/a', '2xx');
  requests.observe(0.501, 'GET', '/a', '2xx');
  expect(traffic.read().slow).toBe(1);
});

test('a quantile lies within its bucket, and above the last bound nobody knows how far', () => {
  const bounds = [0.1, 0.2, 1];
  expect(quantile(bounds, [0, 0, 0, 0], 0.5)).toBeNull();
  expect(quantile(bounds, [10, 0, 0, 0], 0.5)).toBeCloseTo(0.05);
  expect(quantile(bounds, [50, 50, 0, 0], 0.75)).toBeCloseTo(0.15);
  expect(quantile(bounds, [0, 0, 0, 4], 0.5)).toBe(1);
});
