import { drawLegend, type Legend, legendOf } from './draw-legend.ts';
import type { DrawnBlip, Movement, RadarDrawing } from './drawing.ts';
import { AXIS_STRIP } from './layout.ts';
import { placeLabels } from './place-labels.ts';
import { radarStyle } from './radar-style.ts';
import { escapeXml } from './svg-text.ts';

export interface Caption {
  title: string;
  subtitle: string;
}

/** Radius of the radar in the drawing's own pixels; it grows with a long legend, up to a limit. */
const RADIUS = 470;
const MOST_RADIUS = 760;
const MARGIN = 40;
const HEADER = 86;
const FOOTER = 64;

interface Scaled extends RadarDrawing {
  /** Pixels of one radius. */
  scale: number;
}

/** The radar as one file that needs nothing else: light and dark, with a legend, readable by a screen reader. */
export function drawRadar(drawing: RadarDrawing, caption: Caption): string {
  const left = legendOf(drawing, 'left', RADIUS);
  const right = legendOf(drawing, 'right', RADIUS);
  const longest = Math.max(left.height, right.height);
  const radar: Scaled = { ...drawing, scale: Math.min(MOST_RADIUS, Math.max(RADIUS, longest / 2)) };
  const side = Math.max(left.width, right.width);
  const width = 2 * (side + MARGIN + radar.scale + MARGIN);
  const body = Math.max(2 * radar.scale, longest);
  const height = HEADER + body + FOOTER;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${round(width)} ${round(height)}" width="${round(width)}" height="${round(height)}" role="img" aria-labelledby="radar-title radar-description">`,
    `<title id="radar-title">${escapeXml(caption.title)}</title>`,
    `<desc id="radar-description">${escapeXml(describe(radar))}</desc>`,
    `<style>${radarStyle(radar.quadrants.length)}</style>`,
    `<rect class="page" width="${round(width)}" height="${round(height)}"/>`,
    `<text class="title" x="${MARGIN}" y="46">${escapeXml(caption.title)}</text>`,
    `<text class="subtitle" x="${MARGIN}" y="70">${escapeXml(caption.subtitle)}</text>`,
    `<g transform="translate(${round(width / 2)} ${round(HEADER + body / 2)})">`,
    ...drawRings(radar),
    ...drawBorders(radar),
    ...drawRingNames(radar),
    ...drawNames(radar),
    ...radar.blips.map((blip) => drawBlip(radar, blip)),
    '</g>',
    ...drawSides(left, right, { width, top: HEADER, body }),
    ...drawKey(radar, width, height - 30),
    '</svg>',
    '',
  ].join('\n');
}

function drawSides(left: Legend, right: Legend, box: { width: number; top: number; body: number }): string[] {
  const rightX = box.width - MARGIN - right.width;
  return [
    ...drawLegend(left, { x: MARGIN, y: box.top, height: box.body }),
    ...drawLegend(right, { x: rightX, y: box.top, height: box.body }),
  ];
}

/** What a person who can't see the drawing needs: how many stand where. */
function describe(radar: RadarDrawing): string {
  const rings = radar.rings.map(
    (ring) => `${ring.name}: ${radar.blips.filter((blip) => (blip.ring ?? 'unreviewed') === ring.id).length}`,
  );
  const rest = radar.rest > 0 ? ` ${radar.rest} more unreviewed technologies are not drawn.` : '';
  return `Technologies by ring, from the centre outward. ${rings.join(', ')}.${rest}`;
}

function drawRings(radar: Scaled): string[] {
  const outermost = [...radar.rings].reverse();
  return outermost.map((ring) => `<circle class="ring ring-${ring.id}" r="${px(radar, ring.outerRadius)}"/>`);
}

function drawBorders(radar: Scaled): string[] {
  const judged = radar.rings.filter((ring) => ring.id !== 'unreviewed').at(-1)?.outerRadius ?? 1;
  return radar.quadrants.map(({ startAngle }) => {
    const x = Math.cos(startAngle);
    const y = Math.sin(startAngle);
    const outer =
      judged < 1
        ? `<line class="border faint" x1="${px(radar, x * judged)}" y1="${px(radar, y * judged)}" x2="${px(radar, x)}" y2="${px(radar, y)}"/>`
        : '';
    return `<line class="border" x1="0" y1="0" x2="${px(radar, x * judged)}" y2="${px(radar, y * judged)}"/>${outer}`;
  });
}

/** On the horizontal border, where a strip is kept free of blips. */
function drawRingNames(radar: Scaled): string[] {
  const sides = radar.quadrants.length % 2 === 0 ? [-1, 1] : [-1];
  return radar.rings.flatMap((ring) =>
    sides.map((side) => {
      const middle =
        ring.innerRadius === 0 ? ring.outerRadius * 0.62 : (ring.innerRadius + ring.outerRadius) / 2;
      const room = px(radar, ring.outerRadius - ring.innerRadius) - 6;
      const font = Math.min(10, room / (ring.name.length * 0.86));
      return `<text class="ring-name" x="${px(radar, side * middle)}" y="3.5" font-size="${round(font)}">${escapeXml(ring.name)}</text>`;
    }),
  );
}

