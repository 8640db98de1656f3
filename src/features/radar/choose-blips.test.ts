import { expect, test } from 'vitest';
import { type Candidate, chooseBlips } from './choose-blips.ts';

const quadrants = ['languages', 'libraries', 'platforms', 'tools'];

function candidate(slug: string, values: Partial<Candidate> = {}): Candidate {
  return {
    slug,
    name: slug,
    kind: 'library',
    quadrant: 'libraries',
    ring: null,
    catalogued: false,
    usage: { repositories: 1, detections: 1, versions: [], confidence: 0.9, runtime: true },
    ...values,
  };
}

const unused = { repositories: 0, detections: 0, versions: [], confidence: 0, runtime: false };

test('three hundred unknown packages do not drown what is known', () => {
  const packages = Array.from({ length: 300 }, (_, index) => candidate(`npm-left-pad-${index}`));
  const known = [
    candidate('typescript', { kind: 'language', quadrant: 'languages', catalogued: true }),
    candidate('postgresql', { kind: 'database', quadrant: 'platforms', catalogued: true }),
    candidate('react', { kind: 'framework', quadrant: 'languages', catalogued: true }),
    candidate('zod', { catalogued: true }),
  ];
  const { blips, unreviewed } = chooseBlips([...packages, ...known], quadrants, 60);
  const shown = blips.map((blip) => blip.technology.slug);
  expect(shown).toEqual(expect.arrayContaining(['typescript', 'postgresql', 'react', 'zod']));
  expect(shown.filter((slug) => slug.startsWith('npm-')).length).toBe(12);
  expect(unreviewed).toBe(304);
});

test('one full quadrant leaves the others their part', () => {
  const tools = Array.from({ length: 100 }, (_, index) =>
    candidate(`tool-${index}`, { kind: 'database', quadrant: 'tools', catalogued: true }),
  );
  const libraries = Array.from({ length: 15 }, (_, index) => candidate(`lib-${index}`, { catalogued: true }));
  const { blips } = chooseBlips([...tools, ...libraries], quadrants, 60);
  const shown = blips.map((blip) => blip.technology.slug);
  expect(shown.filter((slug) => slug.startsWith('lib-')).length).toBe(15);
  expect(shown.length).toBe(60);
});

test('judged technologies are always shown, unused ones too; an unreviewed one only if code uses it', () => {
  const { blips, unreviewed } = chooseBlips(
    [candidate('elm', { ring: 'adopt', usage: unused }), candidate('left', { usage: unused })],
    quadrants,
    0,
  );
  expect(blips.map((blip) => [blip.technology.slug, blip.band, blip.number])).toEqual([['elm', 'adopt', 1]]);
  expect(unreviewed).toBe(0);
});

test('numbers follow quadrants, rings and names', () => {
  const { blips } = chooseBlips(
    [
      candidate('webpack', { quadrant: 'tools', ring: 'hold' }),
      candidate('Zod', { ring: 'adopt' }),
      candidate('axios', { ring: 'adopt' }),
      candidate('new', {}),
      candidate('go', { quadrant: 'languages', ring: 'trial' }),
    ],
    quadrants,
    60,
  );
  expect(blips.map((blip) => `${blip.number} ${blip.technology.slug}`)).toEqual([
    '1 go',
    '2 axios',
    '3 Zod',
    '4 new',
    '5 webpack',
  ]);
});
