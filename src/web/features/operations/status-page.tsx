import { Link } from '@tanstack/react-router';
import { useSession } from '../../app/session.ts';
import { buttonClass } from '../../ui/button.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { EmptyState } from '../../ui/notice.tsx';
import { PageHeader } from '../../ui/page.tsx';
import { AlertsPanel } from './alerts-panel.tsx';
import { HealthPanel } from './health-panel.tsx';
import { ObjectivesPanel } from './objectives-panel.tsx';
import { NotedRequests, RequestsPanel } from './requests-panel.tsx';
import { TimelinePanel } from './timeline-panel.tsx';
import { useOperations, useRequestTimes, useTimeline } from './watch-queries.ts';
import { JobsPanel, ProcessesPanel, WorkFacts } from './work-panels.tsx';

const STATUS: Record<string, string> = {
  ok: 'Everything works',
  degraded: 'Something does not work fully',
  down: 'An essential part is lost',
  draining: 'This process is about to stop',
};

function Overview() {
  const overview = useOperations();
  const requests = useRequestTimes();
  const timeline = useTimeline();
  const { version, release, status } = overview.data ?? {};
  const running = version && `Version ${version}${release ? `, release ${release}` : ''}. `;
  return (
    <>
      <PageHeader
        title="Operations"
        intro={status ? `${running}${STATUS[status] ?? status}.` : 'What the installation knows of itself.'}
        actions={
          <Link to="/backups" className={buttonClass()}>
            Backups
          </Link>
        }
      />
      <div className="grid max-w-6xl grid-cols-1 gap-6">
        <Loaded query={overview}>
          {(data) => (
            <>
              <AlertsPanel alerts={data.alerts} />
              <WorkFacts jobs={data.jobs} backups={data.backups} />
              <div className="grid grid-cols-1 items-start gap-6 xl:grid-cols-2">
                <HealthPanel components={data.components} />
                <ObjectivesPanel objectives={data.objectives} />
              </div>
              <JobsPanel kinds={data.jobs.kinds} />
              <ProcessesPanel processes={data.processes} />
            </>
          )}
        </Loaded>
        <Loaded query={requests}>
          {(data) => (
            <>
              <RequestsPanel times={data} />
              <NotedRequests noted={data.noted} />
            </>
          )}
        </Loaded>
        <Loaded query={timeline}>{({ items }) => <TimelinePanel entries={items} />}</Loaded>
      </div>
    </>
  );
}

/** How the installation is, from its own data; for its admins. */
export function StatusPage() {
  const session = useSession();
  if (session.data?.user.admin) return <Overview />;
  return (
    <>
      <PageHeader title="Operations" />
      {session.data && (
        <EmptyState title="This page is for who looks after the installation">
          Ask an admin how it is.
        </EmptyState>
      )}
    </>
  );
}
