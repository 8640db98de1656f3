import { Link } from '@tanstack/react-router';
import type { Blip, Radar } from '../../api/types.ts';
import { classNames } from '../../ui/class-names.ts';
import { count } from '../../ui/format.ts';
import { RING_NAMES, RINGS, type RingOrNone, ringOf } from './rings.ts';

const ORDER: RingOrNone[] = [...RINGS, 'unreviewed'];

function LegendItem({
  blip,
  active,
  onActive,
}: {
  blip: Blip;
  active: boolean;
  onActive: (slug: string | null) => void;
}) {
  return (
    <li>
      <Link
        to="/technologies/$slug"
        params={{ slug: blip.slug }}
        onMouseEnter={() => onActive(blip.slug)}
        onMouseLeave={() => onActive(null)}
        onFocus={() => onActive(blip.slug)}
        onBlur={() => onActive(null)}
        className={classNames(
          'flex items-baseline gap-2 rounded-md px-1.5 py-0.5 text-sm',
          active && 'bg-hover',
        )}
      >
        <span className="w-6 shrink-0 text-right text-xs text-muted tabular-nums">{blip.number}</span>
        <span className="min-w-0 flex-1 truncate">{blip.name}</span>
        {blip.usage.repositories > 0 && (
          <span
            title={count(blip.usage.repositories, 'repository', 'repositories')}
            className="text-xs text-muted tabular-nums"
          >
            <span className="sr-only">in </span>
            {blip.usage.repositories}
            <span className="sr-only"> {blip.usage.repositories === 1 ? 'repository' : 'repositories'}</span>
          </span>
        )}
      </Link>
    </li>
  );
}

/** The same technologies as a list: by quadrant, then by ring. It is also what a screen reader reads best. */
export function RadarLegend({
  radar,
  blips,
  active,
  onActive,
}: {
  radar: Radar;
  blips: Blip[];
  active: string | null;
  onActive: (slug: string | null) => void;
}) {
  const groups = radar.quadrants
    .map((quadrant) => ({ quadrant, members: blips.filter((blip) => blip.quadrant === quadrant.id) }))
    .filter(({ members }) => members.length > 0);
  return (
    <div className="columns-1 gap-6 sm:columns-2">
      {groups.map(({ quadrant, members }) => (
        <section key={quadrant.id} aria-label={quadrant.name} className="mb-6">
          <h2 className="mb-1.5 break-after-avoid px-1.5 text-sm font-semibold">{quadrant.name}</h2>
          {ORDER.map((ring) => {
            const inRing = members.filter((blip) => ringOf(blip.ring) === ring);
            if (inRing.length === 0) return null;
            return (
              <div key={ring} className="mb-2 break-inside-avoid">
                <h3 data-ring={ring} className="blip px-1.5 text-xs font-semibold">
                  {RING_NAMES[ring]}
                </h3>
                <ul>
                  {inRing.map((blip) => (
                    <LegendItem
                      key={blip.slug}
                      blip={blip}
                      active={blip.slug === active}
                      onActive={onActive}
                    />
                  ))}
                </ul>
              </div>
            );
          })}
        </section>
      ))}
    </div>
  );
}
