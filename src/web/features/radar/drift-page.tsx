import { Link } from '@tanstack/react-router';
import { CircleCheck } from 'lucide-react';
import { useState } from 'react';
import type { Drift, DriftItem } from '../../api/types.ts';
import { Badge } from '../../ui/badge.tsx';
import { classNames } from '../../ui/class-names.ts';
import { formatDate, formatNumber } from '../../ui/format.ts';
import { Loaded } from '../../ui/loaded.tsx';
import { EmptyState } from '../../ui/notice.tsx';
import { PageHeader } from '../../ui/page.tsx';
import { useDrift } from './queries.ts';
import { RingBadge } from './ring-badge.tsx';
import { RING_NAMES } from './rings.ts';

type Kind = DriftItem['kind'];

const KINDS: Record<Kind, { name: string; meaning: string }> = {
  'hold-used': { name: 'On hold but used', meaning: 'The code uses what should not be used any more.' },
  'version-behind': {
    name: 'Behind the standard version',
    meaning: 'The code uses a version older than the standard.',
  },
  'unreviewed-used': { name: 'Used but unreviewed', meaning: 'Nobody has decided on it yet.' },
  'adopted-unused': { name: 'Adopted but used nowhere', meaning: 'The decision and the code have parted.' },
  'review-overdue': { name: 'Review overdue', meaning: 'The date that was set for a review is past.' },
};

const SEVERITIES = { high: 'danger', medium: 'caution', low: 'neutral' } as const;
const PLACES_SHOWN = 4;

function DriftRow({ item }: { item: DriftItem }) {
  const [all, setAll] = useState(false);
  const places = all ? item.evidence : item.evidence.slice(0, PLACES_SHOWN);
  const { technology } = item;
  return (
    <li className="px-4 py-3.5">
      <div className="flex flex-wrap items-center gap-2">
        <Link
          to="/technologies/$slug"
          params={{ slug: technology.slug }}
          className="font-semibold hover:underline"
        >
          {technology.name}
        </Link>
        <RingBadge ring={technology.ring} />
        <Badge tone={SEVERITIES[item.severity]}>{item.severity}</Badge>
      </div>
      <p className="mt-1">{item.summary}</p>
      {item.decision && (
        <p className="mt-0.5 text-sm text-muted">
          {RING_NAMES[item.decision.ring]} since {formatDate(item.decision.at)}, by {item.decision.by}: “
          {item.decision.reason}”
        </p>
      )}
      {places.length > 0 && (
        <ul className="mt-2 grid grid-cols-1 gap-1.5">
          {places.map((place) => (
            <li
              key={`${place.repositoryId} ${place.path} ${place.line} ${place.rule}`}
              className="grid min-w-0 gap-x-4 text-xs md:grid-cols-[minmax(0,20rem)_minmax(0,1fr)]"
            >
              <span className="min-w-0 break-words text-muted">
                {place.repositoryName} ·{' '}
                <span className="font-mono text-ink">
                  {place.line ? `${place.path}:${place.line}` : place.path}
                </span>
              </span>
              <code className="truncate font-mono text-muted">{place.excerpt.trim()}</code>
            </li>
          ))}
        </ul>
      )}
      {places.length < item.evidence.length && (
        <button type="button" onClick={() => setAll(true)} className="link mt-1.5 text-xs">
          Show {item.evidence.length}
          {item.evidenceTotal > item.evidence.length && ` of ${formatNumber(item.evidenceTotal)}`} places
        </button>
      )}
    </li>
  );
}

function DriftList({ drift }: { drift: Drift }) {
  const [kind, setKind] = useState<Kind | null>(null);
  const kinds = (Object.keys(KINDS) as Kind[]).filter((id) => drift.items.some((item) => item.kind === id));
  const groups = kind && kinds.includes(kind) ? [kind] : kinds;
  return (
    <>
      <fieldset className="mb-5 flex flex-wrap gap-2">
        <legend className="sr-only">Show only one kind</legend>
        {kinds.map((id) => (
          <button
            key={id}
            type="button"
            aria-pressed={kind === id}
            onClick={() => setKind(kind === id ? null : id)}
            className={classNames(
              'rounded-full border px-3 py-1 text-xs font-medium',
              kind === id
                ? 'border-accent bg-accent-soft text-accent'
                : 'border-line bg-surface hover:bg-hover',
            )}
          >
            {KINDS[id].name}{' '}
            <span className="tabular-nums">{drift.items.filter((item) => item.kind === id).length}</span>
          </button>
        ))}
      </fieldset>
      <div className="grid grid-cols-1 gap-6">
        {groups.map((id) => (
          <section key={id} aria-label={KINDS[id].name} className="rounded-xl border border-line bg-surface">
            <div className="border-b border-line px-4 py-2.5">
              <h2 className="text-sm font-semibold">{KINDS[id].name}</h2>
              <p className="text-xs text-muted">{KINDS[id].meaning}</p>
            </div>
            <ul className="divide-y divide-line">
              {drift.items
                .filter((item) => item.kind === id)
                .map((item) => (
                  <DriftRow key={item.technology.id} item={item} />
                ))}
            </ul>
          </section>
        ))}
      </div>
    </>
  );
}

/** Where the code and the decisions have parted. */
export function DriftPage() {
  return (
    <>
      <PageHeader
        title="Drift"
        intro="Where the code and your decisions have parted, with the lines that show it."
      />
      <Loaded query={useDrift()}>
        {(drift) =>
          drift.items.length === 0 ? (
            <EmptyState title="No drift">
              <CircleCheck aria-hidden className="mx-auto mb-2 size-5 text-adopt" />
              What the code uses is what you decided.
            </EmptyState>
          ) : (
            <DriftList drift={drift} />
          )
        }
      </Loaded>
    </>
  );
}
