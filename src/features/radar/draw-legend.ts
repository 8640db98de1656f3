import type { DrawnBlip, RadarDrawing } from './drawing.ts';
import { escapeXml, fitText } from './svg-text.ts';

type Line = { kind: 'ring'; text: string } | { kind: 'blip'; blip: DrawnBlip };

interface Block {
  quadrant: number;
  name: string;
  columns: Line[][];
  height: number;
}

/** The quadrants of one side, top to bottom, each with its technologies in columns. */
export interface Legend {
  blocks: Block[];
  width: number;
  height: number;
}

const LINE = 18;
const HEADING = 40;
const GAP = 34;
const COLUMN = 168;
const MOST_COLUMNS = 3;
const NAME_EMS = 9.8;

/** Lays out the legend of one side of the radar; `radius` is the radar's, which the legend tries not to outgrow. */
export function legendOf(radar: RadarDrawing, side: 'left' | 'right', radius: number): Legend {
  const indices = radar.quadrants.map((_, index) => index).filter((index) => sideOf(radar, index) === side);
  indices.sort((a, b) => height(radar, a) - height(radar, b));
  const rows = Math.floor((2 * radius) / Math.max(1, indices.length) / LINE - (HEADING + GAP) / LINE);
  const blocks = indices.map((index) => blockOf(radar, index, Math.max(8, rows)));
  const columns = Math.max(1, ...blocks.map((block) => block.columns.length));
  const total = blocks.reduce((sum, block) => sum + block.height, 0) + GAP * Math.max(0, blocks.length - 1);
  return { blocks, width: columns * COLUMN, height: total };
}

function middleOf(radar: RadarDrawing, index: number): number {
  const quadrant = radar.quadrants[index];
  return quadrant ? (quadrant.startAngle + quadrant.endAngle) / 2 : 0;
}

function sideOf(radar: RadarDrawing, index: number): 'left' | 'right' {
  // A quadrant straight above or below the centre goes left and right in turn.
  const across = Math.cos(middleOf(radar, index));
  if (Math.abs(across) < 1e-9) return Math.sin(middleOf(radar, index)) < 0 ? 'left' : 'right';
  return across < 0 ? 'left' : 'right';
}

function height(radar: RadarDrawing, index: number): number {
  return Math.sin(middleOf(radar, index));
}

function blockOf(radar: RadarDrawing, index: number, rows: number): Block {
  const quadrant = radar.quadrants[index];
  const lines: Line[] = radar.rings.flatMap((ring): Line[] => {
    const blips = radar.blips.filter(
      (blip) => blip.quadrant === quadrant?.id && (blip.ring ?? 'unreviewed') === ring.id,
    );
    if (blips.length === 0) return [];
    return [{ kind: 'ring', text: ring.name }, ...blips.map((blip): Line => ({ kind: 'blip', blip }))];
  });
  const count = Math.min(MOST_COLUMNS, Math.max(1, Math.ceil(lines.length / rows)));
  const columns = intoColumns(lines, Math.ceil(lines.length / count) + (count > 1 ? 1 : 0));
  const tallest = Math.max(0, ...columns.map((column) => column.length));
  return { quadrant: index, name: quadrant?.name ?? '', columns, height: HEADING + tallest * LINE };
}

/** Fills column after column; a ring's name never stands alone at a column's foot. */
function intoColumns(lines: readonly Line[], rows: number): Line[][] {
  const columns: Line[][] = [[]];
  for (const line of lines) {
    let column = columns.at(-1) ?? [];
    if (column.length >= rows || (line.kind === 'ring' && column.length === rows - 1)) {
      column = [];
      columns.push(column);
    }
    column.push(line);
  }
  return columns;
}

/** Draws a side's quadrants spread over the height: the first at the top, the last at the bottom. */
export function drawLegend(legend: Legend, box: { x: number; y: number; height: number }): string[] {
  const spare = box.height - legend.height;
  const parts: string[] = [];
  let y = box.y + (legend.blocks.length === 1 ? spare / 2 : 0);
  const between = legend.blocks.length > 1 ? spare / (legend.blocks.length - 1) : 0;
  for (const block of legend.blocks) {
    parts.push(...drawBlock(block, box.x, y));
    y += block.height + GAP + between;
  }
  return parts;
}

function drawBlock(block: Block, x: number, y: number): string[] {
  const parts = [
    `<g class="q${block.quadrant}" transform="translate(${round(x)} ${round(y)})">`,
    `<rect class="bar" x="0" y="2" width="4" height="20" rx="2"/>`,
    `<text class="quadrant" x="14" y="18">${escapeXml(block.name)}</text>`,
  ];
  if (block.columns[0]?.length === 0)
    parts.push(`<text class="entry quiet" x="14" y="${HEADING + 6}">Nothing here yet</text>`);
  block.columns.forEach((column, index) => {
    column.forEach((line, row) => {
      parts.push(drawLine(line, index * COLUMN, HEADING + row * LINE + 12));
    });
  });
  parts.push('</g>');
  return parts;
}

const MOVEMENT_MARK = { new: ' ◎', in: ' ▲', out: ' ▼', none: '' };

function drawLine(line: Line, x: number, y: number): string {
  if (line.kind === 'ring') return `<text class="group" x="${x}" y="${y}">${escapeXml(line.text)}</text>`;
  const { blip } = line;
  const name = fitText(blip.name, NAME_EMS);
  const full = name === blip.name ? '' : `<title>${escapeXml(blip.name)}</title>`;
  const mark = MOVEMENT_MARK[blip.moved];
  return `<text class="entry" x="${x + 30}" y="${y}"><tspan class="number" x="${x + 22}">${blip.number}</tspan><tspan x="${x + 30}">${escapeXml(name)}</tspan>${mark === '' ? '' : `<tspan class="mark">${mark}</tspan>`}${full}</text>`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
