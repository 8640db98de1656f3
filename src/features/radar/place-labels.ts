import { fitText, textWidth } from './svg-text.ts';

export interface Label {
  text: string;
  x: number;
  y: number;
  anchor: 'start' | 'middle' | 'end';
}

export interface LabelledBlip {
  name: string;
  x: number;
  y: number;
  /** Whether a halo or a notch makes it larger. */
  marked: boolean;
  /** The quadrant, which the name must not leave. */
  startAngle: number;
  endAngle: number;
}

interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

const FONT = 11;
const LONGEST = 12;
// Names at a few blips of many look like chance; then the numbers and the legend speak alone.
const LEAST_SHARE = 0.75;

/**
 * Names beside the blips, where they cover neither a blip nor each other nor a ring's name. None at all if
 * too few find room.
 */
export function placeLabels(
  blips: readonly LabelledBlip[],
  geometry: { scale: number; blipRadius: number; strip: number },
): Label[] {
  const { scale } = geometry;
  const size = geometry.blipRadius * scale;
  const strip = { left: -scale, right: scale, top: -geometry.strip * scale, bottom: geometry.strip * scale };
  const sizeOf = (blip: LabelledBlip) => (blip.marked ? size * 1.5 : size);
  const circles = blips.map((blip) => boxAround(blip.x * scale, blip.y * scale, sizeOf(blip) + 1.5));
  const taken: Box[] = [strip];
  const labels: Label[] = [];
  blips.forEach((blip, index) => {
    const text = fitText(blip.name, LONGEST);
    const options = optionsFor({ x: blip.x * scale, y: blip.y * scale }, sizeOf(blip), text);
    const free = options.find(
      ({ box }) =>
        isInSector(box, blip, scale + 4) &&
        !taken.some((other) => overlaps(box, other)) &&
        !circles.some((other, own) => own !== index && overlaps(box, other)),
    );
    if (!free) return;
    taken.push(free.box);
    labels.push(free.label);
  });
  return labels.length >= blips.length * LEAST_SHARE ? labels : [];
}

/** Whether all corners lie within the circle and between the two borders of the quadrant. */
function isInSector(box: Box, sector: { startAngle: number; endAngle: number }, radius: number): boolean {
  const middle = (sector.startAngle + sector.endAngle) / 2;
  const half = (sector.endAngle - sector.startAngle) / 2;
  return [box.left, box.right].every((x) =>
    [box.top, box.bottom].every((y) => {
      const turn = Math.atan2(y, x) - middle;
      return Math.hypot(x, y) <= radius && Math.abs(Math.atan2(Math.sin(turn), Math.cos(turn))) <= half;
    }),
  );
}

function optionsFor(
  point: { x: number; y: number },
  size: number,
  text: string,
): { label: Label; box: Box }[] {
  const width = textWidth(text) * FONT;
  const { x, y } = point;
  const beside = size + 4;
  const place = (label: Label, left: number) => ({
    label,
    box: {
      left: left - 2,
      right: left + width + 2,
      top: label.y - FONT * 0.85,
      bottom: label.y + FONT * 0.3,
    },
  });
  return [
    place({ text, x, y: y + size + FONT, anchor: 'middle' }, x - width / 2),
    place({ text, x: x + beside, y: y + 4, anchor: 'start' }, x + beside),
    place({ text, x: x - beside, y: y + 4, anchor: 'end' }, x - beside - width),
    place({ text, x, y: y - size - 4, anchor: 'middle' }, x - width / 2),
  ];
}

function boxAround(x: number, y: number, half: number): Box {
  return { left: x - half, right: x + half, top: y - half, bottom: y + half };
}

function overlaps(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
