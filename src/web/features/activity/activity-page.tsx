import { Download } from 'lucide-react';
import { useState } from 'react';
import { useMay } from '../../app/session.ts';
import { Button, buttonClass } from '../../ui/button.tsx';
import { EmptyState, Loading, ProblemNotice } from '../../ui/notice.tsx';
import { PageHeader } from '../../ui/page.tsx';
import { ActivityFilters } from './activity-filters.tsx';
import { EntryRow } from './entry-row.tsx';
import { type ActivityFilter, exportAddress, type Log, useActivity } from './queries.ts';
import { useSubjectNames } from './subject-names.ts';

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

function EntryList({
  log,
  filter,
  onFilter,
}: {
  log: Log;
  filter: ActivityFilter;
  onFilter: (parts: ActivityFilter) => void;
}) {
  const nameOf = useSubjectNames();
  const query = useActivity(log, filter);
  if (query.isError) return <ProblemNotice error={query.error} onRetry={() => query.refetch()} />;
  if (query.isPending) return <Loading label="Loading the activity" />;
  const entries = query.data.pages.flatMap(({ items }) => items);
  if (entries.length === 0) {
    return (
      <EmptyState title={Object.keys(filter).length > 0 ? 'Nothing matches these filters' : 'Nothing yet'} />
    );
  }
  return (
    <>
      <ol className="divide-y divide-line rounded-xl border border-line bg-surface">
        {entries.map((entry) => (
          <EntryRow key={entry.id} entry={entry} name={nameOf(entry)} onFilter={onFilter} />
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
  const [log, setLog] = useState<Log>('project');
  const [filter, setFilter] = useState<ActivityFilter>({});
  const asked = toMoments(filter);
  const change = (parts: ActivityFilter): void => setFilter((before) => changed(before, parts));
  return (
    <>
      <PageHeader
        title="Activity"
        intro={
          log === 'project'
            ? 'Who changed what in this project, when and from where. Nobody can edit it.'
            : 'What belongs to no project: sign-ins, passwords, users. Nobody can edit it.'
        }
        actions={
          (owner || log === 'installation') && (
            <a href={exportAddress(log, asked)} download className={buttonClass()}>
              <Download aria-hidden className="size-4" />
              Export as JSON lines
            </a>
          )
        }
      />
      <div className="max-w-5xl">
        <ActivityFilters log={log} onLog={setLog} filter={filter} onChange={change} />
        <EntryList log={log} filter={asked} onFilter={change} />
      </div>
    </>
  );
}
