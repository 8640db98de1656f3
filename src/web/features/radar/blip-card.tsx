import { Link } from '@tanstack/react-router';
import type { Blip } from '../../api/types.ts';
import { count } from '../../ui/format.ts';
import { Skeleton } from '../../ui/notice.tsx';
import { useTopEvidence } from '../evidence/queries.ts';
import { RingBadge } from './ring-badge.tsx';

const SHOWN = 3;

function TopEvidence({ slug }: { slug: string }) {
  const query = useTopEvidence(slug);
  if (query.isPending) return <Skeleton className="h-16" />;
  const places = (query.data?.items ?? []).flatMap((detection) =>
    detection.evidence.slice(0, 1).map((evidence) => ({ detection, evidence })),
  );
  if (places.length === 0) return <p className="text-xs text-muted">No evidence in the code.</p>;
  return (
    <ul className="grid grid-cols-1 gap-1.5">
      {places.slice(0, SHOWN).map(({ detection, evidence }) => (
        <li key={detection.id} className="min-w-0 text-xs">
          <Link
            to="/technologies/$slug"
            params={{ slug }}
            hash={`detection-${detection.id}`}
            className="link block truncate font-mono"
          >
            {evidence.path}:{evidence.line}
          </Link>
          <code className="block truncate font-mono text-muted">{evidence.excerpt.trim()}</code>
        </li>
      ))}
    </ul>
  );
}

/** Beside a blip: how it is used, and where that stands in the code. */
export function BlipCard({ blip }: { blip: Blip }) {
  const { repositories, detections, versions } = blip.usage;
  return (
    <div className="grid grid-cols-1 gap-2.5">
      <div className="flex items-start justify-between gap-3">
        <Link
          to="/technologies/$slug"
          params={{ slug: blip.slug }}
          className="min-w-0 font-semibold break-words hover:underline"
        >
          {blip.name}
        </Link>
        <RingBadge ring={blip.ring} />
      </div>
      <p className="text-xs text-muted">
        {detections === 0
          ? 'Used nowhere'
          : `${count(detections, 'place')} in ${count(repositories, 'repository', 'repositories')}`}
        {versions.length > 0 &&
          ` · ${versions.slice(0, SHOWN).join(', ')}${versions.length > SHOWN ? ' …' : ''}`}
      </p>
      <TopEvidence slug={blip.slug} />
    </div>
  );
}
