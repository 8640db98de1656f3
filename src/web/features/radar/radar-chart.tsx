import { useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, useMemo, useRef } from 'react';
import type { Blip, Radar } from '../../api/types.ts';
import { count } from '../../ui/format.ts';
import { RING_NAMES, ringOf } from './rings.ts';

/** The radar's circle has this radius in the drawing; the server places blips in [-1, 1]. */
const RADIUS = 500;
const MARGIN = 26;
const MOST_GROWTH = 1.22;
const LEAST_AIR = 0.46;
const SIDE = (RADIUS + MARGIN) * 2;

const KEYS: Record<string, (index: number, last: number) => number> = {
  ArrowRight: (index) => index + 1,
  ArrowDown: (index) => index + 1,
  ArrowLeft: (index) => index - 1,
  ArrowUp: (index) => index - 1,
  Home: () => 0,
  End: (_, last) => last,
};

/** How large blips are drawn: as large as the two closest ones allow, and not much larger than they were placed for. */
function sizeOf(radar: Radar): number {
  let closest = Number.POSITIVE_INFINITY;
  for (const [index, a] of radar.blips.entries()) {
    for (const b of radar.blips.slice(index + 1))
      closest = Math.min(closest, Math.hypot(a.x - b.x, a.y - b.y));
  }
  return RADIUS * Math.max(radar.blipRadius, Math.min(radar.blipRadius * MOST_GROWTH, closest * LEAST_AIR));
}

/** What a screen reader says of a blip. */
export function blipLabel(blip: Blip, radar: Radar): string {
  const quadrant = radar.quadrants.find(({ id }) => id === blip.quadrant)?.name ?? blip.quadrant;
  return `${blip.number}. ${blip.name}: ${RING_NAMES[ringOf(blip.ring)]}, ${quadrant}, in ${count(blip.usage.repositories, 'repository', 'repositories')}`;
}

function Rings({ radar }: { radar: Radar }) {
  const outwards = radar.rings.toReversed();
  return (
    <g aria-hidden>
      {outwards.map((ring, index) => (
        <circle
          key={ring.id}
          r={ring.outerRadius * RADIUS}
          className={
            ring.id === 'unreviewed' ? 'fill-page stroke-line-strong' : 'fill-surface stroke-line-strong'
          }
          strokeWidth={1}
          strokeDasharray={ring.id === 'unreviewed' ? '3 5' : undefined}
          fillOpacity={ring.id === 'unreviewed' ? 1 : 0.35 + index * 0.2}
        />
      ))}
      <path
        d={`M${-RADIUS} 0H${RADIUS}M0 ${-RADIUS}V${RADIUS}`}
        className="stroke-line-strong"
        strokeWidth={1}
      />
      {radar.rings.map((ring) => (
        <text
          key={ring.id}
          x={((ring.innerRadius + ring.outerRadius) / 2) * RADIUS}
          y={4}
          textAnchor="middle"
          className="fill-muted stroke-surface text-[11px] max-sm:hidden font-semibold tracking-wide uppercase"
          strokeWidth={5}
          paintOrder="stroke"
        >
          {ring.name}
        </text>
      ))}
    </g>
  );
}

/** The quadrants' names stand in the corners; the first is the upper left one, the others follow clockwise. */
function Quadrants({ radar }: { radar: Radar }) {
  return radar.quadrants.map((quadrant, index) => {
    const middle = Math.PI + ((index + 0.5) * 2 * Math.PI) / radar.quadrants.length;
    const left = Math.cos(middle) < 0;
    return (
      <text
        key={quadrant.id}
        aria-hidden
        x={(RADIUS + MARGIN - 4) * (left ? -1 : 1)}
        y={Math.sin(middle) < 0 ? -(RADIUS + MARGIN) + 20 : RADIUS + MARGIN - 8}
        textAnchor={left ? 'start' : 'end'}
        className="fill-ink text-[17px] font-semibold max-sm:text-[31px]"
      >
        {quadrant.name}
      </text>
    );
  });
}

