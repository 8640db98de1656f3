import { fits, type Point, place, type Segment } from './place-in-segment.ts';
import { RINGS, type Ring } from './rings.ts';

export type Band = Ring | 'unreviewed';

export interface BlipToPlace {
  /** Stable name: a blip keeps its place while its segment and its neighbours stay. */
  id: string;
  quadrant: string;
  band: Band;
}

export interface RadarShape {
  rings: { id: Band; innerRadius: number; outerRadius: number }[];
  /** Angles in radians, clockwise from the right as in SVG; the first quadrant is at the upper left. */
  quadrants: { id: string; startAngle: number; endAngle: number }[];
  blipRadius: number;
}

export interface RadarLayout extends RadarShape {
  /** Positions in the unit circle, x to the right and y downward. */
  positions: Map<string, Point>;
}

/** Half the width of the free strip along the quadrants' borders, where the rings' names stand. */
export const AXIS_STRIP = 0.02;
const MAX_BLIP_RADIUS = 0.0255;
const SHRINK = 0.94;
// How the circle's area is shared out by itself, and how much of it follows the crowd.
const BASE_AREA: Record<Band, number> = {
  adopt: 0.17,
  trial: 0.22,
  assess: 0.22,
  hold: 0.2,
  unreviewed: 0.19,
};
const CROWD_HALF = 40;
const CROWD_MOST = 0.8;
// Wide enough for the ring's name.
const LEAST_WIDTH: Record<Band, number> = {
  adopt: 0.18,
  trial: 0.105,
  assess: 0.11,
  hold: 0.1,
  unreviewed: 0.17,
};
const RADIUS_STEP = 0.02;

/**
 * Places every blip inside its ring and quadrant without overlap. Deterministic: no clock, no Math.random.
 * Crowded rings get wider; if blips still don't fit they get smaller, all alike.
 */
export function layoutRadar(
  quadrantIds: readonly string[],
  blips: readonly BlipToPlace[],
  placeIn: typeof place = place,
): RadarLayout {
  const quadrants = shareAngles(quadrantIds);
  const segments = groupBySegment(blips);
  const bands: Band[] = blips.some((blip) => blip.band === 'unreviewed')
    ? [...RINGS, 'unreviewed']
    : [...RINGS];
  const rings = shareRadii(bands, quadrantIds, segments);
  for (let radius = MAX_BLIP_RADIUS; ; radius *= SHRINK) {
    const shape = { rings, quadrants, blipRadius: radius };
    // To see whether they fit costs little, to place them much.
    if (allFit(shape, segments)) return { ...shape, positions: placeAll(shape, segments, placeIn) };
  }
}

/** The part of the circle that belongs to one quadrant and ring. */
export function segmentOf(shape: RadarShape, quadrant: string, band: Band): Segment | undefined {
  const ring = shape.rings.find((candidate) => candidate.id === band);
  const sector = shape.quadrants.find((candidate) => candidate.id === quadrant);
  if (!ring || !sector) return undefined;
  const { innerRadius, outerRadius } = ring;
  return { innerRadius, outerRadius, startAngle: sector.startAngle, endAngle: sector.endAngle };
}

function shareAngles(quadrantIds: readonly string[]): RadarShape['quadrants'] {
  const width = (2 * Math.PI) / quadrantIds.length;
  return quadrantIds.map((id, index) => ({
    id,
    startAngle: Math.PI + index * width,
    endAngle: Math.PI + (index + 1) * width,
  }));
}

function groupBySegment(blips: readonly BlipToPlace[]): Map<string, BlipToPlace[]> {
  const groups = new Map<string, BlipToPlace[]>();
  for (const blip of blips) {
    const key = segmentKey(blip.quadrant, blip.band);
    groups.set(key, [...(groups.get(key) ?? []), blip]);
  }
  for (const group of groups.values()) group.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  return groups;
}

function segmentKey(quadrant: string, band: Band): string {
  return `${band} ${quadrant}`;
}

/** Radii such that a ring's area follows how many blips its fullest quadrant holds. */
function shareRadii(
  bands: readonly Band[],
  quadrantIds: readonly string[],
  segments: Map<string, BlipToPlace[]>,
): RadarShape['rings'] {
  const crowd = bands.map((band) =>
    Math.max(0, ...quadrantIds.map((id) => segments.get(segmentKey(id, band))?.length ?? 0)),
  );
  const total = sum(crowd) * quadrantIds.length;
  const follow = (CROWD_MOST * total) / (total + CROWD_HALF);
  const base = sum(bands.map((band) => BASE_AREA[band]));
  const shares = bands.map((band, index) => {
    const ofCrowd = total === 0 ? BASE_AREA[band] / base : ((crowd[index] ?? 0) * quadrantIds.length) / total;
    return (1 - follow) * (BASE_AREA[band] / base) + follow * ofCrowd;
  });
  const radii = widen(
    toRadii(shares),
    bands.map((band) => LEAST_WIDTH[band]),
  );
  return bands.map((id, index) => ({
    id,
    innerRadius: radii[index] ?? 0,
    outerRadius: radii[index + 1] ?? 1,
  }));
}

/** Borders from the centre to the edge; rounded, so that one more blip seldom moves a border. */
function toRadii(areas: readonly number[]): number[] {
  const radii = [0];
  let area = 0;
  for (const share of areas) {
    area += share;
    radii.push(Math.round(Math.sqrt(area) / RADIUS_STEP) * RADIUS_STEP);
  }
  radii[radii.length - 1] = 1;
  return radii;
}

/** Gives every ring its least width by taking from the widest ones. */
function widen(radii: readonly number[], least: readonly number[]): number[] {
  const floorOf = (index: number) => least[index] ?? 0;
  const extra = radii
    .slice(1)
    .map((radius, index) => Math.max(0, radius - (radii[index] ?? 0) - floorOf(index)));
  const spare = sum(extra);
  const available = 1 - sum(least);
  const result = [0];
  extra.forEach((width, index) => {
    const part = spare > 0 ? width / spare : 1 / extra.length;
    result.push((result[index] ?? 0) + floorOf(index) + part * available);
  });
  result[result.length - 1] = 1;
  return result;
}

function allFit(shape: RadarShape, segments: Map<string, BlipToPlace[]>): boolean {
  return [...segments.values()].every((group) =>
    fits(segmentOfGroup(shape, group), group.length, { radius: shape.blipRadius, strip: AXIS_STRIP }),
  );
}

function placeAll(
  shape: RadarShape,
  segments: Map<string, BlipToPlace[]>,
  placeIn: typeof place,
): Map<string, Point> {
  const positions = new Map<string, Point>();
  for (const group of segments.values()) {
    const points = placeIn(
      segmentOfGroup(shape, group),
      group.map((blip) => blip.id),
      { radius: shape.blipRadius, strip: AXIS_STRIP },
    );
    group.forEach((blip, index) => {
      const point = points[index];
      if (point) positions.set(blip.id, point);
    });
  }
  return positions;
}

function segmentOfGroup(shape: RadarShape, [first]: readonly BlipToPlace[]): Segment {
  const segment = first && segmentOf(shape, first.quadrant, first.band);
  if (!segment) throw new Error(`The radar has no segment for ${first?.quadrant} ${first?.band}.`);
  return segment;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
