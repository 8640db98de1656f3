import { LRUCache } from 'lru-cache';
import type { Context } from '#platform/context/index.ts';
import type { JsonText } from '#platform/http/index.ts';
import { chooseBlips } from './choose-blips.ts';
import { drawRadar } from './draw-radar.ts';
import type { Movement } from './drawing.ts';
import { layoutRadar } from './layout.ts';
import { type Point, place } from './place-in-segment.ts';
import { RING_NAMES, RINGS, type Ring } from './rings.ts';
import type { Radar } from './schema.ts';
import { DEFAULT_SETTINGS } from './settings.ts';
import { readStoredSettings } from './technology-store.ts';
import { readPlacedTechnologies, readRingsBefore } from './whole-store.ts';

const MOVED_DAYS = 90;
const DAY = 86_400_000;
/** A radar of four quadrants has 20 at most. */
const SEGMENTS_REMEMBERED = 200;

export interface RadarInput {
  /** How many unreviewed technologies are shown at most. */
  unreviewed: number;
}

/** The radar, ready to draw: who stands where, under which number, and what has moved of late. */
export function getRadar(context: Context, input: RadarInput): Promise<JsonText<Radar>> {
  // Kept as it is sent: to take it apart and to write it out again costs ten times what sending it does.
  return context.cached('radar', String(input.unreviewed), async () =>
    JSON.stringify(await readRadar(context, input)),
  );
}

async function readRadar(context: Context, input: RadarInput): Promise<Radar> {
  const since = new Date(context.platform.clock.now().getTime() - MOVED_DAYS * DAY);
  const [stored, technologies, ringsBefore] = await context.read(
    readStoredSettings(),
    readPlacedTechnologies(),
    readRingsBefore(since),
  );
  const { quadrants } = stored ?? DEFAULT_SETTINGS;
  const quadrantIds = quadrants.map((quadrant) => quadrant.id);
  const chosen = chooseBlips(technologies, quadrantIds, input.unreviewed);
  const layout = layoutRadar(
    quadrantIds,
    chosen.blips.map(({ technology, band }) => ({ id: technology.id, quadrant: technology.quadrant, band })),
    placeOnce,
  );
  const shown = chosen.blips.filter((blip) => blip.band === 'unreviewed').length;
  return {
    quadrants: layout.quadrants.map((quadrant, index) => ({
      ...quadrant,
      name: quadrants[index]?.name ?? quadrant.id,
    })),
    rings: layout.rings.map((ring) => ({ ...ring, name: RING_NAMES[ring.id] })),
    blipRadius: layout.blipRadius,
    blips: chosen.blips.map(({ technology, number }) => {
      const { id, slug, name, kind, quadrant, ring } = technology;
      const { x, y } = layout.positions.get(id) ?? { x: 0, y: 0 };
      const moved = movementOf(ring, ringsBefore.get(id));
      return {
        technologyId: id,
        slug,
        name,
        kind,
        quadrant,
        ring,
        number,
        x: round(x),
        y: round(y),
        moved,
        usage: technology.usage,
      };
    }),
    unreviewed: chosen.unreviewed,
    rest: chosen.unreviewed - shown,
    movedSince: since.toISOString(),
  };
}

/** The radar as one SVG file. */
export async function getRadarSvg(context: Context, input: RadarInput): Promise<string> {
  const radar: Radar = JSON.parse(await getRadar(context, input));
  const judged = radar.blips.filter((blip) => blip.ring !== null).length;
  const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' }).format(
    context.platform.clock.now(),
  );
  const subtitle = `${day} · ${judged} judged · ${radar.unreviewed} found in code and not reviewed`;
  return drawRadar(radar, { title: 'Technology radar', subtitle });
}

/** `before` is undefined if nothing has moved; its ring is null if that was the first judgement. */
function movementOf(ring: Ring | null, before: Ring | null | undefined): Movement {
  if (ring === null || before === undefined || before === ring) return 'none';
  if (before === null) return 'new';
  return RINGS.indexOf(ring) < RINGS.indexOf(before) ? 'in' : 'out';
}

const placed = new LRUCache<string, Point[]>({ max: SEGMENTS_REMEMBERED });

/** Places depend on nothing but these, and to find them costs much: after a move all but two segments are known. */
function placeOnce(...[segment, ids, size]: Parameters<typeof place>): Point[] {
  const key = JSON.stringify([segment, ids, size]);
  const points = placed.get(key) ?? place(segment, ids, size);
  placed.set(key, points);
  return points;
}

function round(value: number): number {
  return Math.round(value * 100_000) / 100_000;
}
