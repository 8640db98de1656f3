import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planRetention, type RetainedSet, type RetentionPolicy } from './retention.ts';

const DAY_MS = 86_400_000;
const NOW = new Date('2026-11-26T12:00:00Z');
const policy: RetentionPolicy = { daily: 7, weekly: 4, monthly: 12, verified: 3 };

const setOf = (at: Date, state: RetainedSet['state'] = 'verified', name = at.toISOString()): RetainedSet => ({
  name,
  at,
  state,
});
const daysAgo = (days: number): Date => new Date(NOW.getTime() - days * DAY_MS);

const anySets = fc
  .array(
    fc.record({
      minutes: fc.integer({ min: 0, max: 3 * 365 * 1440 }),
      state: fc.constantFrom('verified' as const, 'unverified' as const, 'failed' as const),
    }),
    { maxLength: 80 },
  )
  .map((made) =>
    made.map(({ minutes, state }, at) =>
      setOf(new Date(NOW.getTime() - minutes * 60_000), state, `set-${at}`),
    ),
  );
const anyPolicy = fc.record({
  daily: fc.integer({ min: 0, max: 20 }),
  weekly: fc.integer({ min: 0, max: 10 }),
  monthly: fc.integer({ min: 0, max: 24 }),
  verified: fc.integer({ min: 1, max: 6 }),
});

const newestVerified = (sets: readonly RetainedSet[]): number =>
  Math.max(...sets.filter(({ state }) => state === 'verified').map(({ at }) => at.getTime()));
const without = (sets: readonly RetainedSet[], removed: readonly string[]): RetainedSet[] =>
  sets.filter(({ name }) => !removed.includes(name));

describe('whatever sets there are and whatever is to be kept', () => {
  test('every set is either kept or removed, and a kept one says why', () => {
    fc.assert(
      fc.property(anySets, anyPolicy, (sets, kept) => {
        const { keep, remove } = planRetention(sets, kept, { now: NOW });
        expect([...keep.map(({ name }) => name), ...remove].sort()).toEqual(
          sets.map(({ name }) => name).sort(),
        );
        expect(keep.every(({ reasons }) => reasons.length > 0)).toBe(true);
      }),
    );
  });

  test('nothing goes that is not older than the newest verified set', () => {
    fc.assert(
      fc.property(anySets, anyPolicy, (sets, kept) => {
        const { remove } = planRetention(sets, kept, { now: NOW });
        const border = newestVerified(sets);
        for (const name of remove) {
          const gone = sets.find((set) => set.name === name);
          expect(gone?.at.getTime()).toBeLessThan(border);
        }
      }),
    );
  });

  test('so many verified sets as asked for are left, or all that there were', () => {
    fc.assert(
      fc.property(anySets, anyPolicy, (sets, kept) => {
        const count = (some: readonly RetainedSet[]) =>
          some.filter(({ state }) => state === 'verified').length;
        const left = without(sets, planRetention(sets, kept, { now: NOW }).remove);
        expect(count(left)).toBeGreaterThanOrEqual(Math.min(kept.verified, count(sets)));
      }),
    );
  });

  test('each of the newest days that had a usable set still has one, a verified one if there was any', () => {
    fc.assert(
      fc.property(anySets, anyPolicy, (sets, kept) => {
        const left = without(sets, planRetention(sets, kept, { now: NOW }).remove);
        const dayOf = ({ at }: RetainedSet) => at.toISOString().slice(0, 10);
        const usable = sets.filter(({ state }) => state !== 'failed');
        const days = [...new Set(usable.map(dayOf))].sort().reverse().slice(0, kept.daily);
        for (const day of days) {
          const before = usable.filter((set) => dayOf(set) === day);
          const after = left.filter((set) => set.state !== 'failed' && dayOf(set) === day);
          const best = (some: RetainedSet[]) =>
            some.some(({ state }) => state === 'verified') ? 'verified' : 'any';
          expect(after.length).toBeGreaterThan(0);
          expect(best(after)).toBe(best(before));
        }
      }),
    );
  });

  test('the same again removes nothing more, and the order of the list does not matter', () => {
    fc.assert(
      fc.property(anySets, anyPolicy, (sets, kept) => {
        const { remove } = planRetention(sets, kept, { now: NOW });
        expect(planRetention(without(sets, remove), kept, { now: NOW }).remove).toEqual([]);
        expect(planRetention([...sets].reverse(), kept, { now: NOW }).remove).toEqual(remove);
      }),
    );
  });

  test('nothing goes while a set is newer than the clock, or the database has another time', () => {
    fc.assert(
      fc.property(anySets, anyPolicy, fc.integer({ min: 1, max: 4000 }), (sets, kept, hours) => {
        const ahead = setOf(new Date(NOW.getTime() + hours * 3_600_000), 'verified', 'ahead');
        const future = planRetention([...sets, ahead], kept, { now: NOW });
        expect(future.remove).toEqual([]);
        expect(future.refused).toContain('ahead');
        for (const sign of [-1, 1]) {
          const database = new Date(NOW.getTime() + sign * hours * 3_600_000);
          const doubted = planRetention(sets, kept, { now: NOW, database });
          expect(doubted.remove).toEqual([]);
          expect(doubted.refused).toContain('differ');
        }
      }),
    );
  });
});

test('a clock that jumped years ahead removes nothing that it would not have removed before', () => {
  const sets = Array.from({ length: 60 }, (_, day) => setOf(daysAgo(day)));
  const before = planRetention(sets, policy, { now: NOW });
  expect(planRetention(sets, policy, { now: new Date('2031-01-01T00:00:00Z') }).remove).toEqual(
    before.remove,
  );
});

test('nothing goes as long as no set is verified', () => {
  const sets = Array.from({ length: 40 }, (_, day) => setOf(daysAgo(day), day % 2 ? 'failed' : 'unverified'));
  expect(planRetention(sets, policy, { now: NOW }).remove).toEqual([]);
});

test('pruned every day for two years, 7 days, 4 weeks and 12 months are there to go back to', () => {
  let sets: RetainedSet[] = [];
  for (let day = 730; day >= 0; day--) {
    sets.push(setOf(daysAgo(day)));
    sets = without(sets, planRetention(sets, policy, { now: daysAgo(day) }).remove);
  }
  const dates = sets.map(({ at }) => at.toISOString().slice(0, 10));
  for (let day = 0; day < 7; day++) expect(dates).toContain(daysAgo(day).toISOString().slice(0, 10));
  const months = new Set(dates.map((date) => date.slice(0, 7)));
  expect(months.size).toBe(12);
  // The Sundays that end the weeks before the present one.
  for (const sunday of ['2026-11-22', '2026-11-15', '2026-11-08']) expect(dates).toContain(sunday);
  expect(sets.length).toBeLessThanOrEqual(7 + 4 + 12);
});
