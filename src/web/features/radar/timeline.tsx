import { Link } from '@tanstack/react-router';
import { ArrowDownRight, ArrowRight, ArrowUpRight, Gavel } from 'lucide-react';
import type { ReactNode } from 'react';
import type { HistoryEntry } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { formatDate, shortCommit } from '../../ui/format.ts';
import { Loading, ProblemNotice } from '../../ui/notice.tsx';
import { useHistory } from './queries.ts';
import { RingBadge } from './ring-badge.tsx';

const TYPES = {
  move: { icon: Gavel, verb: 'Moved' },
  entered: { icon: ArrowDownRight, verb: 'Entered' },
  version: { icon: ArrowRight, verb: 'Changed version in' },
  left: { icon: ArrowUpRight, verb: 'Left' },
} as const;

/** A decision: who, from where to where, why, and what it cites. */
function Decision({ move }: { move: NonNullable<HistoryEntry['move']> }) {
  return (
    <>
      <p className="flex flex-wrap items-center gap-1.5">
        <RingBadge ring={move.fromRing} /> <span className="text-muted">to</span>{' '}
        <RingBadge ring={move.toRing} />
        <span className="text-muted">by {move.actor.name}</span>
      </p>
      <p className="mt-1 break-words whitespace-pre-line">{move.reason}</p>
      {move.citations.map((citation) => (
        <p
          key={`${citation.documentId} ${citation.start}`}
          className="mt-1 border-l-2 border-mark-line pl-2.5 text-sm break-words"
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
  );
}

/** What a commit has changed: the repository, the versions, and the commit itself. */
function CodeChange({ entry }: { entry: HistoryEntry }) {
  const versions = [entry.versionBefore, entry.versionAfter].filter(Boolean).join(' → ');
  const source = [entry.path, entry.commit && shortCommit(entry.commit), entry.author]
    .filter(Boolean)
    .join(' · ');
  return (
    <>
      <p className="break-words">
        {TYPES[entry.type].verb}{' '}
        {entry.repositoryId && (
          <Link
            to="/repositories/$id"
            params={{ id: entry.repositoryId }}
            className="font-semibold hover:underline"
          >
            {entry.repositoryName}
          </Link>
        )}
        {versions && <span className="font-mono text-xs"> {versions}</span>}
      </p>
      <p className="text-xs break-words text-muted">{source}</p>
    </>
  );
}

function Entry({ entry, children }: { entry: HistoryEntry; children: ReactNode }) {
  const Icon = TYPES[entry.type].icon;
  return (
    <li className="relative flex gap-3 py-3 not-last:before:absolute not-last:before:top-9 not-last:before:bottom-[-0.75rem] not-last:before:left-3 not-last:before:w-px not-last:before:bg-line">
      <span className="flex size-6 shrink-0 items-center justify-center rounded-full bg-sunken text-muted">
        <Icon aria-hidden className="size-3.5" />
      </span>
      <div className="min-w-0 flex-1">
        <time dateTime={entry.at} className="block text-xs leading-6 text-muted">
          {formatDate(entry.at)}
        </time>
        {children}
      </div>
    </li>
  );
}

/** What was decided about a technology and what happened to it in the code, newest first. */
export function Timeline({ slug }: { slug: string }) {
  const query = useHistory(slug);
  if (query.isError) return <ProblemNotice error={query.error} onRetry={() => query.refetch()} />;
  if (query.isPending) return <Loading label="Loading the timeline" />;
  const entries = query.data.pages.flatMap(({ items }) => items);
  if (entries.length === 0) return <p className="p-4 text-muted">Nothing has happened to it yet.</p>;
  return (
    <>
      <ol className="px-4 py-1">
        {entries.map((entry) => (
          <Entry
            key={
              entry.move?.id ??
              `${entry.repositoryId} ${entry.path} ${entry.commit} ${entry.type} ${entry.versionAfter}`
            }
            entry={entry}
          >
            {entry.move ? <Decision move={entry.move} /> : <CodeChange entry={entry} />}
          </Entry>
        ))}
      </ol>
      {query.hasNextPage && (
        <div className="border-t border-line p-3 text-center">
          <Button small disabled={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
            Show earlier
          </Button>
        </div>
      )}
    </>
  );
}
