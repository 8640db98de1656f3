import { useState } from 'react';
import type { RequestTimes } from '../../api/types.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { count, formatNumber } from '../../ui/format.ts';
import { Moment } from '../../ui/moment.tsx';
import { Panel } from '../../ui/page.tsx';
import { Table } from '../../ui/table.tsx';

const SHOWN_ROUTES = 12;
const SHOWN_NOTED = 10;

const ms = (value: number | null): string =>
  value === null ? '–' : value < 10 ? `${value.toFixed(1)} ms` : `${formatNumber(Math.round(value))} ms`;

/** What was asked in the last hour, and how fast it was answered. */
export function RequestsPanel({ times }: { times: RequestTimes }) {
  const { all, routes } = times;
  return (
    <Panel title="Requests" aside={`${count(all.requests, 'request')} in the last hour`}>
      {routes.length === 0 ? (
        <p className="p-4 text-muted">Nothing was asked in the last hour.</p>
      ) : (
        <Table
          label="Requests by route"
          head={['Route', 'Requests', 'p50', 'p95', 'p99', 'Failed']}
          rows={[{ method: '', route: 'All', ...all }, ...routes.slice(0, SHOWN_ROUTES)].map((one) => ({
            key: `${one.method} ${one.route}`,
            cells: [
              one.method ? <code key="route">{`${one.method} ${one.route}`}</code> : 'All',
              formatNumber(one.requests),
              ms(one.p50Ms),
              ms(one.p95Ms),
              ms(one.p99Ms),
              formatNumber(one.failed),
            ],
          }))}
        />
      )}
    </Panel>
  );
}

type Noted = RequestTimes['noted'][number];

const PARTS: Record<string, string> = {
  databaseMs: 'database',
  connectionMs: 'waiting for a connection',
  cacheMs: 'Redis',
  indexMs: 'retrieval index',
  modelMs: 'language model',
  restMs: 'own work',
};

/** "database 40 ms · own work 3 ms", the largest first. */
function partsText(parts: Noted['parts']): string {
  return Object.entries(PARTS)
    .map(([key, name]) => ({ name, time: parts[key] ?? 0 }))
    .filter(({ time }) => time >= 1)
    .sort((a, b) => b.time - a.time)
    .map(({ name, time }) => `${name} ${ms(time)}`)
    .join(' · ');
}

/** Requests that are worth a look each; the id leads to the log. */
export function NotedRequests({ noted }: { noted: Noted[] }) {
  const [all, setAll] = useState(false);
  const hidden = all ? 0 : Math.max(0, noted.length - SHOWN_NOTED);
  return (
    <Panel title="Slow and failed requests" aside="of seven days">
      {noted.length === 0 ? (
        <p className="p-4 text-muted">There was none.</p>
      ) : (
        <ul className="divide-y divide-line">
          {noted
            .slice(0, SHOWN_NOTED)
            .map(({ at, why, method, route, status, durationMs, requestId, parts }) => (
              <li key={requestId} data-request={requestId} className="px-4 py-2.5">
                <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
                  <Badge tone={why === 'failed' ? 'danger' : 'caution'}>
                    {why === 'failed' ? `failed, ${status}` : ms(durationMs)}
                  </Badge>
                  <code className="min-w-0 text-sm break-all">
                    {method} {route}
                  </code>
                  <span className="ml-auto text-xs text-muted">
                    <Moment at={at} />
                  </span>
                </div>
                <p className="mt-0.5 text-xs break-words text-muted">
                  {why === 'failed' && `${ms(durationMs)} · `}
                  {partsText(parts)}
                  {partsText(parts) && ' · '}request <code className="select-all">{requestId}</code>
                </p>
              </li>
            ))}
        </ul>
      )}
      {hidden > 0 && (
        <div className="border-t border-line p-3 text-center">
          <Button small onClick={() => setAll(true)}>
            Show {hidden} more
          </Button>
        </div>
      )}
    </Panel>
  );
}
