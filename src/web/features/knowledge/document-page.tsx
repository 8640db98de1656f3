import { getRouteApi, Link } from '@tanstack/react-router';
import { ExternalLink, Quote } from 'lucide-react';
import { useMemo } from 'react';
import type { DocumentDetail } from '../../api/types.ts';
import { Badge } from '../../ui/badge.tsx';
import { count, formatBytes } from '../../ui/format.ts';
import { Loaded } from '../../ui/loaded.tsx';
import { Moment } from '../../ui/moment.tsx';
import { EmptyState, ProblemNotice } from '../../ui/notice.tsx';
import { PageHeader, Panel } from '../../ui/page.tsx';
import { useRepositories } from '../repositories/queries.ts';
import { splitLines } from './document-lines.ts';
import { DocumentText, type Span } from './document-text.tsx';
import { useDocument } from './queries.ts';

type Heading = DocumentDetail['headings'][number];

const route = getRouteApi('/shell/documents/$id');

function Outline({ headings }: { headings: Heading[] }) {
  const top = Math.min(...headings.map(({ level }) => level));
  return (
    <nav aria-label="Outline" className="max-h-[70dvh] overflow-y-auto">
      <h2 className="mb-2 text-xs font-semibold text-muted">Outline</h2>
      <ul className="grid grid-cols-1 gap-1 border-l border-line text-sm">
        {headings.map((heading) => (
          <li key={heading.start} style={{ paddingLeft: `${(heading.level - top) * 0.75 + 0.75}rem` }}>
            <a
              href={`#L${heading.line}`}
              title={heading.title}
              className="block truncate text-muted hover:text-ink"
            >
              {heading.title}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Origin({ document }: { document: DocumentDetail }) {
  const repositories = useRepositories();
  const repository = repositories.data?.items.find(({ id }) => id === document.repositoryId);
  return (
    <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-xs wrap-anywhere">
      {repository && (
        <Link to="/repositories/$id" params={{ id: repository.id }} className="link">
          {repository.name}
        </Link>
      )}
      {document.path && <span className="font-mono">{document.path}</span>}
      {document.uri?.startsWith('http') && (
        <a
          href={document.uri}
          target="_blank"
          rel="noreferrer"
          className="link inline-flex items-center gap-1"
        >
          {document.uri}
          <ExternalLink aria-hidden className="size-3" />
        </a>
      )}
      <span>{formatBytes(document.bytes)}</span>
      <span>
        changed <Moment at={document.updatedAt} />
      </span>
    </p>
  );
}

function DocumentView({ document, span }: { document: DocumentDetail; span: Span | null }) {
  const text = document.text ?? '';
  const lines = useMemo(() => splitLines(text), [text]);
  const { headings } = document;
  const outside = span !== null && span.end > text.length;
  return (
    <>
      <PageHeader
        title={document.title}
        above={
          document.state === 'gone' && (
            <Badge>
              {document.goneReason === 'removed' ? 'taken out of search' : 'gone from its source, kept here'}
            </Badge>
          )
        }
        intro={<Origin document={document} />}
      />
      {document.problem && (
        <div className="mb-6">
          <ProblemNotice error={document.problem} />
        </div>
      )}
      {outside && (
        <div className="mb-6">
          <ProblemNotice
            error={{
              message: 'The document has changed: the passage that this link quotes is not there any more.',
            }}
          />
        </div>
      )}
      {text === '' ? (
        <EmptyState title="There is no text">
          {document.state === 'pending'
            ? 'The document is still being read.'
            : 'Nothing could be read from it.'}
        </EmptyState>
      ) : (
        <div
          className={headings.length > 1 ? 'grid items-start gap-8 xl:grid-cols-[minmax(0,1fr)_15rem]' : ''}
        >
          <Panel
            title="Text"
            aside={
              span && !outside ? (
                <span className="inline-flex items-center gap-1.5">
                  <Quote aria-hidden className="size-3" />
                  quoted passage marked
                </span>
              ) : (
                count(lines.length, 'line')
              )
            }
          >
            <DocumentText
              key={`${document.id} ${span?.start} ${span?.end}`}
              lines={lines}
              headings={headings}
              pages={document.pages}
              span={outside ? null : span}
            />
          </Panel>
          {headings.length > 1 && (
            <div className="hidden xl:sticky xl:top-8 xl:block">
              <Outline headings={headings} />
            </div>
          )}
        </div>
      )}
    </>
  );
}

/** A document as it is stored; `?start&end` opens it at a quoted passage. */
export function DocumentPage() {
  const { id } = route.useParams();
  const { start, end } = route.useSearch();
  const span = useMemo(
    () => (start !== undefined && end !== undefined && start >= 0 && end > start ? { start, end } : null),
    [start, end],
  );
  return (
    <Loaded query={useDocument(id)}>{(document) => <DocumentView document={document} span={span} />}</Loaded>
  );
}
