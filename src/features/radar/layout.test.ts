import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Band, type BlipToPlace, layoutRadar, type RadarLayout } from './layout.ts';
import { RINGS } from './rings.ts';

const FOUR = ['languages', 'libraries', 'platforms', 'tools'];
const BANDS: Band[] = [...RINGS, 'unreviewed'];

/** How deep the worst pair overlaps and how far the worst blip leaves its segment, in units of the radar. */
function measure(layout: RadarLayout, blips: BlipToPlace[]): { overlap: number; outside: number } {
  let overlap = 0;
  let outside = 0;
  const size = layout.blipRadius;
  blips.forEach((blip, index) => {
    const point = layout.positions.get(blip.id);
    const ring = layout.rings.find((candidate) => candidate.id === blip.band);
    const sector = layout.quadrants.find((candidate) => candidate.id === blip.quadrant);
    if (!point || !ring || !sector) throw new Error(`${blip.id} was not placed`);
    const radius = Math.hypot(point.x, point.y);
    outside = Math.max(outside, ring.innerRadius + size - radius, radius + size - ring.outerRadius);
    // Distance from the two straight borders; inside is positive.
    const fromStart = -point.x * Math.sin(sector.startAngle) + point.y * Math.cos(sector.startAngle);
    const toEnd = point.x * Math.sin(sector.endAngle) - point.y * Math.cos(sector.endAngle);
    outside = Math.max(outside, size - fromStart, size - toEnd);
    for (const other of blips.slice(index + 1)) {
      const neighbour = layout.positions.get(other.id);
      if (neighbour)
        overlap = Math.max(overlap, 2 * size - Math.hypot(neighbour.x - point.x, neighbour.y - point.y));
    }
  });
  return { overlap, outside };
}

function radarOf(count: number, quadrants: string[], bands: Band[] = BANDS): fc.Arbitrary<BlipToPlace[]> {
  // Weights make lopsided radars too: everything in one segment is a legal radar.
  const crowd = fc.tuple(
    fc.nat(quadrants.length - 1),
    fc.nat(bands.length - 1),
    fc.double({ min: 0, max: 1, noNaN: true }),
  );
  return fc
    .tuple(
      crowd,
      fc.array(
        fc.tuple(
          fc.nat(quadrants.length - 1),
          fc.nat(bands.length - 1),
          fc.double({ min: 0, max: 1, noNaN: true }),
        ),
        { minLength: count, maxLength: count },
      ),
    )
    .map(([[quadrant, band, pull], picks]) =>
      picks.map(([ownQuadrant, ownBand, luck], index) => ({
        id: `technology-${index}`,
        quadrant: quadrants[luck < pull ? quadrant : ownQuadrant] ?? '',
        band: bands[luck < pull ? band : ownBand] ?? 'hold',
      })),
    );
}

function evenly(count: number): BlipToPlace[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `technology-${index}`,
    quadrant: FOUR[index % 4] ?? '',
    band: BANDS[(index * 7) % 5] ?? 'hold',
  }));
}

describe('150 blips', () => {
  test('never overlap and never leave their ring and quadrant', () => {
    fc.assert(
      fc.property(radarOf(150, FOUR), (blips) => {
        const { overlap, outside } = measure(layoutRadar(FOUR, blips), blips);
        expect(overlap).toBeLessThanOrEqual(1e-9);
        expect(outside).toBeLessThanOrEqual(1e-9);
      }),
      { numRuns: 25, seed: 7 },
    );
  });

  test('stay legible: a blip of a radar 900 pixels wide can hold its number', () => {
    const { blipRadius } = layoutRadar(FOUR, evenly(150));
    expect(blipRadius * 450).toBeGreaterThan(9);
  });
});

test('any number of quadrants from two to eight', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 8 }).chain((count) => {
        const quadrants = Array.from({ length: count }, (_, index) => `q${index}`);
        return fc.tuple(fc.constant(quadrants), radarOf(80, quadrants));
      }),
      ([quadrants, blips]) => {
        const { overlap, outside } = measure(layoutRadar(quadrants, blips), blips);
        expect(overlap).toBeLessThanOrEqual(1e-9);
        expect(outside).toBeLessThanOrEqual(1e-9);
      },
    ),
    { numRuns: 20, seed: 7 },
  );
});

test('500 blips are still sane and quick', () => {
  const blips = evenly(500);
  // Time of this thread alone, so that a busy machine doesn't count.
  const before = process.threadCpuUsage();
  const layout = layoutRadar(FOUR, blips);
  const { user, system } = process.threadCpuUsage(before);
  const took = (user + system) / 1000;
  expect(measure(layout, blips)).toEqual({ overlap: 0, outside: 0 });
  expect(layout.blipRadius).toBeGreaterThan(0.012);
  expect(took).toBeLessThan(3000);
});

describe('the same radar', () => {
  test('looks the same each time, whatever the order of its blips', () => {
    const blips = evenly(150);
    const first = layoutRadar(FOUR, blips);
    const second = layoutRadar(FOUR, [...blips].reverse());
    expect(second.blipRadius).toBe(first.blipRadius);
    for (const blip of blips) expect(second.positions.get(blip.id)).toEqual(first.positions.get(blip.id));
  });
});

describe('the rings', () => {
  test('an empty radar has four rings and no band', () => {
    const layout = layoutRadar(FOUR, []);
    expect(layout.rings.map((ring) => ring.id)).toEqual([...RINGS]);
    expect(layout.rings[0]?.innerRadius).toBe(0);
    expect(layout.rings[3]?.outerRadius).toBe(1);
  });

  test('a newcomer’s radar gives most room to what is unreviewed, outside the four rings', () => {
    const blips = evenly(60).map((blip) => ({ ...blip, band: 'unreviewed' as const }));
    const layout = layoutRadar(FOUR, blips);
    const band = layout.rings[4];
    expect(band?.id).toBe('unreviewed');
    expect(band?.outerRadius).toBe(1);
    expect(band?.innerRadius).toBeLessThan(0.75);
    expect(layout.rings.every((ring) => ring.outerRadius - ring.innerRadius > 0.08)).toBe(true);
  });
});
