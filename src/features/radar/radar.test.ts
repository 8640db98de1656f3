import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { upsertVerdict } from '#features/evidence/store.ts';
import { newId } from '#platform/ids/index.ts';
import type { TestApp } from '#testing/index.ts';
import { atFirst, type ScannedApp, startScannedApp } from '#testing/scanned-app.ts';

let scanned: ScannedApp;
let app: TestApp;
const get = (path: string) => scanned.get(path);

beforeAll(async () => {
  scanned = await startScannedApp();
  app = scanned.app;
}, 120_000);
afterAll(() => app?.close());

describe('after a first scan', () => {
  test('what code uses is on the radar as unreviewed, with its usage, judged by nobody', async () => {
    const react = await get('/technologies/react');
    expect(react).toMatchObject({
      slug: 'react',
      name: 'React',
      ring: null,
      quadrant: 'languages',
      catalogued: true,
      usage: { repositories: 1, versions: ['17.0.2'], runtime: true },
      version: 1,
    });
    expect(react.homepage).toMatch(/^https:/);
    const list = await get('/technologies?ring=unreviewed&used=true');
    const slugs = list.items.map((item: { slug: string }) => item.slug);
    expect(slugs).toEqual(expect.arrayContaining(['react', 'typescript']));
    expect(list.total).toBe(list.items.length);
    expect(await get('/technologies?used=false')).toMatchObject({ items: [], total: 0 });
  });

  test('the radar shows it in the outermost band', async () => {
    const radar = await get('/radar');
    const react = radar.blips.find((blip: { slug: string }) => blip.slug === 'react');
    const band = radar.rings.at(-1);
    expect(band).toMatchObject({ id: 'unreviewed', outerRadius: 1 });
    expect(react).toMatchObject({ ring: null, quadrant: 'languages', moved: 'none' });
    const distance = Math.hypot(react.x, react.y);
    expect(distance).toBeGreaterThan(band.innerRadius);
    expect(distance).toBeLessThan(1);
    expect(radar.unreviewed).toBe(radar.blips.length + radar.rest);
    const none = await get('/radar?unreviewed=0');
    expect(none).toMatchObject({ blips: [], rest: radar.unreviewed });
  });

  test('a list is cut into pages without gap or repeat', async () => {
    const all = (await get('/technologies?limit=200')).items.map((item: { slug: string }) => item.slug);
    const seen: string[] = [];
    for (let cursor = ''; ; ) {
      const page = await get(`/technologies?limit=2${cursor}`);
      expect(page.total).toBe(all.length);
      seen.push(...page.items.map((item: { slug: string }) => item.slug));
      if (page.nextCursor === null) break;
      cursor = `&cursor=${page.nextCursor}`;
    }
    expect(seen).toEqual(all);
    expect((await get('/technologies?q=REAC')).items).toMatchObject([{ slug: 'react' }]);
    expect(
      (await get('/technologies?kind=language')).items.map((item: { slug: string }) => item.slug),
    ).toContain('typescript');
  });
});

describe('a scan that finds the same again', () => {
  test('changes nothing', async () => {
    const before = (await get('/technologies?limit=200')).items;
    await scanned.scan(atFirst);
    expect((await get('/technologies?limit=200')).items).toEqual(before);
    const [job] = (await get('/jobs?kind=radar.reviewDetections&limit=1')).items;
    expect(job).toMatchObject({ state: 'succeeded', result: { found: 3, added: 0, updated: 0 } });
  });
});

