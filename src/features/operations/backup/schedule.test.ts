import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isDue, isStale, missingSince } from './schedule.ts';

const daily = { cron: '0 2 * * *', installation: 'a' };
const installedAt = new Date('2026-11-01T12:00:00Z');
const at = (text: string): Date => new Date(text);
const past = (...sets: string[]) => ({ installedAt, sets: sets.map(at) });

test('nothing is due on a new installation before its first time', () => {
  expect(isDue(daily, past(), at('2026-11-01T23:00:00Z'))).toBe(false);
  expect(isDue(daily, past(), at('2026-11-02T02:10:00Z'))).toBe(true);
});

test('a set is due once a day', () => {
  const made = past('2026-11-25T02:04:00Z');
  expect(isDue(daily, made, at('2026-11-26T01:59:00Z'))).toBe(false);
  expect(isDue(daily, made, at('2026-11-26T02:10:00Z'))).toBe(true);
  expect(isDue(daily, past('2026-11-26T02:05:00Z'), at('2026-11-26T02:10:00Z'))).toBe(false);
});

test('installations begin at different times, within ten minutes', () => {
  const minutes = Array.from(
    { length: 11 },
    (_, minute) => new Date(at('2026-11-26T02:00:00Z').getTime() + minute * 60_000),
  );
  const made = past('2026-11-25T02:30:00Z');
  const starts = Array.from({ length: 20 }, (_, number) =>
    minutes.findIndex((now) => isDue({ ...daily, installation: `installation ${number}` }, made, now)),
  );
  expect(Math.min(...starts)).toBeGreaterThanOrEqual(0);
  expect(new Set(starts).size).toBeGreaterThan(4);
});

test('days that were missed are made up for by one set', () => {
  const now = at('2026-11-26T17:00:00Z');
  expect(missingSince(daily, past('2026-11-20T02:05:00Z'), now)).toEqual(at('2026-11-26T02:00:00Z'));
  expect(isDue(daily, past('2026-11-20T02:05:00Z'), now)).toBe(true);
  expect(isDue(daily, past('2026-11-20T02:05:00Z', '2026-11-26T17:00:00Z'), now)).toBe(false);
});

test('after a failure an hour passes', () => {
  const failed = { ...past('2026-11-25T02:04:00Z'), lastFailureAt: at('2026-11-26T02:20:00Z') };
  expect(isDue(daily, failed, at('2026-11-26T03:00:00Z'))).toBe(false);
  expect(isDue(daily, failed, at('2026-11-26T03:20:00Z'))).toBe(true);
});

test('a set that is missing is told after three hours', () => {
  const made = past('2026-11-25T02:04:00Z');
  expect(isStale(daily, made, at('2026-11-26T04:30:00Z'))).toBe(false);
  expect(isStale(daily, made, at('2026-11-26T05:30:00Z'))).toBe(true);
});

test('off is off', () => {
  const off = { ...daily, cron: null };
  expect(isDue(off, past(), at('2027-11-26T02:00:00Z'))).toBe(false);
  expect(isStale(off, past(), at('2027-11-26T02:00:00Z'))).toBe(false);
});

describe('a clock that is wrong', () => {
  test('a set from the future does not stop the schedule', () => {
    const ahead = past('2026-11-25T02:04:00Z', '2031-01-01T02:00:00Z');
    expect(isDue(daily, ahead, at('2026-11-26T02:10:00Z'))).toBe(true);
  });

  test('a failure from the future does not either', () => {
    const failed = { ...past('2026-11-25T02:04:00Z'), lastFailureAt: at('2031-01-01T02:00:00Z') };
    expect(isDue(daily, failed, at('2026-11-26T02:10:00Z'))).toBe(true);
  });
});

test('after one was made at any time nothing is due, and within a day and ten minutes the next is', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 400 * 1440 }), fc.string(), (minutes, installation) => {
      const made = new Date(installedAt.getTime() + minutes * 60_000);
      const schedule = { ...daily, installation };
      const known = { installedAt, sets: [made] };
      expect(isDue(schedule, known, made)).toBe(false);
      expect(isDue(schedule, known, new Date(made.getTime() + 86_400_000 + 600_000))).toBe(true);
    }),
  );
});
