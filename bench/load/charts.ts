/** One line of a chart. */
export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface Chart {
  readonly title: string;
  readonly unit: string;
  readonly lines: readonly Line[];
  /** Moments at which something begins, with its name. */
  readonly marks: readonly { at: number; name: string }[];
  /** For what differs by magnitudes. */
  readonly logarithmic?: boolean;
}

const WIDTH = 880;
const HEIGHT = 230;
const LEFT = 64;
const RIGHT = 150;
const TOP = 40;
const BOTTOM = 28;
const GRID_LINES = 5;
// Told apart by people who see few colors as well (Okabe and Ito).
const COLORS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000'];
const SMALLEST_LOG = 1;

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** Charts below one another, as one SVG that needs nothing else. */
export function drawCharts(title: string, charts: readonly Chart[]): string {
  const height = 36 + charts.length * HEIGHT;
  const parts = charts.map(
    (chart, at) => `<g transform="translate(0 ${36 + at * HEIGHT})">${drawChart(chart)}</g>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="11" role="img">`,
    `<title>${escaped(title)}</title><rect width="100%" height="100%" fill="#fff"/>`,
    `<text x="${LEFT}" y="24" font-size="15" font-weight="600">${escaped(title)}</text>`,
    ...parts,
    '</svg>\n',
  ].join('\n');
}

function drawChart({ title, unit, lines, marks, logarithmic = false }: Chart): string {
  const points = lines.flatMap((line) => line.points);
  const lastX = Math.max(1, ...points.map(([x]) => x));
  const largest = Math.max(logarithmic ? 10 : 0, ...points.map(([, y]) => y)) || 1;
  const top = logarithmic ? 10 ** Math.ceil(Math.log10(largest)) : roundUp(largest);
  const x = (value: number): number => LEFT + (value / lastX) * (WIDTH - LEFT - RIGHT);
  const share = (value: number): number =>
    logarithmic ? Math.log10(Math.max(SMALLEST_LOG, value)) / Math.log10(top) : value / top;
  const y = (value: number): number => HEIGHT - BOTTOM - share(value) * (HEIGHT - BOTTOM - TOP);
  return [
    `<text x="${LEFT}" y="${TOP - 18}" font-weight="600">${escaped(title)} <tspan fill="#666" font-weight="400">${escaped(unit)}</tspan></text>`,
    ...ticksOf(top, logarithmic).map(
      (value) =>
        `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(value).toFixed(1)}" y2="${y(value).toFixed(1)}" stroke="#ddd"/>` +
        `<text x="${LEFT - 6}" y="${(y(value) + 4).toFixed(1)}" text-anchor="end" fill="#666">${shortNumber(value)}</text>`,
    ),
    ...marks.map(
      ({ at, name }) =>
        `<line x1="${x(at).toFixed(1)}" x2="${x(at).toFixed(1)}" y1="${TOP - 8}" y2="${HEIGHT - BOTTOM}" stroke="#bbb" stroke-dasharray="2 3"/>` +
        `<text x="${(x(at) + 3).toFixed(1)}" y="${TOP - 2}" fill="#888" font-size="9">${escaped(name)}</text>`,
    ),
    ...[0, 0.25, 0.5, 0.75, 1].map(
      (part) =>
        `<text x="${x(lastX * part).toFixed(1)}" y="${HEIGHT - BOTTOM + 15}" text-anchor="middle" fill="#666">${Math.round(lastX * part)} s</text>`,
    ),
    ...lines.map((line, at) => drawLine(line, at, x, y)),
  ].join('\n');
}

function drawLine(
  { name, points }: Line,
  at: number,
  x: (value: number) => number,
  y: (value: number) => number,
): string {
  const color = COLORS[at % COLORS.length];
  const path = points.map(([px, py]) => `${x(px).toFixed(1)},${y(py).toFixed(1)}`).join(' ');
  return (
    `<polyline points="${path}" fill="none" stroke="${color}" stroke-width="1.5" stroke-linejoin="round"/>` +
    `<text x="${WIDTH - RIGHT + 10}" y="${TOP + 8 + at * 16}" fill="${color}">${escaped(name)}</text>`
  );
}

const ticksOf = (top: number, logarithmic: boolean): number[] =>
  logarithmic
    ? Array.from({ length: Math.round(Math.log10(top)) + 1 }, (_, power) => 10 ** power)
    : Array.from({ length: GRID_LINES }, (_, at) => (top * at) / (GRID_LINES - 1));

/** The next number that reads well as the top of an axis. */
function roundUp(value: number): number {
  const magnitude = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 4, 5, 8, 10].find((one) => one * magnitude >= value) ?? 10;
  return step * magnitude;
}

const shortNumber = (value: number): string =>
  value >= 1000 ? `${Number((value / 1000).toFixed(1))}k` : String(Number(value.toPrecision(3)));
