import { forceCollide, forceSimulation, type SimulationNodeDatum } from 'd3-force';

export interface Point {
  x: number;
  y: number;
}

/** A slice of a ring; angles in radians, clockwise from the right as in SVG. */
export interface Segment {
  innerRadius: number;
  outerRadius: number;
  startAngle: number;
  endAngle: number;
}

export interface BlipSize {
  radius: number;
  /** Free width along the straight borders. */
  strip: number;
}

const TICKS = 90;
const AIR = 1.16;
const EDGE = 0.006;
// How much of a ring's depth may stay free at each border where there is room.
const MOST_INSET = 0.28;

/** Whether so many blips of this size have room. */
export function fits(segment: Segment, count: number, size: BlipSize): boolean {
  return capacityOf(rowsOf(roomFor(segment, size), size)) >= count;
}

/**
 * Centres for blips that fit, none overlapping and all inside. Forces spread them like ink; where these leave an
 * overlap, rows along the arcs are used, which can't.
 */
export function place(segment: Segment, ids: readonly string[], size: BlipSize): Point[] {
  const room = roomFor(segment, size);
  const rows = placeInRows(room, ids, size);
  const relaxed = relax(room, rows, ids, size);
  return isClear(room, relaxed, size) ? relaxed : rows;
}

interface Room extends Segment {
  /** How far a centre stays from the straight borders. */
  side: number;
}

/** Where centres may be. */
function roomFor(segment: Segment, size: BlipSize): Room {
  const side = size.radius + size.strip + EDGE;
  const half = Math.min(Math.PI, segment.endAngle - segment.startAngle) / 2;
  const innerRadius = Math.max(segment.innerRadius + size.radius + EDGE, side / Math.sin(half));
  return { ...segment, innerRadius, outerRadius: segment.outerRadius - size.radius - EDGE, side };
}

function angleBetween(room: Room, radius: number): { from: number; to: number } {
  const margin = Math.asin(Math.min(1, room.side / radius));
  return { from: room.startAngle + margin, to: room.endAngle - margin };
}

interface Row {
  radius: number;
  from: number;
  to: number;
  capacity: number;
}

function rowsOf(room: Room, size: BlipSize): Row[] {
  const gap = 2 * size.radius * AIR;
  const depth = room.outerRadius - room.innerRadius;
  if (depth < 0) return [];
  const count = Math.floor(depth / gap) + 1;
  const step = count > 1 ? depth / (count - 1) : 0;
  return Array.from({ length: count }, (_, index) => {
    const radius = count > 1 ? room.innerRadius + index * step : room.innerRadius + depth / 2;
    const { from, to } = angleBetween(room, radius);
    const turn = 2 * Math.asin(Math.min(1, gap / (2 * radius)));
    const capacity = to < from - 1e-9 ? 0 : Math.floor((to - from) / turn + 1e-9) + 1;
    return { radius, from, to, capacity };
  });
}

function capacityOf(rows: readonly Row[]): number {
  return rows.reduce((total, row) => total + row.capacity, 0);
}

function placeInRows(room: Room, ids: readonly string[], size: BlipSize): Point[] {
  const rows = rowsOf(room, size);
  const seats = shareSeats(rows, ids.length, capacityOf(rows));
  const points = rows.flatMap((row, index) => pointsOnRow(row, seats[index] ?? 0));
  return shuffle(points, ids);
}

/** Seats for each row in proportion to its capacity, the remainders to the rows with most room left. */
function shareSeats(rows: readonly Row[], wanted: number, capacity: number): number[] {
  const seats = rows.map((row) => Math.floor((row.capacity * wanted) / capacity));
  let left = wanted - seats.reduce((total, count) => total + count, 0);
  while (left > 0) {
    let best = -1;
    rows.forEach((row, index) => {
      const free = row.capacity - (seats[index] ?? 0);
      const most = best < 0 ? 0 : (rows[best]?.capacity ?? 0) - (seats[best] ?? 0);
      if (free > most) best = index;
    });
    seats[best] = (seats[best] ?? 0) + 1;
    left -= 1;
  }
  return seats;
}

