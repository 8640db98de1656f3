import { Plus, X } from 'lucide-react';
import { useDeferredValue, useState } from 'react';
import type { SearchHit } from '../../api/types.ts';
import { Field, Input } from '../../ui/field.tsx';
import { ProblemNotice } from '../../ui/notice.tsx';
import { placeOf } from './place.ts';
import { usePassage, useSearch } from './queries.ts';

export interface Citation {
  documentId: string;
  start: number;
  end: number;
  quote: string;
  title: string;
}

const OFFERED = 4;

/** Finds passages in the documents that give a reason. The quotation is the exact text of its span. */
export function CitationPicker({
  citations,
  onChange,
}: {
  citations: Citation[];
  onChange: (citations: Citation[]) => void;
}) {
  const [text, setText] = useState('');
  const query = useSearch(useDeferredValue(text), OFFERED);
  const passage = usePassage();
  const cite = ({ documentId, title, span: { start, end } }: SearchHit): void => {
    const add = (quote: string): void => {
      onChange([...citations, { documentId, start, end, quote, title }]);
      setText('');
    };
    passage.mutate({ documentId, start, end }, { onSuccess: add });
  };
  const offered = text.trim() === '' ? [] : (query.data?.items ?? []);
  return (
    <div className="grid grid-cols-1 gap-2">
      <Field label="Cite documents (optional)">
        {(ids) => (
          <Input
            {...ids}
            type="search"
            placeholder="Search for a passage"
            value={text}
            onChange={({ target }) => setText(target.value)}
          />
        )}
      </Field>
      {offered.length > 0 && (
        <ul className="divide-y divide-line rounded-lg border border-line">
          {offered.map((hit) => (
            <li key={hit.chunkId}>
              <button
                type="button"
                className="flex w-full items-start gap-2 px-3 py-2 text-left hover:bg-hover"
                disabled={passage.isPending}
                onClick={() => cite(hit)}
              >
                <Plus aria-hidden className="mt-0.5 size-4 shrink-0 text-muted" />
                <span className="min-w-0">
                  <span className="block truncate text-sm font-medium">
                    {hit.title} <span className="text-xs font-normal text-muted">{placeOf(hit.span)}</span>
                  </span>
                  <span className="line-clamp-2 text-xs text-muted">{hit.excerpt}</span>
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {passage.error && <ProblemNotice error={passage.error} />}
      {citations.map((citation) => (
        <p
          key={`${citation.documentId} ${citation.start}`}
          className="flex items-start gap-2 border-l-2 border-mark-line pl-2.5 text-sm"
        >
          <span className="min-w-0 flex-1">
            <span className="font-medium">{citation.title}</span>
            <span className="line-clamp-2 text-xs text-muted">{citation.quote}</span>
          </span>
          <button
            type="button"
            aria-label={`Remove the citation of ${citation.title}`}
            className="rounded p-1 text-muted hover:bg-hover hover:text-ink"
            onClick={() => onChange(citations.filter((one) => one !== citation))}
          >
            <X aria-hidden className="size-3.5" />
          </button>
        </p>
      ))}
    </div>
  );
}
