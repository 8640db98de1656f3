import { describe, expect, test } from 'vitest';
import { drawRadar } from './draw-radar.ts';
import type { DrawnBlip, RadarDrawing } from './drawing.ts';
import { layoutRadar } from './layout.ts';
import { RING_NAMES, RINGS } from './rings.ts';

const quadrants = ['languages', 'libraries', 'platforms', 'tools'];

function drawing(blips: (Partial<DrawnBlip> & { name: string })[], rest = 0): RadarDrawing {
  const full = blips.map((blip, index) => ({
    quadrant: quadrants[index % 4] ?? '',
    ring: RINGS[index % 4] ?? null,
    number: index + 1,
    moved: 'none' as const,
    usage: { repositories: 1 },
    ...blip,
  }));
  const layout = layoutRadar(
    quadrants,
    full.map((blip) => ({ id: blip.name, quadrant: blip.quadrant, band: blip.ring ?? 'unreviewed' })),
  );
  return {
    quadrants: layout.quadrants.map((quadrant) => ({ ...quadrant, name: quadrant.id })),
    rings: layout.rings.map((ring) => ({ ...ring, name: RING_NAMES[ring.id] })),
    blipRadius: layout.blipRadius,
    blips: full.map((blip) => ({ x: 0, y: 0, ...blip, ...layout.positions.get(blip.name) })),
    rest,
  };
}

const caption = { title: 'Technology radar', subtitle: 'Shop' };

describe('the drawing', () => {
  test('stands alone: no script, no link, no font from elsewhere', () => {
    const svg = drawRadar(drawing([{ name: 'Go' }]), caption);
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|<script|href|url\(|@import/);
    expect(svg).toContain('prefers-color-scheme:dark');
  });

  test('says to a screen reader how many stand where', () => {
    const svg = drawRadar(
      drawing([{ name: 'Go' }, { name: 'Rust', ring: 'adopt' }, { name: 'Vue', ring: null }], 41),
      caption,
    );
    expect(svg).toContain('<title id="radar-title">Technology radar</title>');
    expect(svg).toContain(
      'Adopt: 2, Trial: 0, Assess: 0, Hold: 0, Unreviewed: 1. 41 more unreviewed technologies are not drawn.',
    );
    expect(svg).toContain('found in code, not reviewed yet; 41 more are not drawn');
  });

  test('names each blip in the legend and on hover', () => {
    const svg = drawRadar(drawing([{ name: 'PostgreSQL', ring: 'hold', moved: 'out' }]), caption);
    expect(svg).toContain('<title>1. PostgreSQL: hold, moved out, used in 1 repository</title>');
    expect(svg).toMatch(
      /class="number"[^>]*>1<\/tspan><tspan[^>]*>PostgreSQL<\/tspan><tspan class="mark"> ▼/,
    );
  });

  test('lets no name break out of the markup', () => {
    const svg = drawRadar(drawing([{ name: '</text><script>"&\u0000\ud800x' }]), caption);
    expect(svg).not.toContain('<script');
    expect(svg).toContain('&lt;/text&gt;');
    expect(svg).not.toContain('\u0000');
    expect(svg).not.toContain('\ud800');
  });

  test('is the same each time', () => {
    const blips = Array.from({ length: 150 }, (_, index) => ({ name: `Technology ${index}` }));
    expect(drawRadar(drawing(blips), caption)).toBe(drawRadar(drawing(blips), caption));
  });

  test('leaves out the names at the blips where most would not fit, never in the legend', () => {
    const blips = Array.from({ length: 150 }, (_, index) => ({
      name: `Technology ${index}`,
      ring: 'adopt' as const,
    }));
    const crowded = drawRadar(drawing(blips), caption);
    expect(crowded).not.toContain('class="label"');
    expect(crowded.match(/class="entry"/g)).toHaveLength(150);
    expect(drawRadar(drawing(blips.slice(0, 12)), caption)).toContain('class="label"');
  });
});
