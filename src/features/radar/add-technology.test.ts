import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestApp } from '#testing/index.ts';
import { type ScannedApp, startScannedApp } from '#testing/scanned-app.ts';

let scanned: ScannedApp;
let app: TestApp;
const get = (path: string) => scanned.get(path);

beforeAll(async () => {
  scanned = await startScannedApp();
  app = scanned.app;
}, 120_000);
afterAll(() => app?.close());

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
