import { getRouteApi } from '@tanstack/react-router';
import { type FormEvent, useEffect, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { classNames } from '../../ui/class-names.ts';
import { PageHeader } from '../../ui/page.tsx';
import { Answer } from './answer.tsx';
import { useAsk } from './ask-stream.ts';
import { SearchResults } from './search-results.tsx';

const route = getRouteApi('/shell/knowledge');

const MODES = [
  { mode: undefined, label: 'Ask' },
  { mode: 'search', label: 'Search' },
] as const;

/** One line for a question or for words; both are part of the address, so that a link repeats them. */
export function KnowledgePage() {
  const { q = '', mode } = route.useSearch();
  const navigate = route.useNavigate();
  const [text, setText] = useState(q);
  const { conversation, start } = useAsk();
  const searching = mode === 'search';

  // The address is what counts: a question in it is asked, whether it was typed here or came with a link.
  const asked = conversation?.question;
  useEffect(() => setText(q), [q]);
  useEffect(() => {
    if (!searching && q !== '' && q !== asked) start(q);
  }, [q, searching, asked, start]);

  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const wanted = text.trim();
    if (wanted === '') return;
    if (wanted === q && !searching) start(wanted);
    else navigate({ search: { q: wanted, mode } });
  };
  return (
    <div className="mx-auto max-w-3xl">
      <PageHeader
        title="Search & ask"
        intro="Answers are quotations from your documents, each with a link to the place where it stands. What isn't there is not made up."
      />
      <form onSubmit={submit} className="mb-6 grid grid-cols-1 gap-2.5">
        <div className="flex gap-2">
          <input
            type="search"
            aria-label={searching ? 'Words to search for' : 'Your question'}
            placeholder={searching ? 'Words to search for' : 'Why did we choose PostgreSQL?'}
            maxLength={2000}
            value={text}
            onChange={({ target }) => setText(target.value)}
            className="field h-11 text-lg"
          />
          <Button type="submit" look="primary" className="h-11" disabled={text.trim() === ''}>
            {searching ? 'Search' : 'Ask'}
          </Button>
        </div>
        <fieldset className="flex gap-1">
          <legend className="sr-only">Ask or search</legend>
          {MODES.map(({ mode: id, label }) => (
            <button
              key={label}
              type="button"
              aria-pressed={mode === id}
              onClick={() => navigate({ search: { q: text.trim() || undefined, mode: id } })}
              className={classNames(
                'rounded-md px-2.5 py-1 text-xs font-medium',
                mode === id ? 'bg-hover' : 'text-muted hover:text-ink',
              )}
            >
              {label}
            </button>
          ))}
        </fieldset>
      </form>
      {searching ? <SearchResults query={q} /> : conversation && <Answer conversation={conversation} />}
    </div>
  );
}