describe('a detection that a person has called wrong', () => {
  test('is no use: not on the radar, not in drift', async () => {
    const { items } = await get('/technologies?q=left-pad');
    expect(items).toMatchObject([{ usage: { detections: 1 } }]);
    const judge = (verdict: 'wrong' | 'right') =>
      app.context.transaction((tx) =>
        upsertVerdict(tx, {
          id: newId(),
          repositoryId: scanned.repositoryId,
          subjectKey: 'npm:npm-left-pad',
          verdict,
          actorName: 'Ada',
          createdAt: new Date(),
        }),
      );
    await judge('wrong');
    expect(await get('/technologies/npm-left-pad')).toMatchObject({
      usage: { repositories: 0, detections: 0 },
    });
    expect((await get('/technologies?used=false')).items).toMatchObject([{ slug: 'npm-left-pad' }]);
    const drift = JSON.stringify(await get('/drift'));
    expect(drift).not.toContain('left-pad');
    await judge('right');
    expect(await get('/technologies/npm-left-pad')).toMatchObject({ usage: { detections: 1 } });
  });
});

describe('judging', () => {
  test('a move is dated, signed and reasoned, and makes drift of a use on hold', async () => {
    const citations = [{ documentId: newId(), start: 3, end: 17, quote: 'no longer used' }];
    const moved = await app.request('POST', '/technologies/react/moves', {
      toRing: 'hold',
      reason: '  We leave it  ',
      citations,
    });
    expect(moved.status).toBe(201);
    expect(moved.body).toMatchObject({
      technology: { slug: 'react', ring: 'hold', version: 2 },
      move: {
        fromRing: null,
        toRing: 'hold',
        reason: 'We leave it',
        citations,
        actor: { kind: 'user', name: expect.any(String) },
      },
    });
    const drift = await get('/drift?kind=hold-used');
    expect(drift.items).toHaveLength(1);
    expect(drift.items[0]).toMatchObject({
      severity: 'high',
      summary: 'React is on hold, yet it is used in shop.',
      decision: { ring: 'hold', reason: 'We leave it' },
    });
    expect(drift.items[0].evidence[0]).toMatchObject({
      path: 'package.json',
      repositoryId: scanned.repositoryId,
      version: '17.0.2',
    });
    expect(drift.counts['hold-used']).toBe(1);
    const radar = await get('/radar');
    expect(radar.blips.find((blip: { slug: string }) => blip.slug === 'react')).toMatchObject({
      ring: 'hold',
      moved: 'new',
    });
  });

  test('a second move keeps the first', async () => {
    const again = await app.request('POST', '/technologies/react/moves', { toRing: 'hold', reason: 'Still' });
    expect(again).toMatchObject({ status: 409, body: { code: 'ring-unchanged' } });
    await app.request('POST', '/technologies/react/moves', { toRing: 'adopt', reason: 'It stays after all' });
    const { items, total } = await get('/technologies/react/moves');
    expect(total).toBe(2);
    expect(items.map((move: { toRing: string }) => move.toRing)).toEqual(['adopt', 'hold']);
    const first = await get('/technologies/react/moves?limit=1');
    const second = await get(`/technologies/react/moves?limit=1&cursor=${first.nextCursor}`);
    expect(second).toMatchObject({ items: [{ toRing: 'hold' }], nextCursor: null });
  });

  test('a version behind the standard is shown with its line', async () => {
    const react = await get('/technologies/react');
    const headers = { 'if-match': `"${react.version}"` };
    const changed = await app.request('PATCH', '/technologies/react', { standardVersion: '^18' }, headers);
    expect(changed.status).toBe(200);
    const drift = await get('/drift?kind=version-behind');
    expect(drift.items).toMatchObject([
      { standardVersion: '^18', summary: 'The standard for React is ^18, but 17.0.2 is used in shop.' },
    ]);
  });

  test('the history tells of code and judgements on one line of time', async () => {
    const { items } = await get('/technologies/react/history');
    const types = items.map((entry: { type: string }) => entry.type);
    expect(types).toEqual(expect.arrayContaining(['move', 'entered']));
    expect(items.at(-1)).toMatchObject({
      type: 'entered',
      at: '2024-05-01T10:00:00.000Z',
      repositoryName: 'shop',
      path: 'package.json',
      versionAfter: '^17.0.2',
      author: 'Ada',
      move: null,
    });
    const times = items.map((entry: { at: string }) => entry.at);
    expect(times).toEqual([...times].sort().reverse());
  });
});
