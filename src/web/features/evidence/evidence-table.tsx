import { Link } from '@tanstack/react-router';
import { Ban, Undo2 } from 'lucide-react';
import { useState } from 'react';
import type { Detection } from '../../api/types.ts';
import { useMay } from '../../app/session.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { classNames } from '../../ui/class-names.ts';
import { count, shortCommit } from '../../ui/format.ts';
import { EmptyState, Loading, ProblemNotice } from '../../ui/notice.tsx';
import { Panel } from '../../ui/page.tsx';
import { MarkWrongDialog } from './mark-wrong-dialog.tsx';
import { type DetectionFilter, useDetections, useVerdict } from './queries.ts';

const PLACES_SHOWN = 2;

function Versions({ detection }: { detection: Detection }) {
  const { versionDeclared, versionLocked } = detection;
  if (!versionDeclared && !versionLocked) return <span className="text-muted">no version</span>;
  return (
    <span className="font-mono text-xs">
      {versionDeclared && <span title="Declared">{versionDeclared}</span>}
      {versionDeclared && versionLocked && <span className="text-muted"> → </span>}
      {versionLocked && <span title="Locked">{versionLocked}</span>}
    </span>
  );
}

/** How sure the rule is, in per cent; the rule on hover. */
function Confidence({ detection }: { detection: Detection }) {
  const percent = Math.round(detection.confidence * 100);
  return (
    <span
      title={`Rule ${detection.rule}`}
      className={classNames('text-xs tabular-nums', percent < 60 ? 'text-assess' : 'text-muted')}
    >
      {percent} % sure
    </span>
  );
}

function Places({ detection }: { detection: Detection }) {
  const [all, setAll] = useState(false);
  const places = all ? detection.evidence : detection.evidence.slice(0, PLACES_SHOWN);
  return (
    <>
      <ul className="mt-2 grid grid-cols-1 gap-1.5">
        {places.map((place) => (
          <li
            key={`${place.path} ${place.line} ${place.rule}`}
            className="min-w-0 overflow-hidden rounded-lg bg-sunken"
          >
            <p className="flex flex-wrap justify-between gap-x-3 px-2.5 pt-1.5 text-xs">
              <span className="min-w-0 font-mono break-all">{`${place.path}:${place.line}`}</span>
              <span className="text-muted" title="Commit and rule">
                <span className="font-mono">{shortCommit(place.commit)}</span> · {place.rule}
              </span>
            </p>
            <pre className="px-2.5 pt-0.5 pb-2 font-mono text-xs break-words whitespace-pre-wrap">
              {place.excerpt.replace(/^\n+|\s+$/g, '')}
            </pre>
          </li>
        ))}
      </ul>
      {detection.evidence.length > PLACES_SHOWN && !all && (
        <button type="button" onClick={() => setAll(true)} className="link mt-1.5 text-xs">
          Show all {detection.evidence.length} places
        </button>
      )}
    </>
  );
}

function DetectionRow({
  detection,
  named,
  onWrong,
}: {
  detection: Detection;
  named: boolean;
  onWrong: (detection: Detection) => void;
}) {
  const verdict = useVerdict();
  const editor = useMay('editor');
  const wrong = detection.verdict === 'wrong';
  return (
    <li id={`detection-${detection.id}`} className="px-4 py-3.5 target:bg-accent-soft">
      <div className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1.5">
        <div
          className={classNames(
            'flex min-w-0 flex-wrap items-center gap-x-2.5 gap-y-1',
            wrong && 'line-through',
          )}
        >
          {named ? (
            <Link
              to="/technologies/$slug"
              params={{ slug: detection.technology }}
              className="font-semibold hover:underline"
            >
              {detection.technologyName}
            </Link>
          ) : (
            <Link
              to="/repositories/$id"
              params={{ id: detection.repositoryId }}
              className="font-semibold hover:underline"
            >
              {detection.repositoryName}
            </Link>
          )}
          <Versions detection={detection} />
          <Badge>{detection.scope}</Badge>
          {detection.packageName.toLowerCase() !== detection.technologyName.toLowerCase() && (
            <span className="font-mono text-xs text-muted">{detection.packageName}</span>
          )}
          {detection.component && <span className="text-xs text-muted">in {detection.component}</span>}
          <Confidence detection={detection} />
        </div>
        {editor &&
          (wrong ? (
            <Button
              small
              look="quiet"
              disabled={verdict.isPending}
              onClick={() => verdict.mutate({ id: detection.id, verdict: 'right' })}
            >
              <Undo2 aria-hidden className="size-3.5" />
              It is right after all
            </Button>
          ) : (
            <Button small look="quiet" onClick={() => onWrong(detection)}>
              <Ban aria-hidden className="size-3.5" />
              Mark wrong
            </Button>
          ))}
      </div>
      {verdict.error && <ProblemNotice error={verdict.error} />}
      {!wrong && <Places detection={detection} />}
    </li>
  );
}

/** Detections with the lines that prove them; each can be marked wrong. */
export function EvidenceTable({ filter, named = false }: { filter: DetectionFilter; named?: boolean }) {
  const [includeWrong, setIncludeWrong] = useState(false);
  const [disputed, setDisputed] = useState<Detection | null>(null);
  const query = useDetections({ ...filter, ...(includeWrong ? { includeWrong } : {}) });
  const detections = query.data?.pages.flatMap(({ items }) => items) ?? [];
  const total = query.data?.pages[0]?.total ?? detections.length;
  if (query.isError) return <ProblemNotice error={query.error} onRetry={() => query.refetch()} />;
  return (
    <Panel
      title="Evidence"
      aside={
        <span className="flex items-center gap-4">
          <label className="flex items-center gap-1.5">
            <input
              type="checkbox"
              checked={includeWrong}
              onChange={({ target }) => setIncludeWrong(target.checked)}
              className="accent-[var(--accent)]"
            />
            with those marked wrong
          </label>
          {query.data && <span className="max-sm:hidden">{count(total, 'detection')}</span>}
        </span>
      }
    >
      {query.isPending && (
        <div className="p-4">
          <Loading label="Loading the evidence" />
        </div>
      )}
      {query.data && detections.length === 0 && (
        <div className="p-4">
          <EmptyState title="No evidence in the code">
            No tracked repository uses it, or every detection was marked wrong.
          </EmptyState>
        </div>
      )}
      <ul className="divide-y divide-line">
        {detections.map((detection) => (
          <DetectionRow key={detection.id} detection={detection} named={named} onWrong={setDisputed} />
        ))}
      </ul>
      {query.hasNextPage && (
        <div className="border-t border-line p-3 text-center">
          <Button small disabled={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
            Show more
          </Button>
        </div>
      )}
      {disputed && <MarkWrongDialog detection={disputed} onClose={() => setDisputed(null)} />}
    </Panel>
  );
}