function pointsOnRow(row: Row, count: number): Point[] {
  return Array.from({ length: count }, (_, index) => {
    const part = count === 1 ? 0.5 : index / (count - 1);
    return fromPolar(row.radius, row.from + part * (row.to - row.from));
  });
}

function fromPolar(radius: number, angle: number): Point {
  return { x: radius * Math.cos(angle), y: radius * Math.sin(angle) };
}

/** The same names get the same seats, without names that sort together standing together. */
function shuffle(points: readonly Point[], ids: readonly string[]): Point[] {
  const order = ids
    .map((id, index) => ({ index, key: hash(id) }))
    .sort((a, b) => a.key - b.key || a.index - b.index);
  const result: Point[] = [];
  order.forEach(({ index }, seat) => {
    result[index] = points[seat] ?? { x: 0, y: 0 };
  });
  return result;
}

/** Spreads the blips over the segment: each keeps its share of the room around it, the borders too. */
function relax(room: Room, start: readonly Point[], ids: readonly string[], size: BlipSize): Point[] {
  const random = generator(hash(ids.join('\n')));
  const reach = reachOf(room, ids.length, size);
  const inner = inset(
    room,
    Math.min(reach - size.radius, MOST_INSET * (room.outerRadius - room.innerRadius)),
  );
  const nodes: (SimulationNodeDatum & Point)[] = start.map(({ x, y }) => ({
    x: x + (random() - 0.5) * reach,
    y: y + (random() - 0.5) * reach,
  }));
  const simulation = forceSimulation(nodes)
    .randomSource(random)
    .stop()
    .velocityDecay(0.5)
    .force('apart', forceCollide(reach).strength(0.6).iterations(2))
    .force('collide', forceCollide(size.radius * AIR).iterations(2));
  for (let tick = 0; tick < TICKS; tick += 1) {
    simulation.tick();
    for (const node of nodes) Object.assign(node, keepInside(inner, node));
  }
  return nodes.map(({ x, y }) => ({ x, y }));
}

/** Half the distance that evenly spread blips would have. */
function reachOf(room: Room, count: number, size: BlipSize): number {
  const area = ((room.endAngle - room.startAngle) / 2) * (room.outerRadius ** 2 - room.innerRadius ** 2);
  const even = 0.85 * Math.sqrt(area / (count * Math.PI));
  return clamp(even, size.radius * AIR, size.radius * 5);
}

function inset(room: Room, by: number): Room {
  const margin = Math.max(0, by);
  return {
    ...room,
    innerRadius: room.innerRadius + margin,
    outerRadius: room.outerRadius - margin,
    side: Math.min(room.side + margin, room.innerRadius + margin),
  };
}

/** The nearest allowed radius, then the nearest allowed angle on it. */
function keepInside(room: Room, point: Point): Point {
  const radius = clamp(Math.hypot(point.x, point.y), room.innerRadius, room.outerRadius);
  const middle = (room.startAngle + room.endAngle) / 2;
  const { from, to } = angleBetween(room, radius);
  // Measured from the middle, so that the jump of atan2 at the left doesn't matter.
  const turn = Math.atan2(point.y, point.x) - middle;
  const offset = Math.atan2(Math.sin(turn), Math.cos(turn));
  return fromPolar(radius, middle + clamp(offset, from - middle, to - middle));
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}

function isClear(room: Room, points: readonly Point[], size: BlipSize): boolean {
  const apart = 2 * size.radius * 1.02;
  return points.every((point, index) => {
    const inside = keepInside(room, point);
    if (Math.hypot(inside.x - point.x, inside.y - point.y) > 1e-6) return false;
    for (let other = index + 1; other < points.length; other += 1) {
      const neighbour = points[other];
      if (neighbour && Math.hypot(neighbour.x - point.x, neighbour.y - point.y) < apart) return false;
    }
    return true;
  });
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return value >>> 0;
}

/** Mulberry32: small, seeded, even. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296;
  };
}
