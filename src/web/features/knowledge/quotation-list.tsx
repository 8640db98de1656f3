import { Link } from '@tanstack/react-router';
import { ArrowUpRight } from 'lucide-react';
import type { Quotation } from '../../api/types.ts';
import { placeOf } from './place.ts';

/** Passages as they stand in the documents, each with its place and a link that opens it there. */
export function QuotationList({ quotations }: { quotations: Quotation[] }) {
  return (
    <ol className="grid grid-cols-1 gap-3">
      {quotations.map((quotation) => (
        <li
          key={quotation.n}
          id={`quotation-${quotation.n}`}
          className="rounded-xl border border-line bg-surface target:border-mark-line"
        >
          <Link
            to="/documents/$id"
            params={{ id: quotation.documentId }}
            search={{ start: quotation.start, end: quotation.end }}
            className="group flex items-baseline gap-2.5 px-4 pt-3"
          >
            <span className="flex size-5 shrink-0 items-center justify-center self-center rounded-md bg-sunken text-xs font-semibold text-muted tabular-nums">
              {quotation.n}
            </span>
            <span className="min-w-0">
              <span className="font-medium group-hover:underline">{quotation.title}</span>{' '}
              <span className="text-xs text-muted">{placeOf(quotation)}</span>
            </span>
            <ArrowUpRight aria-hidden className="ml-auto size-4 shrink-0 self-center text-muted" />
          </Link>
          <blockquote className="mx-4 mt-2 mb-3.5 max-h-64 overflow-hidden border-l-2 border-mark-line pl-3 text-sm break-words whitespace-pre-line">
            {quotation.quote.trim()}
          </blockquote>
        </li>
      ))}
    </ol>
  );
}