function drawNames(radar: Scaled): string[] {
  const blips = radar.blips.flatMap((blip) => {
    const quadrant = radar.quadrants.find((candidate) => candidate.id === blip.quadrant);
    if (!quadrant) return [];
    const { startAngle, endAngle } = quadrant;
    return [{ name: blip.name, x: blip.x, y: blip.y, marked: blip.moved !== 'none', startAngle, endAngle }];
  });
  return placeLabels(blips, { scale: radar.scale, blipRadius: radar.blipRadius, strip: AXIS_STRIP }).map(
    (label) =>
      `<text class="label" x="${round(label.x)}" y="${round(label.y)}" text-anchor="${label.anchor}">${escapeXml(label.text)}</text>`,
  );
}

function drawBlip(radar: Scaled, blip: DrawnBlip): string {
  const size = radar.blipRadius * radar.scale;
  const tone = `q${radar.quadrants.findIndex((quadrant) => quadrant.id === blip.quadrant)}`;
  const open = blip.ring === null ? ' open' : '';
  const digits = String(blip.number).length;
  const font = size * (digits > 2 ? 0.8 : 1.02);
  return [
    `<g class="blip ${tone}${open}" transform="translate(${px(radar, blip.x)} ${px(radar, blip.y)})">`,
    `<title>${escapeXml(explain(radar, blip))}</title>`,
    drawMovement(blip, size),
    `<circle r="${round(size - (blip.ring === null ? 0.75 : 0))}"/>`,
    `<text y="${round(font * 0.36)}" font-size="${round(font)}">${blip.number}</text></g>`,
  ].join('');
}

function explain(radar: RadarDrawing, blip: DrawnBlip): string {
  const ring = radar.rings.find((candidate) => candidate.id === (blip.ring ?? 'unreviewed'))?.name ?? '';
  const { repositories } = blip.usage;
  const used =
    repositories === 0
      ? 'not found in code'
      : `used in ${repositories} ${repositories === 1 ? 'repository' : 'repositories'}`;
  const movement = { new: ', new', in: ', moved in', out: ', moved out', none: '' }[blip.moved];
  return `${blip.number}. ${blip.name}: ${ring.toLowerCase()}${movement}, ${used}`;
}

/** A halo for a new judgement, a notch toward or away from the centre for a move. */
export function drawMovement(blip: { x: number; y: number; moved: Movement }, size: number): string {
  if (blip.moved === 'none') return '';
  if (blip.moved === 'new') return `<circle class="halo" r="${round(size + 2.6)}"/>`;
  const toCentre = Math.atan2(-blip.y, -blip.x);
  const turn = ((blip.moved === 'in' ? toCentre : toCentre + Math.PI) * 180) / Math.PI;
  const tip = size * 1.52;
  const base = size * 0.8;
  const half = size * 0.6;
  return `<path class="notch" transform="rotate(${round(turn)})" d="M${round(tip)} 0L${round(base)} ${round(half)}V${round(-half)}Z"/>`;
}

function drawKey(radar: RadarDrawing, width: number, y: number): string[] {
  const size = 7;
  const entries: { symbol: string; text: string }[] = [
    { symbol: `<circle r="${size}"/>`, text: 'unchanged for 90 days' },
    {
      symbol: `${drawMovement({ x: 0, y: 1, moved: 'new' }, size)}<circle r="${size}"/>`,
      text: 'newly judged',
    },
    { symbol: `${drawMovement({ x: 0, y: 1, moved: 'in' }, size)}<circle r="${size}"/>`, text: 'moved in' },
    { symbol: `${drawMovement({ x: 0, y: 1, moved: 'out' }, size)}<circle r="${size}"/>`, text: 'moved out' },
  ];
  if (radar.rings.some((ring) => ring.id === 'unreviewed')) {
    const rest = radar.rest > 0 ? `; ${radar.rest} more ${radar.rest === 1 ? 'is' : 'are'} not drawn` : '';
    entries.push({
      symbol: `<g class="open"><circle r="${size - 0.75}"/></g>`,
      text: `found in code, not reviewed yet${rest}`,
    });
  }
  const widths = entries.map(({ text }) => 22 + text.length * 6.5 + 26);
  let x = (width - widths.reduce((total, value) => total + value, 0)) / 2;
  return entries.map(({ symbol, text }, index) => {
    const entry = `<g class="key" transform="translate(${round(x)} ${y})">${symbol}<text x="16" y="4.5">${escapeXml(text)}</text></g>`;
    x += widths[index] ?? 0;
    return entry;
  });
}

function px(radar: Scaled, value: number): number {
  return round(value * radar.scale);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
