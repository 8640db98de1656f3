import { Link } from '@tanstack/react-router';
import { ArrowDownRight, ArrowRight, ArrowUpRight, Gavel } from 'lucide-react';
import type { ReactNode } from 'react';
import { formatDate, shortCommit } from '../../ui/format.ts';
import { Loading, ProblemNotice } from '../../ui/notice.tsx';
import { useHistory, useMoves } from './queries.ts';
import { RingBadge } from './ring-badge.tsx';

interface Entry {
  id: string;
  at: string;
  icon: typeof Gavel;
  what: ReactNode;
  more?: ReactNode;
}

const CHANGES = {
  entered: { icon: ArrowDownRight, verb: 'Entered' },
  version: { icon: ArrowRight, verb: 'Changed version in' },
  left: { icon: ArrowUpRight, verb: 'Left' },
} as const;

function useEntries(slug: string) {
  const moves = useMoves(slug);
  const history = useHistory(slug);
  const decided: Entry[] = (moves.data?.items ?? []).map((move) => ({
    id: move.id,
    at: move.decidedAt,
    icon: Gavel,
    what: (
      <span className="inline-flex flex-wrap items-center gap-1.5">
        <RingBadge ring={move.fromRing} /> <span className="text-muted">to</span>{' '}
        <RingBadge ring={move.toRing} />
        <span className="text-muted">by {move.actor.name}</span>
      </span>
    ),
    more: (
      <>
        <p className="mt-1 whitespace-pre-line">{move.reason}</p>
        {move.citations.map((citation) => (
          <p
            key={`${citation.documentId} ${citation.start}`}
            className="mt-1 border-l-2 border-mark-line pl-2.5 text-sm"
          >
            <Link
              to="/documents/$id"
              params={{ id: citation.documentId }}
              search={{ start: citation.start, end: citation.end }}
              className="link"
            >
              “{citation.quote.trim()}”
            </Link>
          </p>
        ))}
      </>
    ),
  }));
  const walked: Entry[] = (history.data?.items ?? []).map((change) => ({
    id: `${change.repositoryId} ${change.path} ${change.commit} ${change.change} ${change.versionAfter}`,
    at: change.committedAt,
    icon: CHANGES[change.change].icon,
    what: (
      <>
        {CHANGES[change.change].verb}{' '}
        <Link
          to="/repositories/$id"
          params={{ id: change.repositoryId }}
          className="font-semibold hover:underline"
        >
          {change.repositoryName}
        </Link>
        {(change.versionBefore || change.versionAfter) && (
          <span className="font-mono text-xs">
            {' '}
            {[change.versionBefore, change.versionAfter].filter(Boolean).join(' → ')}
          </span>
        )}
      </>
    ),
    more: (
      <p className="text-xs break-words text-muted">
        <span className="font-mono">{change.path}</span> ·{' '}
        <span className="font-mono">{shortCommit(change.commit)}</span> · {change.author}
      </p>
    ),
  }));
  return {
    entries: [...decided, ...walked].toSorted((a, b) => b.at.localeCompare(a.at)),
    isPending: moves.isPending || history.isPending,
    error: moves.error ?? history.error,
  };
}

/** What was decided about a technology and what happened to it in the code, newest first. */
export function Timeline({ slug }: { slug: string }) {
  const { entries, isPending, error } = useEntries(slug);
  if (error) return <ProblemNotice error={error} />;
  if (isPending) return <Loading label="Loading the timeline" />;
  if (entries.length === 0) return <p className="p-4 text-muted">Nothing has happened to it yet.</p>;
  return (
    <ol className="px-4 py-1">
      {entries.map((entry) => (
        <li
          key={entry.id}
          className="relative flex gap-3 py-3 not-last:before:absolute not-last:before:top-9 not-last:before:bottom-[-0.75rem] not-last:before:left-3 not-last:before:w-px not-last:before:bg-line"
        >
          <span className="flex size-6 shrink-0 items-center justify-center rounded-full bg-sunken text-muted">
            <entry.icon aria-hidden className="size-3.5" />
          </span>
          <div className="min-w-0 flex-1">
            <div className="flex flex-wrap items-baseline justify-between gap-x-3">
              <div className="min-w-0">{entry.what}</div>
              <time dateTime={entry.at} className="text-xs text-muted">
                {formatDate(entry.at)}
              </time>
            </div>
            {entry.more}
          </div>
        </li>
      ))}
    </ol>
  );
}
