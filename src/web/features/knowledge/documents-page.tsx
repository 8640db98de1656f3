import { Link } from '@tanstack/react-router';
import { EyeOff, RotateCw, Undo2 } from 'lucide-react';
import { useDeferredValue, useState } from 'react';
import type { DocumentSummary } from '../../api/types.ts';
import { useMay } from '../../app/session.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Input, Select } from '../../ui/field.tsx';
import { formatBytes } from '../../ui/format.ts';
import { Moment } from '../../ui/moment.tsx';
import { EmptyState, Loading, ProblemNotice } from '../../ui/notice.tsx';
import { PageHeader } from '../../ui/page.tsx';
import { AddDocuments } from './add-documents.tsx';
import {
  type DocumentFilter,
  type DocumentSource,
  type DocumentState,
  useDocuments,
  useRemoveDocument,
  useRestoreDocument,
  useRetryDocument,
} from './queries.ts';

const STATES = {
  pending: { tone: 'accent', name: 'being read' },
  ready: { tone: 'positive', name: 'ready' },
  failed: { tone: 'danger', name: 'failed' },
  gone: { tone: 'neutral', name: 'gone' },
} as const satisfies Record<DocumentState, { tone: string; name: string }>;

const SOURCES: Record<DocumentSource, string> = {
  repository: 'Repository',
  upload: 'Upload',
  url: 'URL',
  api: 'API',
};

function Actions({ document }: { document: DocumentSummary }) {
  const retry = useRetryDocument();
  const restore = useRestoreDocument();
  const remove = useRemoveDocument();
  const error = retry.error ?? restore.error ?? remove.error;
  return (
    <div className="flex flex-wrap items-center justify-end gap-2">
      {error && (
        <span role="alert" className="text-xs text-hold">
          {error.message}
        </span>
      )}
      {document.state === 'failed' && (
        <Button small disabled={retry.isPending} onClick={() => retry.mutate(document.id)}>
          <RotateCw aria-hidden className="size-3" />
          Retry
        </Button>
      )}
      {document.state === 'gone' ? (
        <Button small disabled={restore.isPending} onClick={() => restore.mutate(document.id)}>
          <Undo2 aria-hidden className="size-3" />
          Restore
        </Button>
      ) : (
        <button
          type="button"
          title="Take it out of search; it can be restored"
          aria-label={`Take ${document.title} out of search`}
          disabled={remove.isPending}
          onClick={() => remove.mutate(document.id)}
          className="rounded-md p-1.5 text-muted hover:bg-hover hover:text-ink"
        >
          <EyeOff aria-hidden className="size-3.5" />
        </button>
      )}
    </div>
  );
}

function DocumentRow({ document }: { document: DocumentSummary }) {
  const editor = useMay('editor');
  const state = STATES[document.state];
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1.5 px-4 py-2.5">
      <div className="min-w-0 flex-1 basis-60">
        <p className="flex flex-wrap items-center gap-2">
          <Link
            to="/documents/$id"
            params={{ id: document.id }}
            className="min-w-0 font-medium break-words hover:underline"
          >
            {document.title}
          </Link>
          {document.state !== 'ready' && <Badge tone={state.tone}>{state.name}</Badge>}
          {document.state === 'ready' && document.indexState === 'dirty' && (
            <Badge tone="accent">not searchable yet</Badge>
          )}
        </p>
        <p className="text-xs wrap-anywhere text-muted">
          {[SOURCES[document.source], document.path ?? document.uri, formatBytes(document.bytes)]
            .filter(Boolean)
            .join(' · ')}{' '}
          · <Moment at={document.updatedAt} />
        </p>
        {document.problem && (
          <p className="mt-0.5 text-sm text-hold">
            {document.problem.message} {document.problem.remedy}
          </p>
        )}
      </div>
      {editor && <Actions document={document} />}
    </li>
  );
}

function DocumentList({ filter }: { filter: DocumentFilter }) {
  const query = useDocuments(filter);
  if (query.isError) return <ProblemNotice error={query.error} onRetry={() => query.refetch()} />;
  if (query.isPending) return <Loading label="Loading the documents" />;
  const documents = query.data.pages.flatMap(({ items }) => items);
  if (documents.length === 0) {
    return Object.keys(filter).length > 0 ? (
      <EmptyState title="No document matches" />
    ) : (
      <EmptyState title="No documents yet">
        They come from tracked repositories, from files that you add here, and from addresses.
      </EmptyState>
    );
  }
  return (
    <>
      <ul className="divide-y divide-line rounded-xl border border-line bg-surface">
        {documents.map((document) => (
          <DocumentRow key={document.id} document={document} />
        ))}
      </ul>
      {query.hasNextPage && (
        <div className="mt-4 text-center">
          <Button disabled={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
            Show more
          </Button>
        </div>
      )}
    </>
  );
}

/** Every document that can be searched, could not be read, or has left its source. */
export function DocumentsPage() {
  const editor = useMay('editor');
  const [text, setText] = useState('');
  const [state, setState] = useState<DocumentState | ''>('');
  const [source, setSource] = useState<DocumentSource | ''>('');
  const q = useDeferredValue(text.trim());
  const filter: DocumentFilter = {
    ...(q === '' ? {} : { q }),
    ...(state === '' ? {} : { state }),
    ...(source === '' ? {} : { source }),
  };
  return (
    <>
      <PageHeader
        title="Documents"
        intro="What can be searched and quoted. A document that leaves its source is kept, and can be restored."
      />
      {editor && <AddDocuments />}
      <search className="mb-4 flex flex-wrap gap-2">
        <Input
          type="search"
          aria-label="Filter by title or path"
          placeholder="Filter by title or path"
          className="h-9 min-w-48 flex-1 text-sm sm:max-w-64"
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
        <Select
          aria-label="State"
          value={state}
          onChange={({ target }) => setState(target.value as DocumentState | '')}
        >
          <option value="">All states</option>
          {Object.entries(STATES).map(([id, { name }]) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </Select>
        <Select
          aria-label="Source"
          value={source}
          onChange={({ target }) => setSource(target.value as DocumentSource | '')}
        >
          <option value="">All sources</option>
          {Object.entries(SOURCES).map(([id, name]) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </Select>
      </search>
      <DocumentList filter={filter} />
    </>
  );
}
