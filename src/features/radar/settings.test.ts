import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestApp } from '#testing/index.ts';
import { later, type ScannedApp, startScannedApp } from '#testing/scanned-app.ts';

let scanned: ScannedApp;
let app: TestApp;
const get = (path: string) => scanned.get(path);

beforeAll(async () => {
  scanned = await startScannedApp();
  app = scanned.app;
  await app.request('PATCH', '/technologies/typescript', { quadrant: 'tools' }, { 'if-match': '*' });
}, 120_000);
afterAll(() => app?.close());

describe('the quadrants', () => {
  test('can be replaced; what stood in one that is no more goes where its kind belongs', async () => {
    expect(await get('/radar/settings')).toMatchObject({
      quadrants: [{ id: 'languages' }, {}, {}, {}],
      version: 0,
    });
    const quadrants = [
      { id: 'code', name: 'What we write in', kinds: ['language', 'framework', 'library'] },
      { id: 'platforms', name: 'What it runs on' },
      { id: 'tools', name: 'What we work with', kinds: ['tool', 'ci', 'technique'] },
    ];
    const changed = await app.request('PUT', '/radar/settings', { quadrants });
    expect(changed.status).toBe(200);
    const radar = await get('/radar');
    expect(radar.quadrants.map((quadrant: { id: string }) => quadrant.id)).toEqual([
      'code',
      'platforms',
      'tools',
    ]);
    expect(await get('/technologies/react')).toMatchObject({ quadrant: 'code' });
    expect(await get('/technologies/typescript'), 'set by a person, and still there').toMatchObject({
      quadrant: 'tools',
    });
    await scanned.scan(later);
    expect(await get('/technologies/react')).toMatchObject({ quadrant: 'code' });
  });

  test('count for a technology that is added by hand right after a change of them', async () => {
    const add = (quadrant: string) =>
      app.request('POST', '/technologies', { name: `Something of ${quadrant}`, quadrant });
    expect(await add('libraries')).toMatchObject({ status: 422, body: { code: 'quadrant-unknown' } });
    expect(await add('code')).toMatchObject({ status: 201, body: { quadrant: 'code' } });
    const before = [
      { id: 'code', name: 'Code' },
      { id: 'rest', name: 'All else' },
    ];
    expect((await app.request('PUT', '/radar/settings', { quadrants: before })).status).toBe(200);
    expect(await add('platforms')).toMatchObject({ status: 422, body: { code: 'quadrant-unknown' } });
    expect(await add('rest')).toMatchObject({ status: 201, body: { quadrant: 'rest' } });
  });

  test.each([
    [[{ id: 'a', name: 'A' }], 400, 'invalid-request'],
    [
      [
        { id: 'a', name: 'A' },
        { id: 'a', name: 'B' },
      ],
      422,
      'quadrants-invalid',
    ],
    [
      [
        { id: 'a', name: 'A', kinds: ['tool'] },
        { id: 'b', name: 'B', kinds: ['tool'] },
      ],
      422,
      'quadrants-invalid',
    ],
  ])('that make no sense are refused: %j', async (quadrants, status, code) => {
    expect(await app.request('PUT', '/radar/settings', { quadrants })).toMatchObject({
      status,
      body: { code },
    });
  });
});