/** A disc; with a notch towards the centre or away from it if it moved, ringed if it is new. */
function BlipShape({ blip, size }: { blip: Blip; size: number }) {
  const judged = blip.ring !== null;
  const angle = (Math.atan2(blip.y, blip.x) * 180) / Math.PI + (blip.moved === 'in' ? 180 : 0);
  return (
    <>
      <circle className="halo fill-none stroke-current" r={size + 6} strokeWidth={2.5} />
      {blip.moved === 'new' && judged && (
        <circle r={size + 3} className="fill-none stroke-current" strokeWidth={1.5} />
      )}
      {(blip.moved === 'in' || blip.moved === 'out') && (
        <path
          d={`M${size + 7} 0L${size - 2} -6V6Z`}
          transform={`rotate(${angle})`}
          className="fill-current"
        />
      )}
      <circle
        r={size}
        className={judged ? 'fill-current' : 'fill-surface stroke-current'}
        strokeWidth={judged ? 0 : 1.5}
      />
      <text
        y={size * 0.34}
        textAnchor="middle"
        fontSize={size * (blip.number > 99 ? 0.86 : 0.98)}
        className={`font-semibold tabular-nums ${judged ? 'fill-ring-ink' : 'fill-muted'}`}
      >
        {blip.number}
      </text>
    </>
  );
}

export interface ChartProps {
  radar: Radar;
  /** The blips that the filters let through, by number. */
  blips: Blip[];
  active: string | null;
  onActive: (slug: string | null) => void;
}

/**
 * The radar as a drawing. One blip is in the tab order; the arrow keys go on by number, Home and End to the
 * first and the last, Enter opens the technology, Escape closes its card.
 */
export function RadarChart({ radar, blips, active, onActive }: ChartProps) {
  const navigate = useNavigate();
  const drawing = useRef<SVGSVGElement>(null);
  const touched = useRef<string>(undefined);
  const stop = blips.some(({ slug }) => slug === active) ? active : blips[0]?.slug;

  const size = useMemo(() => sizeOf(radar), [radar]);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') onActive(null);
    const step = KEYS[event.key];
    if (!step || blips.length === 0) return;
    event.preventDefault();
    const index = blips.findIndex(({ slug }) => slug === stop);
    const next = blips[(step(index, blips.length - 1) + blips.length) % blips.length];
    if (next) drawing.current?.querySelector<SVGAElement>(`[data-slug="${CSS.escape(next.slug)}"]`)?.focus();
  };

  return (
    // biome-ignore lint/a11y: a drawing can't be a fieldset, and its keys belong to the links inside it.
    <svg
      ref={drawing}
      viewBox={`${-SIDE / 2} ${-SIDE / 2} ${SIDE} ${SIDE}`}
      role="group"
      aria-label="Technology radar. Move between technologies with the arrow keys."
      data-has-active={active !== null}
      className="block w-full overflow-visible select-none"
      onKeyDown={onKeyDown}
    >
      <Rings radar={radar} />
      <Quadrants radar={radar} />
      {blips.map((blip) => (
        <g key={blip.slug} transform={`translate(${blip.x * RADIUS} ${blip.y * RADIUS})`}>
          <a
            href={`/technologies/${encodeURIComponent(blip.slug)}`}
            aria-label={blipLabel(blip, radar)}
            tabIndex={blip.slug === stop ? 0 : -1}
            data-slug={blip.slug}
            data-ring={ringOf(blip.ring)}
            data-active={blip.slug === active}
            className="blip"
            onMouseEnter={() => onActive(blip.slug)}
            onMouseLeave={() => onActive(null)}
            onFocus={() => onActive(blip.slug)}
            onClick={(event) => {
              if (event.metaKey || event.ctrlKey || event.shiftKey) return;
              event.preventDefault();
              // A finger can't point without tapping: the first tap shows the card, the second opens the page.
              const { pointerType } = event.nativeEvent as PointerEvent;
              if (pointerType === 'touch' && touched.current !== blip.slug) {
                touched.current = blip.slug;
                return onActive(blip.slug);
              }
              navigate({ to: '/technologies/$slug', params: { slug: blip.slug } });
            }}
          >
            <BlipShape blip={blip} size={size} />
          </a>
        </g>
      ))}
    </svg>
  );
}
