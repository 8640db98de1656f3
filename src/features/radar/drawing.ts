import type { Band } from './layout.ts';

/** How a technology's ring has changed of late. */
export type Movement = 'new' | 'in' | 'out' | 'none';

export interface DrawnBlip {
  name: string;
  quadrant: string;
  ring: Band | null;
  number: number;
  x: number;
  y: number;
  moved: Movement;
  usage: { repositories: number };
}

export interface RadarDrawing {
  quadrants: { id: string; name: string; startAngle: number; endAngle: number }[];
  rings: { id: Band; name: string; innerRadius: number; outerRadius: number }[];
  blipRadius: number;
  blips: DrawnBlip[];
  /** Unreviewed technologies in use that are not drawn. */
  rest: number;
}
