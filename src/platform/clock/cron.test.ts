import { expect, test } from 'vitest';
import { type Cron, occurrenceBefore, parseCron } from './index.ts';

const last = (expression: string, now: string): string | undefined => {
  const cron = parseCron(expression) as Cron;
  return occurrenceBefore(cron, new Date(now))?.toISOString();
};

test.each([
  ['0 2 * * *', '2026-11-26T02:00:59Z', '2026-11-26T02:00:00.000Z'],
  ['0 2 * * *', '2026-11-26T01:59:59Z', '2026-11-25T02:00:00.000Z'],
  ['*/15 * * * *', '2026-11-26T10:44:00Z', '2026-11-26T10:30:00.000Z'],
  ['30 1-3,22 * * *', '2026-11-26T12:00:00Z', '2026-11-26T03:30:00.000Z'],
  ['0 2 * * 7', '2026-11-26T12:00:00Z', '2026-11-22T02:00:00.000Z'],
  ['0 0 1 * *', '2026-11-26T12:00:00Z', '2026-11-01T00:00:00.000Z'],
  ['0 0 29 2 *', '2026-11-26T12:00:00Z', '2024-02-29T00:00:00.000Z'],
  ['0 0 13 * 5', '2026-11-12T12:00:00Z', '2026-11-06T00:00:00.000Z'],
  ['0 0 13 * 5', '2026-11-13T12:00:00Z', '2026-11-13T00:00:00.000Z'],
])('%s was last due, at %s, at %s', (expression, now, expected) => {
  expect(last(expression, now)).toBe(expected);
});

test.each([
  '',
  'daily',
  '0 2 * *',
  '60 * * * *',
  '0 24 * * *',
  '0 0 0 * *',
  '5-1 * * * *',
  '*/0 * * * *',
  '0 0 30 2 *',
  '0 2 * * * *',
  '-1 * * * *',
])('"%s" is no expression', (expression) => {
  expect(parseCron(expression)).toBeUndefined();
});
