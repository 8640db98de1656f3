import { DatabaseBackup } from 'lucide-react';
import { isActive } from '../../api/follow-job.ts';
import type { Backups } from '../../api/types.ts';
import { useSession } from '../../app/session.ts';
import { Button } from '../../ui/button.tsx';
import { JobRow } from '../../ui/job-row.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Moment } from '../../ui/moment.tsx';
import { EmptyState, ProblemNotice } from '../../ui/notice.tsx';
import { PageHeader, Panel } from '../../ui/page.tsx';
import { BackupFacts } from './backup-facts.tsx';
import { BackupSets, RestoreHelp } from './backup-sets.tsx';
import { DrillsPanel } from './drills-panel.tsx';
import { useBackUp, useBackups } from './queries.ts';

const STEPS: Record<string, string> = {
  create: 'Making a backup failed',
  verify: 'Verifying failed',
  copy: 'Copying elsewhere failed',
  prune: 'Removing old backups failed',
  check: 'Comparing the copy elsewhere failed',
};

function Failures({ backups }: { backups: Backups }) {
  const { failures, stale } = backups;
  return (
    <>
      {stale && (
        <ProblemNotice
          error={{
            message: 'A backup that the schedule wanted is missing.',
            remedy: 'See whether a worker runs, and what the last failure says; or back up now.',
          }}
        />
      )}
      {failures.map(({ step, message, remedy }) => (
        <ProblemNotice
          key={step}
          error={{ message: `${STEPS[step] ?? step}: ${message}`, remedy: remedy ?? undefined }}
        />
      ))}
    </>
  );
}

function Running({ backups }: { backups: Backups }) {
  const active = backups.jobs.filter(isActive);
  if (active.length === 0) return null;
  return (
    <Panel title="At work">
      <ul className="divide-y divide-line px-4">
        {active.map((job) => (
          <JobRow key={job.id} job={job}>
            {job.startedAt ? (
              <>
                started <Moment at={job.startedAt} />
              </>
            ) : (
              'waiting for a worker'
            )}
          </JobRow>
        ))}
      </ul>
    </Panel>
  );
}

function BackUpButton({ busy }: { busy: boolean }) {
  const backUp = useBackUp();
  return (
    <>
      {backUp.error && (
        <span role="alert" className="text-sm text-hold">
          {backUp.error.message}
        </span>
      )}
      <Button look="primary" disabled={busy || backUp.isPending} onClick={() => backUp.mutate()}>
        <DatabaseBackup aria-hidden className="size-4" />
        Back up now
      </Button>
    </>
  );
}

function Overview() {
  const query = useBackups();
  const busy = query.data?.jobs.some(isActive) ?? true;
  return (
    <>
      <PageHeader
        title="Backups"
        intro="Everything that is needed to come back. A backup counts when it has been restored beside the living data and found equal."
        actions={<BackUpButton busy={busy} />}
      />
      <Loaded query={query}>
        {(backups) => (
          <div className="grid max-w-5xl grid-cols-1 gap-6">
            <Failures backups={backups} />
            <Running backups={backups} />
            <BackupFacts backups={backups} />
            <BackupSets sets={backups.sets} busy={busy} />
            <DrillsPanel />
            <RestoreHelp newest={backups.sets.find(({ verification }) => verification?.held)} />
          </div>
        )}
      </Loaded>
    </>
  );
}

/** Backups of the whole installation; for its admins. */
export function OperationsPage() {
  const session = useSession();
  if (session.data?.user.admin) return <Overview />;
  return (
    <>
      <PageHeader title="Backups" />
      {session.data && (
        <EmptyState title="This page is for who looks after the installation">
          Ask an admin if you need something back.
        </EmptyState>
      )}
    </>
  );
}
