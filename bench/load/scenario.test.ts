import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '#testing/index.ts';
import { addressOf, headersOf } from './fill-call.ts';
import { arrivals, DEFAULTS, type ProfileName, stagesOf } from './profiles.ts';
import { SCENARIO, STOCK } from './scenario.ts';
import { createFiller, createRandom, pickJourney, type Stock } from './values.ts';

const stock: Stock = { technology: ['one'], repository: ['first', 'second', 'third'], document: ['a'] };
const calls = SCENARIO.flatMap(({ name, steps }) => steps.flat().map((call) => ({ name, call })));

describe('the scenario', () => {
  let app: TestApp;
  let paths: Record<string, Record<string, { parameters?: { in: string; name: string }[] }>>;
  beforeAll(async () => {
    app = await startTestApp();
    paths = (await app.request('GET', '/api/docs/json')).body.paths;
  });
  afterAll(() => app?.close());

  test('shares add up to a thousand, and each journey has a name of its own', () => {
    expect(SCENARIO.reduce((sum, { share }) => sum + share, 0)).toBe(1000);
    expect(new Set(SCENARIO.map(({ name }) => name)).size).toBe(SCENARIO.length);
  });

  test('every call is one that the API describes, with parameters that it knows', () => {
    const unknown = calls.flatMap(({ name, call }) => {
      // Placeholders may have other names than parameters.
      const shape = (path: string): string => path.replace(/\{\w+\}/g, '{}');
      const found = Object.keys(paths).find((path) => shape(path) === shape(`/api/v1${call.path}`));
      const operation = found && paths[found]?.[call.method.toLowerCase()];
      if (!operation) return [`${name}: ${call.method} ${call.path}`];
      const known = operation.parameters?.filter((one) => one.in === 'query').map((one) => one.name) ?? [];
      const given = [...Object.keys(call.query ?? {}), ...(call.pages ? ['cursor'] : [])];
      return given.filter((one) => !known.includes(one)).map((one) => `${name}: ${call.path}?${one}`);
    });
    expect(unknown).toEqual([]);
    for (const { path } of Object.values(STOCK)) expect(paths).toHaveProperty([`/api/v1${path}`, 'get']);
  });

  test('everything that is to be filled in has a value, and one journey means one thing by it', () => {
    const own = { email: 'a@example.com', password: 'secret' };
    for (const { call } of calls) {
      const filler = createFiller(stock, createRandom(1), 'unique', own);
      const sent = [addressOf(call, filler), JSON.stringify(filler.value([call.body, call.upload]))];
      expect(sent.join(' ')).not.toMatch(/\{\w+\}/);
    }
    const filler = createFiller({ ...stock, technology: ['one', 'two', 'three'] }, createRandom(2), '7', own);
    const [first] = new Set([filler.text('{technology}'), filler.text('{technology}')]);
    expect(filler.value({ body: ['{technology}', '{unique}'] })).toEqual({ body: [first, '7'] });
  });

  test('changes that are sent once carry a key that no other one has', () => {
    const once = calls.find(({ call }) => call.once)?.call;
    const keys = ['1', '2'].map(
      (unique) => once && headersOf(once, createFiller(stock, createRandom(1), unique))['idempotency-key'],
    );
    expect(keys).toEqual(['load-1', 'load-2']);
  });

  test('journeys come as often as their shares say', () => {
    const random = createRandom(3);
    const counts = Map.groupBy(
      Array.from({ length: 50_000 }, () => pickJourney(random)),
      ({ name }) => name,
    );
    for (const { name, share } of SCENARIO.filter((journey) => journey.share >= 40)) {
      const found = (counts.get(name)?.length ?? 0) / 50;
      expect(Math.abs(found - share) / share, name).toBeLessThan(0.1);
    }
  });

  test('the k6 script keeps to what k6 has, and its types hold', () => {
    const tsc = join(import.meta.dirname, '../../node_modules/.bin/tsc');
    execFileSync(tsc, ['-p', join(import.meta.dirname, 'tsconfig.k6.json')], { stdio: 'pipe' });
  });
});

describe('profiles', () => {
  test('every one is bounded, and what has no bound is refused', () => {
    for (const name of Object.keys(DEFAULTS) as ProfileName[]) {
      const seconds = stagesOf(name, DEFAULTS[name]).reduce((sum, stage) => sum + stage.seconds, 0);
      expect(seconds).toBeLessThanOrEqual(600);
    }
    for (const minutes of [0, -1, 61, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => stagesOf('soak', { minutes, times: 1 })).toThrow('minutes');
    }
    for (const times of [0, 101, Number.NaN])
      expect(() => stagesOf('spike', { minutes: 0, times })).toThrow();
  });

  test('so many come as the rate says, whatever becomes of those before', () => {
    const stages = [
      { name: 'slow', seconds: 100, times: 1 },
      { name: 'fast', seconds: 100, times: 4 },
    ];
    const all = [...arrivals(stages, 10, createRandom(4))];
    const slow = all.filter((at) => at < 100_000).length;
    expect(all).toEqual(all.toSorted((a, b) => a - b));
    expect(slow).toBeGreaterThan(850);
    expect(slow).toBeLessThan(1150);
    expect((all.length - slow) / slow).toBeGreaterThan(3.3);
    expect((all.length - slow) / slow).toBeLessThan(4.7);
  });
});
