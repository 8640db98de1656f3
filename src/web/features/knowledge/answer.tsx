import { LoaderCircle, SearchX, TriangleAlert } from 'lucide-react';
import type { Quotation, Sentence } from '../../api/types.ts';
import { count } from '../../ui/format.ts';
import { ProblemNotice } from '../../ui/notice.tsx';
import type { Conversation } from './ask-stream.ts';
import { QuotationList } from './quotation-list.tsx';

/** One sentence of a written answer with its citations; what no quotation supports says so. */
function AnswerSentence({ sentence }: { sentence: Sentence }) {
  return (
    <span className={sentence.supported ? '' : 'text-muted'}>
      {sentence.text}
      {sentence.citations.map(({ n }) => (
        <a
          key={n}
          href={`#quotation-${n}`}
          aria-label={`Quotation ${n}`}
          className="ml-0.5 rounded bg-accent-soft px-1 align-super text-[0.6875rem] font-semibold text-accent tabular-nums hover:underline"
        >
          {n}
        </a>
      ))}
      {!sentence.supported && (
        <span className="ml-1.5 inline-flex items-center gap-1 rounded bg-caution-soft px-1.5 text-xs text-assess">
          <TriangleAlert aria-hidden className="size-3" />
          not supported by the documents
        </span>
      )}{' '}
    </span>
  );
}

function NotFound({ conversation }: { conversation: Conversation }) {
  const { answer } = conversation;
  if (!answer) return null;
  const { documents, chunks, terms } = answer.lookedAt;
  return (
    <div className="rounded-xl border border-line bg-surface px-5 py-4">
      <p className="flex items-center gap-2 font-medium">
        <SearchX aria-hidden className="size-4 text-muted" />
        {answer.message || 'Not found in your documents.'}
      </p>
      <p className="mt-1 text-sm text-muted">
        Looked at {count(documents, 'document')} and {count(chunks, 'passage')}
        {terms.length > 0 && <> for {terms.map((term) => `“${term}”`).join(', ')}</>}.
      </p>
    </div>
  );
}

function Quotations({ quotations, cited }: { quotations: Quotation[]; cited: boolean }) {
  if (quotations.length === 0) return null;
  return (
    <section aria-label="Quotations" className="grid grid-cols-1 gap-3">
      <h2 className="text-sm font-semibold">
        {cited ? 'Quoted from' : `${count(quotations.length, 'passage')} in your documents`}
      </h2>
      <QuotationList quotations={quotations} />
    </section>
  );
}

/** What is known so far of the answer to a question. */
export function Answer({ conversation }: { conversation: Conversation }) {
  const { state, sentences, quotations, answer, problem } = conversation;
  const notFound = answer !== undefined && !answer.answered;
  return (
    <section
      aria-label="Answer"
      aria-busy={state === 'asking'}
      className="grid grid-cols-1 gap-5"
      data-answer={state}
    >
      {sentences.length > 0 && (
        <p className="text-lg leading-relaxed">
          {sentences.map((sentence, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: sentences are only ever added at the end.
            <AnswerSentence key={index} sentence={sentence} />
          ))}
        </p>
      )}
      <div role="status" className="empty:hidden">
        {state === 'asking' && (
          <p className="flex items-center gap-2 text-muted">
            <LoaderCircle aria-hidden className="size-4 animate-spin" />
            {quotations.length > 0 ? 'Writing …' : 'Looking through your documents …'}
          </p>
        )}
        {notFound && <NotFound conversation={conversation} />}
      </div>
      {problem && <ProblemNotice error={problem} />}
      {!notFound && <Quotations quotations={quotations} cited={sentences.length > 0} />}
    </section>
  );
}
