/** One tone for each quadrant, on light and on dark ground; each holds a number at 4.5:1 or better. */
const TONES = [
  { light: '#0f766e', dark: '#2dd4bf' },
  { light: '#6d28d9', dark: '#b79cfb' },
  { light: '#1d4ed8', dark: '#7cb0fd' },
  { light: '#b45309', dark: '#fbbf24' },
  { light: '#be123c', dark: '#fb8a9b' },
  { light: '#3f7d0f', dark: '#a3e05a' },
  { light: '#475569', dark: '#aab8cb' },
  { light: '#a21caf', dark: '#ee9bf7' },
];

const LIGHT =
  '--page:#fff;--ink:#0f172a;--soft:#475569;--faint:#64748b;--line:#cbd5e1;--on:#fff;--adopt:#e2e9f2;--trial:#eaeff6;--assess:#f1f5f9;--hold:#f7f9fc;--unreviewed:#fff';
const DARK =
  '--page:#0b1220;--ink:#e8eef7;--soft:#a9b6c9;--faint:#8a99af;--line:#33425a;--on:#0b1220;--adopt:#223049;--trial:#1b273c;--assess:#152032;--hold:#101a2a;--unreviewed:#0b1220';

/** The drawing's style sheet, light and dark by the reader's own setting. */
export function radarStyle(quadrants: number): string {
  const shown = TONES.slice(0, quadrants);
  const tones = (side: 'light' | 'dark') => shown.map((tone, index) => `--q${index}:${tone[side]}`).join(';');
  return [
    `svg{${LIGHT};${tones('light')};font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","Noto Sans","Liberation Sans",Arial,sans-serif;color-scheme:light dark}`,
    `@media (prefers-color-scheme:dark){svg{${DARK};${tones('dark')}}}`,
    ...shown.map((_, index) => `.q${index}{--tone:var(--q${index})}`),
    '.page{fill:var(--page)}',
    '.title{font-size:27px;font-weight:700;letter-spacing:-.02em;fill:var(--ink)}',
    '.subtitle{font-size:14px;fill:var(--soft)}',
    '.ring{stroke:var(--line);stroke-width:1}',
    ...['adopt', 'trial', 'assess', 'hold', 'unreviewed'].map((ring) => `.ring-${ring}{fill:var(--${ring})}`),
    '.ring-unreviewed{stroke-dasharray:3 5;stroke-linecap:round;stroke-width:1.4}',
    '.border{stroke:var(--page);stroke-width:5}',
    '.border.faint{stroke:var(--line);stroke-width:1;stroke-dasharray:1 6;stroke-linecap:round}',
    '.ring-name{font-weight:700;letter-spacing:.09em;text-transform:uppercase;text-anchor:middle;fill:var(--faint)}',
    '.label{font-size:11px;fill:var(--ink)}',
    '.blip circle,.key circle{fill:var(--tone,var(--soft))}',
    '.blip text{fill:var(--on);text-anchor:middle;font-weight:650;font-variant-numeric:tabular-nums}',
    '.blip.open circle,.open circle{fill:var(--page);stroke:var(--tone,var(--soft));stroke-width:1.5;stroke-dasharray:2.6 2.2}',
    '.blip.open text{fill:var(--tone)}',
    '.blip .halo,.key .halo{fill:none;stroke:var(--tone,var(--soft));stroke-width:1.4}',
    '.notch{fill:var(--tone,var(--soft));stroke:none}',
    '.bar{fill:var(--tone)}',
    '.quadrant{font-size:17px;font-weight:700;letter-spacing:-.01em;fill:var(--ink)}',
    '.group{font-size:10px;font-weight:700;letter-spacing:.09em;text-transform:uppercase;fill:var(--faint)}',
    '.entry{font-size:13px;fill:var(--ink)}',
    '.quiet{fill:var(--faint)}',
    '.number{text-anchor:end;font-size:11.5px;font-weight:650;fill:var(--tone);font-variant-numeric:tabular-nums}',
    '.mark{font-size:10px;fill:var(--tone)}',
    '.key text{font-size:12.5px;fill:var(--soft)}',
  ].join('');
}
