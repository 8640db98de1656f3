import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { jobTitle } from '../../api/follow-job.ts';
import type { Operations } from '../../api/types.ts';
import { formatBytes, formatNumber, formatSeconds, formatShare } from '../../ui/format.ts';
import { Moment } from '../../ui/moment.tsx';
import { Panel } from '../../ui/page.tsx';
import { Table } from '../../ui/table.tsx';

function Fact({ name, children, hint }: { name: string; children: ReactNode; hint: ReactNode }) {
  return (
    <div className="min-w-0 bg-surface px-4 py-3">
      <dt className="text-xs text-muted">{name}</dt>
      <dd className="mt-0.5 text-lg font-semibold tabular-nums">{children}</dd>
      <dd className="text-xs wrap-anywhere text-muted">{hint}</dd>
    </div>
  );
}

/** What waits, and what coming back would cost. */
export function WorkFacts({ jobs, backups }: Pick<Operations, 'jobs' | 'backups'>) {
  const { queued, running, failed, oldestQueuedSeconds, workers } = jobs;
  const { newestVerifiedAt, newestAt, offSiteAt, stale } = backups;
  const waits = queued > 0 ? `the oldest for ${formatSeconds(oldestQueuedSeconds)}` : 'nothing waits';
  return (
    <Panel className="overflow-hidden">
      <dl className="grid grid-cols-1 gap-px bg-line sm:grid-cols-2 xl:grid-cols-4">
        <Fact name="Jobs" hint={`${formatNumber(running)} at work; ${waits}`}>
          <Link to="/jobs" className="hover:underline">
            {formatNumber(queued)} waiting
          </Link>
        </Fact>
        <Fact name="Failed jobs" hint={failed > 0 ? 'they wait for a person' : 'none waits for a person'}>
          <Link to="/jobs" className={failed > 0 ? 'text-hold hover:underline' : 'hover:underline'}>
            {formatNumber(failed)}
          </Link>
        </Fact>
        <Fact name="Workers" hint={workers > 0 ? 'take jobs' : 'background work waits'}>
          {formatNumber(workers)}
        </Fact>
        <Fact
          name="Newest verified backup"
          hint={
            stale ? (
              'one that the schedule wanted is missing'
            ) : offSiteAt ? (
              <>
                elsewhere <Moment at={offSiteAt} />
              </>
            ) : (
              'not copied elsewhere'
            )
          }
        >
          <Link to="/backups" className="hover:underline">
            {newestVerifiedAt ? <Moment at={newestVerifiedAt} /> : newestAt ? 'none verified' : 'none'}
          </Link>
        </Fact>
      </dl>
    </Panel>
  );
}

/** Kinds of which any job waits, runs or has failed, of all projects. */
export function JobsPanel({ kinds }: Pick<Operations['jobs'], 'kinds'>) {
  if (kinds.length === 0) return null;
  return (
    <Panel title="Jobs" aside="of all projects">
      <Table
        label="Jobs by kind"
        head={['Kind', 'Waiting', 'At work', 'Failed']}
        rows={kinds.map(({ kind, queued, running, failed }) => ({
          key: kind,
          cells: [jobTitle(kind), formatNumber(queued), formatNumber(running), formatNumber(failed)],
        }))}
      />
    </Panel>
  );
}

/** Every process that has told of itself of late. */
export function ProcessesPanel({ processes }: Pick<Operations, 'processes'>) {
  return (
    <Panel title="Processes" aside="as they told in the last seconds">
      {processes.length === 0 ? (
        <p className="p-4 text-muted">None has told of itself yet; it takes a few seconds after the start.</p>
      ) : (
        <Table
          label="Processes"
          head={['Process', 'Version', 'Started', 'Memory', 'Processor', 'Event loop, p99', 'Connections']}
          rows={processes.map(({ role, host, processId, version, release, startedAt, figures }) => {
            const { total, idle, max, waiting } = figures.connections;
            return {
              key: `${host}:${processId}:${startedAt}`,
              cells: [
                `${role} ${host}:${processId}`,
                release ? `${version}, ${release}` : version,
                <Moment key="started" at={startedAt} />,
                formatBytes(figures.residentBytes),
                formatShare(figures.cpu),
                `${figures.eventLoopP99Ms} ms`,
                `${total - idle} of ${max}${waiting > 0 ? `, ${waiting} wait` : ''}`,
              ],
            };
          })}
        />
      )}
    </Panel>
  );
}
