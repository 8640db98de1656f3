import { expect, test } from 'vitest';
import type { Release } from './journal.ts';
import { requireCompatible, requireReachable } from './migration-plan.ts';
import type { Site } from './site.ts';

const site = { project: 'radar' } as Site;
const release = { name: 'r1', colour: 'blue' } as Release;
const compatible = { name: '0012_more.sql', breaking: false };
const breaking = { name: '0013_less.sql', breaking: true };

test('what the release that serves can live with is allowed', () => {
  requireCompatible(site, { pending: [], newer: [] }, release);
  requireCompatible(site, { pending: [compatible], newer: [] }, release);
  // The image may be older than the schema, as long as it can work with it.
  requireCompatible(site, { pending: [], newer: [compatible] }, release);
});

test('a breaking migration is refused while something serves, and told how it is possible', () => {
  const plan = { pending: [compatible, breaking], newer: [] };
  expect(() => requireCompatible(site, plan, release)).toThrow(
    expect.objectContaining({
      code: 'migration-breaking',
      message: expect.stringContaining('0013_less.sql'),
      remedy: expect.stringContaining('docker compose -p radar-blue stop'),
    }),
  );
  requireCompatible(site, plan, null);
});

test('an image that can’t work with the schema is refused, whoever serves', () => {
  const plan = { pending: [], newer: [breaking] };
  expect(() => requireCompatible(site, plan, null)).toThrow(
    expect.objectContaining({ code: 'schema-newer' }),
  );
});

test('an image that has other migrations than the database is refused', () => {
  const plan = { pending: [compatible], newer: [{ name: '0012_other.sql', breaking: false }] };
  expect(() => requireCompatible(site, plan, release)).toThrow(
    expect.objectContaining({ code: 'schema-forked' }),
  );
});

test('a rollback passes compatible migrations and stops at a breaking one', () => {
  requireReachable({ pending: [], newer: [compatible] }, release);
  expect(() => requireReachable({ pending: [], newer: [compatible, breaking] }, release)).toThrow(
    expect.objectContaining({
      code: 'rollback-impossible',
      message: expect.stringContaining('0013_less.sql'),
    }),
  );
  // A restored backup may be older than what was kept.
  expect(() => requireReachable({ pending: [compatible], newer: [] }, release)).toThrow(
    expect.objectContaining({ code: 'rollback-impossible' }),
  );
});
