import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { insertScan, markGone, upsertDetections } from '#features/evidence/scan-store.ts';
import { upsertVerdict } from '#features/evidence/store.ts';
import { type detections, technologyHistory } from '#features/evidence/tables.ts';
import { repositories } from '#features/repositories/index.ts';
import { newId } from '#platform/ids/index.ts';
import { emitEvent } from '#platform/jobs/index.ts';
import { startTestApp, type TestApp } from '#testing/index.ts';

let app: TestApp;
const repositoryId = newId();

interface Found {
  technology: string;
  name: string;
  kind: string;
  version: string | null;
  ecosystem?: string;
  scope?: 'runtime' | 'development';
}

/** Stores what a scan would have found and tells it as a scan does. */
async function scan(found: Found[]): Promise<void> {
  const scanId = newId();
  const now = new Date();
  await app.context.transaction(async (tx) => {
    await insertScan(tx, {
      id: scanId,
      repositoryId,
      commit: 'c0ffee',
      committedAt: now,
      startedAt: now,
      finishedAt: now,
      files: 3,
      counts: { detections: found.length, technologies: found.length, ignored: 0, transitive: {} },
      problems: [],
    });
    await upsertDetections(
      tx,
      found.map((item) => toDetection(item, scanId, now)),
    );
    await markGone(tx, repositoryId, scanId, now);
    await emitEvent(app.context, tx, 'evidence.scanned', { repositoryId, scanId, commit: 'c0ffee' });
  });
  await app.runJobs();
}

function toDetection(found: Found, scanId: string, at: Date): typeof detections.$inferInsert {
  const { technology, name, kind, version, ecosystem = 'npm', scope = 'runtime' } = found;
  const line = {
    path: 'package.json',
    line: 5,
    excerpt: `"${technology}"`,
    rule: ecosystem,
    commit: 'c0ffee',
  };
  return {
    id: newId(),
    repositoryId,
    scanId,
    subjectKey: `${ecosystem}:${technology}`,
    technologySlug: technology,
    technologyName: name,
    kind,
    ecosystem,
    packageName: technology,
    component: '',
    scope,
    versionDeclared: version === null ? null : `^${version}`,
    versionLocked: version,
    confidence: 0.95,
    rule: ecosystem,
    evidence: [line, { ...line, path: 'package-lock.json', line: 40 }],
    firstSeenAt: at,
    lastSeenAt: at,
  };
}

const typescript: Found = {
  technology: 'typescript',
  name: 'TypeScript',
  kind: 'language',
  version: '5.4.5',
  scope: 'development',
};
const leftPad: Found = { technology: 'npm-left-pad', name: 'left-pad', kind: 'library', version: '1.3.0' };
const reactAt = (version: string): Found => ({
  technology: 'react',
  name: 'React',
  kind: 'framework',
  version,
});
const atFirst = [reactAt('17.0.2'), typescript, leftPad];
const later = [reactAt('18.3.1'), typescript, leftPad, { ...typescript, technology: 'golang', name: 'Go' }];

const get = async (path: string) => (await app.request('GET', path)).body;

beforeAll(async () => {
  app = await startTestApp();
  await app.context.transaction(async (tx) => {
    await tx.insert(repositories).values({
      id: repositoryId,
      name: 'shop',
      location: '/srv/shop',
      locationKey: '/srv/shop',
      kind: 'path',
      state: 'ready',
      syncEveryMinutes: 10_080,
      lastTriedAt: new Date(),
    });
    await tx.insert(technologyHistory).values({
      id: newId(),
      repositoryId,
      technologySlug: 'react',
      ecosystem: 'npm',
      packageName: 'react',
      path: 'package.json',
      change: 'entered',
      versionAfter: '^17.0.2',
      commit: 'c0ffee',
      committedAt: new Date('2024-05-01T10:00:00Z'),
      author: 'Ada',
    });
  });
  await scan(atFirst);
}, 120_000);

afterAll(() => app.close());

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
    await scan(atFirst);
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
          repositoryId,
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
      repositoryId,
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

