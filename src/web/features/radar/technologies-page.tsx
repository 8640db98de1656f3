import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { Technology } from '../../api/types.ts';
import { count } from '../../ui/format.ts';
import { Loaded } from '../../ui/loaded.tsx';
import { EmptyState } from '../../ui/notice.tsx';
import { PageHeader, Panel } from '../../ui/page.tsx';
import { useRadar, useTechnologies } from './queries.ts';
import { RingBadge } from './ring-badge.tsx';
import { ringOf } from './rings.ts';
import { type Filters, NO_FILTERS, TechnologyFilters } from './technology-filters.tsx';

const VERSIONS_SHOWN = 3;

function passes(technology: Technology, { text, ring, quadrant, kind }: Filters): boolean {
  const wanted = text.trim().toLowerCase();
  return (
    (wanted === '' ||
      `${technology.name} ${technology.slug} ${technology.tags.join(' ')}`.toLowerCase().includes(wanted)) &&
    (ring === '' || ringOf(technology.ring) === ring) &&
    (quadrant === '' || technology.quadrant === quadrant) &&
    (kind === '' || technology.kind === kind)
  );
}

function TechnologyRow({ technology, quadrant }: { technology: Technology; quadrant: string }) {
  const { usage } = technology;
  return (
    <li>
      <Link
        to="/technologies/$slug"
        params={{ slug: technology.slug }}
        className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-0.5 px-4 py-2.5 hover:bg-hover md:grid-cols-[minmax(0,1.4fr)_minmax(0,1fr)_minmax(0,1fr)_7rem]"
      >
        <span className="min-w-0">
          <span className="block truncate font-medium">{technology.name}</span>
          <span className="block truncate text-xs text-muted">
            {technology.kind} · {quadrant}
          </span>
        </span>
        <span className="hidden text-sm text-muted md:block">
          {usage.repositories === 0
            ? 'used nowhere'
            : count(usage.repositories, 'repository', 'repositories')}
        </span>
        <span className="hidden truncate font-mono text-xs text-muted md:block">
          {usage.versions.slice(0, VERSIONS_SHOWN).join(', ')}
        </span>
        <span className="justify-self-end">
          <RingBadge ring={technology.ring} />
        </span>
      </Link>
    </li>
  );
}

/** Every technology, found in code or entered by hand. */
export function TechnologiesPage() {
  const [filters, setFilters] = useState(NO_FILTERS);
  const query = useTechnologies();
  const radar = useRadar();
  const quadrants = radar.data?.quadrants ?? [];
  const kinds = useMemo(() => [...new Set(query.data?.map(({ kind }) => kind))].toSorted(), [query.data]);
  return (
    <>
      <PageHeader
        title="Technologies"
        intro="Everything found in the code or entered by hand, with its ring and its use."
      />
      <TechnologyFilters filters={filters} onChange={setFilters} quadrants={quadrants} kinds={kinds} />
      <Loaded query={query}>
        {(all) => {
          const shown = all.filter((technology) => passes(technology, filters));
          if (all.length === 0) {
            return (
              <EmptyState title="No technologies yet">
                They appear when a tracked repository has been scanned.
              </EmptyState>
            );
          }
          if (shown.length === 0) return <EmptyState title="Nothing matches these filters" />;
          return (
            <Panel title={count(shown.length, 'technology', 'technologies')}>
              <ul className="divide-y divide-line">
                {shown.map((technology) => (
                  <TechnologyRow
                    key={technology.slug}
                    technology={technology}
                    quadrant={
                      quadrants.find(({ id }) => id === technology.quadrant)?.name ?? technology.quadrant
                    }
                  />
                ))}
              </ul>
            </Panel>
          );
        }}
      </Loaded>
    </>
  );
}
