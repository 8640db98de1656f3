import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '#testing/index.ts';
import { insertDocument } from '../indexing/fixtures/documents.ts';
import { updateIndex } from '../indexing/update-index.ts';
import { cutExcerpt } from './excerpt.ts';

const GUIDE = `Rings tell how far a technology is trusted 🎯.

A ring is changed by a move. Each move is dated, signed and has a reason.`;

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
  const half = GUIDE.indexOf('A ring');
  await insertDocument(app.context, {
    externalId: 'guide',
    title: 'Guide',
    text: GUIDE,
    headingPath: ['Guide', 'Rings'],
    chunks: [
      [0, half - 2],
      [half, GUIDE.length],
    ],
  });
  await insertDocument(app.context, {
    externalId: 'other',
    title: 'Backups',
    text: 'Backups are restored before they count.',
  });
  await updateIndex(app.context, () => undefined);
}, 120_000);
afterAll(() => app.close());

const search = (query: string, more = '') =>
  app.request('GET', `/search?q=${encodeURIComponent(query)}${more}`);

test('gives the best chunk of each document with its exact place', async () => {
  const { status, body } = await search('who signed the move of a ring');
  expect(status).toBe(200);
  expect(body.items).toHaveLength(1);
  const [item] = body.items;
  expect(item).toMatchObject({
    externalId: 'guide',
    title: 'Guide',
    path: null,
    repositoryId: null,
    span: { lineStart: 3, lineEnd: 3, page: null, headingPath: ['Guide', 'Rings'] },
  });
  expect(GUIDE.slice(item.span.start, item.span.end)).toBe(
    'A ring is changed by a move. Each move is dated, signed and has a reason.',
  );
  expect(item.excerpt).toContain('dated, signed');
  expect(item.score).toBeGreaterThan(0);
  expect(body).toMatchObject({ total: 1, index: { state: 'ready', pending: 0 } });
  expect(body.tookMs).toBeGreaterThanOrEqual(0);
});

test('finds a document by its title', async () => {
  expect((await search('backups')).body.items[0]).toMatchObject({ externalId: 'other' });
});

describe('a query that is no query', () => {
  test.each(['', '?!.,;', '"" && || ~', '   '])('finds nothing and says why: %j', async (query) => {
    const { status, body } = await search(query);
    expect(status).toBe(200);
    expect(body).toMatchObject({ items: [], total: 0, note: 'The query has no words to look for.' });
  });

  test.each([12_000, 100_000])('of %i characters is refused, with what to do', async (length) => {
    for (const query of ['x'.repeat(length), 'who? '.repeat(length / 5)]) {
      const { status, body } = await search(query);
      expect(status).toBe(400);
      expect(body).toMatchObject({ code: 'query-too-long', remedy: 'Ask with the words that matter most.' });
    }
  });

  test.each(['&limit=0', '&limit=201', '&limit=x', '&source=nowhere', '&repository=no-id'])(
    'is refused with %s',
    async (more) => {
      expect((await search('ring', more)).status).toBe(400);
    },
  );
});

test('filters by source', async () => {
  expect((await search('ring', '&source=api')).body.items).toHaveLength(1);
  expect((await search('ring', '&source=upload')).body.items).toHaveLength(0);
});

describe('an excerpt', () => {
  const match = (word: string) =>
    ['needle', 'thread'].includes(word.toLowerCase()) ? [word.toLowerCase()] : [];

  test('shows where most words are found, cut between words', () => {
    const text = `${'hay '.repeat(200)}needle ${'hay '.repeat(200)}needle and thread ${'hay '.repeat(200)}`;
    const excerpt = cutExcerpt(text, match);
    expect(excerpt).toContain('needle and thread');
    expect(excerpt).toMatch(/^… hay .* hay …$/);
    expect(excerpt.length).toBeLessThan(340);
  });

  test('is all of a short text, and well-formed', () => {
    expect(cutExcerpt('a  needle\n\nhere', match)).toBe('a needle here');
    expect(cutExcerpt('🧵'.repeat(1_000), match).isWellFormed()).toBe(true);
    expect(cutExcerpt('', match)).toBe('');
  });
});