describe('changing', () => {
  test('needs the version that the change starts from', async () => {
    const { version } = await get('/technologies/typescript');
    const patch = (headers: Record<string, string>) =>
      app.request('PATCH', '/technologies/typescript', { owner: 'Web team' }, headers);
    expect(await patch({})).toMatchObject({ status: 428, body: { code: 'if-match-needed' } });
    expect(await patch({ 'if-match': 'now' })).toMatchObject({
      status: 400,
      body: { code: 'if-match-invalid' },
    });
    const old = await patch({ 'if-match': String(version + 5) });
    expect(old).toMatchObject({ status: 412, body: { code: 'technology-changed', details: { version } } });
    const answer = await patch({ 'if-match': `W/"${version}"` });
    expect(answer).toMatchObject({ status: 200, body: { owner: 'Web team', version: version + 1 } });
    expect(answer.headers.get('etag')).toBe(`"${version + 1}"`);
    const same = await patch({ 'if-match': '*' });
    expect(same.body.version, 'nothing changed').toBe(version + 1);
  });

  test('two at once: one wins, the other is told', async () => {
    const { version } = await get('/technologies/npm-left-pad');
    const answers = await Promise.all(
      ['One', 'Two'].map((owner) =>
        app.request('PATCH', '/technologies/npm-left-pad', { owner }, { 'if-match': String(version) }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
  });

  test('what a person has set survives the next scan, and the rest keeps up with the code', async () => {
    const before = await get('/technologies/typescript');
    await app.request(
      'PATCH',
      '/technologies/typescript',
      { name: 'TypeScript (ours)', quadrant: 'tools', tags: ['web'] },
      { 'if-match': String(before.version) },
    );
    await scan(later);
    expect(await get('/technologies/typescript')).toMatchObject({
      name: 'TypeScript (ours)',
      quadrant: 'tools',
      tags: ['web'],
      owner: 'Web team',
    });
    expect(await get('/technologies/react')).toMatchObject({
      ring: 'adopt',
      usage: { versions: ['18.3.1'] },
    });
    expect(await get('/technologies/golang')).toMatchObject({ ring: null });
    expect((await get('/drift?kind=version-behind')).items).toEqual([]);
  });

  test('what was archived is off the radar, stays so after a scan, and can come back', async () => {
    const archived = await app.request('DELETE', '/technologies/npm-left-pad');
    expect(archived).toMatchObject({ status: 200, body: { archivedAt: expect.any(String) } });
    await scan(later);
    const slugs = (await get('/technologies?limit=200')).items.map((item: { slug: string }) => item.slug);
    expect(slugs).not.toContain('npm-left-pad');
    expect((await get('/technologies?archived=true')).items).toMatchObject([{ slug: 'npm-left-pad' }]);
    const judged = await app.request('POST', '/technologies/npm-left-pad/moves', {
      toRing: 'hold',
      reason: 'Tiny',
    });
    expect(judged).toMatchObject({ status: 409, body: { code: 'technology-archived' } });
    const { version } = archived.body;
    const back = await app.request(
      'PATCH',
      '/technologies/npm-left-pad',
      { archived: false },
      { 'if-match': String(version) },
    );
    expect(back.body.archivedAt).toBeNull();
  });
});

describe('adding by hand', () => {
  test('what is written is what is kept, whatever characters it has', async () => {
    const body = {
      name: 'C "sharp" \\ {}',
      slug: 'c-odd',
      tags: ['a "b"', 'c\\d', 'e,f', '{g}', 'null', 'ü\n'],
    };
    const created = await app.request('POST', '/technologies', body);
    expect(created).toMatchObject({ status: 201, body });
    expect(await get('/technologies/c-odd')).toMatchObject(body);
    const { version } = created.body;
    await app.request('PATCH', '/technologies/c-odd', { archived: true }, { 'if-match': String(version) });
  });

  test('an adopted technology that no code uses is drift; a technique is not', async () => {
    for (const body of [
      { name: 'Elm', kind: 'language' },
      { name: 'Event sourcing', kind: 'technique' },
    ]) {
      const created = await app.request('POST', '/technologies', body);
      expect(created.status).toBe(201);
      await app.request('POST', `/technologies/${created.body.id}/moves`, {
        toRing: 'adopt',
        reason: 'It suits us',
      });
    }
    const { items } = await get('/drift?kind=adopted-unused');
    expect(items).toMatchObject([
      {
        technology: { slug: 'elm' },
        summary: 'Elm is adopted, but the one scanned repository does not use it.',
      },
    ]);
    expect(await get('/technologies/event-sourcing')).toMatchObject({ quadrant: 'tools', ring: 'adopt' });
  });

  test('a review date that has passed is drift', async () => {
    const elm = await get('/technologies/elm');
    await app.request(
      'PATCH',
      '/technologies/elm',
      { reviewDate: '2020-02-29' },
      { 'if-match': String(elm.version) },
    );
    const { items } = await get('/drift?kind=review-overdue');
    expect(items).toMatchObject([{ technology: { slug: 'elm' }, reviewDate: '2020-02-29' }]);
  });

  test.each([
    ['POST', '/technologies', { name: 'React', slug: 'react' }, 409, 'technology-exists'],
    ['POST', '/technologies', { name: '???' }, 422, 'slug-needed'],
    ['POST', '/technologies', { name: 'X', quadrant: 'nowhere' }, 422, 'quadrant-unknown'],
    ['POST', '/technologies', { name: 'X', standardVersion: 'latest' }, 422, 'standard-invalid'],
    ['POST', '/technologies', { name: 'X', homepage: 'javascript:alert(1)' }, 400, 'invalid-request'],
    ['POST', '/technologies', { name: 'X', reviewDate: '2026-02-30' }, 400, 'invalid-request'],
    ['POST', '/technologies', { name: '  ' }, 400, 'invalid-request'],
    ['POST', '/technologies/react/moves', { toRing: 'assess', reason: ' ' }, 400, 'invalid-request'],
    ['POST', '/technologies/react/moves', { toRing: 'unreviewed', reason: 'x' }, 400, 'invalid-request'],
    ['POST', '/technologies/react/moves', { toRing: 'assess' }, 400, 'invalid-request'],
    [
      'POST',
      '/technologies/react/moves',
      {
        toRing: 'assess',
        reason: 'x',
        citations: [{ documentId: '01890000-0000-7000-8000-000000000000', start: 9, end: 9, quote: 'x' }],
      },
      422,
      'citation-invalid',
    ],
    ['POST', '/technologies/nothing/moves', { toRing: 'assess', reason: 'x' }, 404, 'not-found'],
    ['GET', '/technologies/nothing', undefined, 404, 'not-found'],
    ['GET', '/technologies?ring=maybe', undefined, 400, 'invalid-request'],
    ['GET', '/technologies?cursor=%25%25', undefined, 400, 'cursor-invalid'],
    // These are cursors, but of other lists.
    ['GET', '/technologies?cursor=NQ', undefined, 400, 'cursor-invalid'],
    ['GET', '/technologies?cursor=bnVsbA', undefined, 400, 'cursor-invalid'],
    ['GET', '/technologies/react/moves?cursor=NQ', undefined, 400, 'cursor-invalid'],
    ['GET', '/technologies/react/history?cursor=LTU', undefined, 400, 'cursor-invalid'],
    ['GET', '/drift?cursor=Im5vIg', undefined, 400, 'cursor-invalid'],
    ['GET', '/technologies?limit=201', undefined, 400, 'invalid-request'],
  ])('bad input is refused with a reason: %s %s %j', async (method, path, body, status, code) => {
    const answer = await app.request(method, path, body);
    expect(answer).toMatchObject({ status, body: { code } });
    expect(answer.body.title).not.toBe('');
  });
});

describe('the drawing', () => {
  test('is an SVG that may load nothing', async () => {
    const answer = await app.request('GET', '/radar.svg');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain('image/svg+xml');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(answer.body).toContain('React');
    expect(answer.body).toContain('</svg>');
  });
});

// Last, because it changes the quadrants of all that stands above.
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
    await scan(later);
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
