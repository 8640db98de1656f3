import { Link } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { Blip, Radar } from '../../api/types.ts';
import { count } from '../../ui/format.ts';
import { Loaded } from '../../ui/loaded.tsx';
import { EmptyState, Skeleton } from '../../ui/notice.tsx';
import { PageHeader } from '../../ui/page.tsx';
import { useTechnologiesIn } from '../evidence/queries.ts';
import { useRepositories } from '../repositories/queries.ts';
import { TrackButton } from '../repositories/track-button.tsx';
import { BlipCard } from './blip-card.tsx';
import { useRadar } from './queries.ts';
import { RadarChart } from './radar-chart.tsx';
import { RadarLegend } from './radar-legend.tsx';
import { ringOf } from './rings.ts';
import { type Filters, NO_FILTERS, TechnologyFilters } from './technology-filters.tsx';

/** Long enough to carry the pointer from the blip to its card. */
const CARD_LINGERS_MS = 220;

/** The technology that is pointed at; letting go of it takes a moment, unless it is another one's turn. */
function useActive() {
  const [active, setActive] = useState<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const keep = (): void => clearTimeout(timer.current);
  const change = (slug: string | null): void => {
    keep();
    if (slug === null) timer.current = setTimeout(() => setActive(null), CARD_LINGERS_MS);
    else setActive(slug);
  };
  return { active, change, keep };
}

function passes(blip: Blip, filters: Filters, inRepository: Set<string> | undefined): boolean {
  const text = filters.text.trim().toLowerCase();
  return (
    (text === '' || blip.name.toLowerCase().includes(text) || blip.slug.includes(text)) &&
    (filters.ring === '' || ringOf(blip.ring) === filters.ring) &&
    (filters.quadrant === '' || blip.quadrant === filters.quadrant) &&
    (filters.kind === '' || blip.kind === filters.kind) &&
    (filters.repository === '' || (inRepository?.has(blip.slug) ?? true))
  );
}

function RadarView({ radar }: { radar: Radar }) {
  const [filters, setFilters] = useState(NO_FILTERS);
  const { active, change, keep } = useActive();
  const repositories = useRepositories();
  const found = useTechnologiesIn(filters.repository || undefined);
  const kinds = [...new Set(radar.blips.map(({ kind }) => kind))].toSorted();
  const blips = useMemo(
    () =>
      radar.blips.filter((blip) => passes(blip, filters, found.data)).toSorted((a, b) => a.number - b.number),
    [radar, filters, found.data],
  );
  const shown = blips.find(({ slug }) => slug === active);
  return (
    <>
      <TechnologyFilters
        filters={filters}
        onChange={setFilters}
        quadrants={radar.quadrants}
        kinds={kinds}
        repositories={repositories.data?.items ?? []}
      />
      <p role="status" className="sr-only">
        {count(blips.length, 'technology', 'technologies')} shown
      </p>
      {radar.blips.every(({ ring }) => ring === null) && (
        <p className="mb-4 rounded-xl border border-line bg-surface px-4 py-2.5 text-sm">
          Everything here was found in the code, and nothing has been judged yet. Open a technology and move
          it to a ring; from then on the drift page shows where the code departs from it.
        </p>
      )}
      <div className="grid items-start gap-x-10 gap-y-6 xl:grid-cols-[minmax(0,1.6fr)_minmax(22rem,1fr)]">
        <div className="relative xl:sticky xl:top-6">
          <RadarChart radar={radar} blips={blips} active={active} onActive={change} />
          {shown && (
            // biome-ignore lint/a11y/noStaticElementInteractions: the pointer on the card only keeps it open.
            <div
              data-card={shown.slug}
              onMouseEnter={keep}
              onMouseLeave={() => change(null)}
              onFocus={() => change(shown.slug)}
              className="absolute z-10 w-72 rounded-xl border border-line bg-surface p-3.5 shadow-float max-sm:fixed! max-sm:inset-x-4! max-sm:top-auto! max-sm:bottom-4! max-sm:w-auto"
              style={cardPlace(shown)}
            >
              <BlipCard blip={shown} />
            </div>
          )}
        </div>
        {blips.length === 0 ? (
          <EmptyState title="Nothing matches these filters" />
        ) : (
          <div>
            <RadarLegend radar={radar} blips={blips} active={active} onActive={change} />
            {radar.rest > 0 && (
              <p className="text-sm text-muted">
                {count(radar.rest, 'more unreviewed technology', 'more unreviewed technologies')} would crowd
                the radar; they are in the{' '}
                <Link to="/technologies" className="link underline">
                  list of technologies
                </Link>
                .
              </p>
            )}
          </div>
        )}
      </div>
    </>
  );
}

/** Beside the blip, towards the middle of the radar, so that it never leaves the page. */
function cardPlace({ x, y }: Blip): Record<string, string> {
  const share = (value: number): string => `calc(${(50 + value * 47.5).toFixed(2)}% + 22px)`;
  return {
    ...(x < 0 ? { left: share(x) } : { right: share(-x) }),
    ...(y < 0 ? { top: share(y) } : { bottom: share(-y) }),
  };
}

export function RadarPage() {
  const query = useRadar();
  return (
    <>
      <PageHeader
        title="Radar"
        intro="What your code uses, and what you have decided about it."
        actions={<TrackButton />}
      />
      <Loaded query={query} waiting={<Skeleton className="aspect-square max-w-3xl rounded-full" />}>
        {(radar) =>
          radar.blips.length === 0 ? (
            <EmptyState title="The radar is empty" action={<TrackButton primary />}>
              Technologies appear here as soon as a tracked repository has been scanned.
            </EmptyState>
          ) : (
            <RadarView radar={radar} />
          )
        }
      </Loaded>
    </>
  );
}
