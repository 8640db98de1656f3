import { Link } from '@tanstack/react-router';
import type { SearchHit } from '../../api/types.ts';
import { count } from '../../ui/format.ts';
import { Loaded } from '../../ui/loaded.tsx';
import { EmptyState } from '../../ui/notice.tsx';
import { placeOf } from './place.ts';
import { useSearch } from './queries.ts';

const WORD = /[\p{L}\p{N}]+/gu;

/** The excerpt with the words of the query set off. */
function Excerpt({ text, query }: { text: string; query: string }) {
  const words = new Set((query.toLowerCase().match(WORD) ?? []).filter((word) => word.length > 1));
  const parts = text.trim().split(/([\p{L}\p{N}]+)/u);
  return (
    <p className="mt-1 line-clamp-4 text-sm break-words whitespace-pre-line text-muted">
      {parts.map((part, index) =>
        words.has(part.toLowerCase()) ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text have no other name than their place.
          <mark key={index} className="rounded-sm bg-mark px-0.5 text-ink">
            {part}
          </mark>
        ) : (
          part
        ),
      )}
    </p>
  );
}

function Hit({ hit, query }: { hit: SearchHit; query: string }) {
  return (
    <li className="px-4 py-3.5">
      <Link
        to="/documents/$id"
        params={{ id: hit.documentId }}
        search={{ start: hit.span.start, end: hit.span.end }}
        className="font-semibold hover:underline"
      >
        {hit.title}
      </Link>
      <p className="text-xs break-words text-muted">
        {[hit.path, placeOf(hit.span)].filter(Boolean).join(' · ')}
      </p>
      <Excerpt text={hit.excerpt} query={query} />
    </li>
  );
}

/** The documents in which a query's words stand, each by its best passage. */
export function SearchResults({ query: q }: { query: string }) {
  const query = useSearch(q);
  if (q.trim() === '') return null;
  return (
    <Loaded query={query}>
      {({ items, index, tookMs }) => (
        <div className="grid grid-cols-1 gap-3" data-results={items.length}>
          <p role="status" className="text-xs text-muted">
            {count(items.length, 'document')} in {Math.max(1, Math.round(tookMs))} ms
            {index.pending > 0 && ` · ${count(index.pending, 'document')} not searchable yet`}
          </p>
          {items.length === 0 ? (
            <EmptyState title="No document has these words">Try fewer or other ones.</EmptyState>
          ) : (
            <ul className="divide-y divide-line rounded-xl border border-line bg-surface">
              {items.map((hit) => (
                <Hit key={hit.chunkId} hit={hit} query={q} />
              ))}
            </ul>
          )}
        </div>
      )}
    </Loaded>
  );
}
