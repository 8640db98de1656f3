import { Download, X } from 'lucide-react';
import { useState } from 'react';
import { useMay } from '../../app/session.ts';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Input, Select } from '../../ui/field.tsx';
import { EmptyState, Loading, ProblemNotice } from '../../ui/notice.tsx';
import { PageHeader } from '../../ui/page.tsx';
import { useMembers } from '../people/queries.ts';
import { ACTIONS } from './actions.ts';
import { EntryRow } from './entry-row.tsx';
import { type ActivityEntry, type ActivityFilter, exportAddress, useActivity } from './queries.ts';

/** The same filter with other parts; what is empty filters nothing. */
function changed(filter: ActivityFilter, parts: ActivityFilter): ActivityFilter {
  return Object.fromEntries(Object.entries({ ...filter, ...parts }).filter(([, value]) => value !== ''));
}

/** The days that were chosen, in the reader's time zone, as the moments between which they lie. */
function toMoments(filter: ActivityFilter): ActivityFilter {
  return {
    ...filter,
    ...(filter.from ? { from: new Date(`${filter.from}T00:00:00`).toISOString() } : {}),
    ...(filter.to ? { to: new Date(`${filter.to}T23:59:59.999`).toISOString() } : {}),
  };
}

/** A part of the filter that was chosen in the list, with a way to take it back. */
function Chip({ label, onRemove }: { label: string; onRemove: () => void }) {
  return (
    <Button small onClick={onRemove} aria-label={`No longer only ${label}`}>
      {label}
      <X aria-hidden className="size-3" />
    </Button>
  );
}

function Filters({
  filter,
  onChange,
}: {
  filter: ActivityFilter;
  onChange: (parts: ActivityFilter) => void;
}) {
  const members = useMembers().data?.items ?? [];
  const { actor = '', subject } = filter;
  const known = members.some(({ userId }) => userId === actor);
  return (
    <search className="mb-4 flex flex-wrap items-center gap-2">
      <Select
        aria-label="What was done"
        value={filter.action ?? ''}
        onChange={({ target }) => onChange({ action: target.value })}
      >
        <option value="">Everything done</option>
        {Object.entries(ACTIONS).map(([id, name]) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </Select>
      <Select
        aria-label="By whom"
        value={known ? actor : ''}
        onChange={({ target }) => onChange({ actor: target.value })}
      >
        <option value="">By anybody</option>
        {members.map(({ userId, name }) => (
          <option key={userId} value={userId}>
            {name}
          </option>
        ))}
      </Select>
      {(['from', 'to'] as const).map((side) => (
        <span key={side} className="flex items-center gap-2 text-sm text-muted">
          <span aria-hidden>{side}</span>
          <Input
            type="date"
            aria-label={side === 'from' ? 'From the day' : 'To the day'}
            className="h-9 w-auto text-sm"
            value={filter[side] ?? ''}
            onChange={({ target }) => onChange({ [side]: target.value })}
          />
        </span>
      ))}
      {actor !== '' && !known && <Chip label="one actor" onRemove={() => onChange({ actor: '' })} />}
      {subject && <Chip label={`about ${subject.slice(0, 8)}`} onRemove={() => onChange({ subject: '' })} />}
    </search>
  );
}

function EntryList({
  filter,
  onFilter,
}: {
  filter: ActivityFilter;
  onFilter: (parts: ActivityFilter) => void;
}) {
  const query = useActivity(filter);
  if (query.isError) return <ProblemNotice error={query.error} onRetry={() => query.refetch()} />;
  if (query.isPending) return <Loading label="Loading the activity" />;
  const entries: ActivityEntry[] = query.data.pages.flatMap(({ items }) => items);
  if (entries.length === 0) {
    return (
      <EmptyState title={Object.keys(filter).length > 0 ? 'Nothing matches these filters' : 'Nothing yet'} />
    );
  }
  return (
    <>
      <ol className="divide-y divide-line rounded-xl border border-line bg-surface">
        {entries.map((entry) => (
          <EntryRow key={entry.id} entry={entry} onFilter={onFilter} />
        ))}
      </ol>
      {query.hasNextPage && (
        <div className="mt-4 text-center">
          <Button disabled={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
            Show earlier
          </Button>
        </div>
      )}
    </>
  );
}

/** Who changed what, when and from where. It can be read and saved, and not be edited. */
export function ActivityPage() {
  const owner = useMay('owner');
  const [filter, setFilter] = useState<ActivityFilter>({});
  const asked = toMoments(filter);
  const change = (parts: ActivityFilter): void => setFilter((before) => changed(before, parts));
  return (
    <>
      <PageHeader
        title="Activity"
        intro="Who changed what in this project, when and from where. Nobody can edit it."
        actions={
          owner && (
            <a href={exportAddress(asked)} download className={buttonClass()}>
              <Download aria-hidden className="size-4" />
              Export as JSON lines
            </a>
          )
        }
      />
      <div className="max-w-5xl">
        <Filters filter={filter} onChange={change} />
        <EntryList filter={asked} onFilter={change} />
      </div>
    </>
  );
}
