import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { Archive } from 'lucide-react';
import { useState } from 'react';
import type { Repository, RepositoryStatistics } from '../../api/types.ts';
import { useMay } from '../../app/session.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { count, formatNumber, shortCommit } from '../../ui/format.ts';
import { JobRow } from '../../ui/job-row.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Moment } from '../../ui/moment.tsx';
import { ProblemNotice, Skeleton } from '../../ui/notice.tsx';
import { PageHeader, Panel } from '../../ui/page.tsx';
import { EvidenceTable } from '../evidence/evidence-table.tsx';
import { useLastScan } from '../evidence/queries.ts';
import { ActivityChart } from './activity-chart.tsx';
import { LanguageBar } from './language-bar.tsx';
import { useArchive, useRepository, useRepositoryJobs, useStatistics } from './queries.ts';
import { RepositoryState } from './repository-state.tsx';
import { SyncControls } from './sync-controls.tsx';

const route = getRouteApi('/shell/repositories/$id');
const PEOPLE_SHOWN = 10;
const BRANCHES_SHOWN = 12;
const JOBS_SHOWN = 6;

function People({ contributors }: { contributors: RepositoryStatistics['contributors'] }) {
  const most = contributors[0]?.commits ?? 1;
  return (
    <Panel title="Contributors" aside={formatNumber(contributors.length)}>
      <ol className="grid grid-cols-1 gap-2 px-4 py-3">
        {contributors.slice(0, PEOPLE_SHOWN).map((person) => (
          <li key={person.email} title={person.email}>
            <div className="flex justify-between gap-3 text-sm">
              <span className="truncate">{person.name}</span>
              <span className="text-muted tabular-nums">{formatNumber(person.commits)}</span>
            </div>
            <div aria-hidden className="mt-1 h-1 rounded-full bg-sunken">
              <div
                className="h-1 rounded-full bg-line-strong"
                style={{ width: `${(person.commits / most) * 100}%` }}
              />
            </div>
          </li>
        ))}
      </ol>
    </Panel>
  );
}

function Branches({ branches, main }: { branches: RepositoryStatistics['branches']; main: string | null }) {
  return (
    <Panel title="Branches" aside={formatNumber(branches.length)}>
      <ul className="grid grid-cols-1 gap-1.5 px-4 py-3 text-sm">
        {branches.slice(0, BRANCHES_SHOWN).map(({ name }) => (
          <li key={name} className="flex justify-between gap-3">
            <span className="truncate font-mono text-xs">{name}</span>
            {name === main && <span className="text-xs text-muted">default</span>}
          </li>
        ))}
        {branches.length > BRANCHES_SHOWN && (
          <li className="text-xs text-muted">and {branches.length - BRANCHES_SHOWN} more</li>
        )}
      </ul>
    </Panel>
  );
}

function Statistics({ statistics, main }: { statistics: RepositoryStatistics; main: string | null }) {
  return (
    <>
      <Panel title="Languages" aside={count(statistics.commitCount, 'commit')}>
        <div className="px-4 py-3.5">
          <LanguageBar languages={statistics.languages} />
        </div>
      </Panel>
      <Panel title="Commits a week">
        <div className="px-4 py-3.5">
          <ActivityChart activity={statistics.activity} />
        </div>
      </Panel>
      <People contributors={statistics.contributors} />
      <Branches branches={statistics.branches} main={main} />
    </>
  );
}

/** Asks before a repository leaves the radar. */
function ArchiveButton({ repository }: { repository: Repository }) {
  const [asking, setAsking] = useState(false);
  const archive = useArchive();
  const navigate = useNavigate();
  if (!useMay('editor')) return null;
  return (
    <>
      <Button small look="danger" onClick={() => setAsking(true)}>
        <Archive aria-hidden className="size-3" />
        Archive
      </Button>
      <Dialog
        open={asking}
        onOpenChange={setAsking}
        title={`Archive ${repository.name}?`}
        description="It is not synced any more and its detections leave the radar. Its documents and history stay."
      >
        {archive.error && <ProblemNotice error={archive.error} />}
        <div className="flex justify-end gap-2">
          <Button onClick={() => setAsking(false)}>Cancel</Button>
          <Button
            look="primary"
            disabled={archive.isPending}
            onClick={() =>
              archive.mutate(repository.id, { onSuccess: () => navigate({ to: '/repositories' }) })
            }
          >
            Archive
          </Button>
        </div>
      </Dialog>
    </>
  );
}

/** Files that the last scan could not read, and why. */
function ScanProblems({ repositoryId }: { repositoryId: string }) {
  const scans = useLastScan(repositoryId);
  const problems = scans.data?.items[0]?.problems ?? [];
  if (problems.length === 0) return null;
  return (
    <Panel title="Files that could not be read" aside={formatNumber(problems.length)}>
      <ul className="grid max-h-80 gap-2 overflow-y-auto px-4 py-3 text-sm">
        {problems.map(({ path, code, message }) => (
          <li key={`${path} ${code}`}>
            <p className="font-mono text-xs wrap-anywhere">{path}</p>
            <p className="text-muted">{message}</p>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function RepositoryView({ repository }: { repository: Repository }) {
  const statistics = useStatistics(repository.id);
  const jobs = useRepositoryJobs(repository.id);
  const items = jobs.data?.items ?? [];
  return (
    <>
      <PageHeader
        title={repository.name}
        above={
          <div className="mb-2">
            <RepositoryState repository={repository} />
          </div>
        }
        intro={
          <>
            <p className="font-mono text-xs wrap-anywhere">{repository.location}</p>
            {repository.headCommit && (
              <p className="mt-0.5 text-xs">
                {repository.defaultBranch} at{' '}
                <span className="font-mono">{shortCommit(repository.headCommit)}</span>
                {repository.headCommittedAt && (
                  <>
                    , committed <Moment at={repository.headCommittedAt} />
                  </>
                )}
              </p>
            )}
          </>
        }
        actions={
          <>
            <SyncControls repositoryId={repository.id} jobs={items} />
            <ArchiveButton repository={repository} />
          </>
        }
      />
      {repository.problem && (
        <div className="mb-6">
          <ProblemNotice error={repository.problem} />
        </div>
      )}
      <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="order-2 lg:order-1">
          <EvidenceTable filter={{ repository: repository.id }} named />
        </div>
        <div className="order-1 grid grid-cols-1 gap-6 lg:order-2">
          {repository.state === 'ready' && (
            <Loaded query={statistics} waiting={<Skeleton className="h-60" />}>
              {(data) => <Statistics statistics={data} main={repository.defaultBranch} />}
            </Loaded>
          )}
          <ScanProblems repositoryId={repository.id} />
          {items.length > 0 && (
            <Panel title="Recent work">
              <ul className="divide-y divide-line px-4">
                {items.slice(0, JOBS_SHOWN).map((job) => (
                  <JobRow key={job.id} job={job} />
                ))}
              </ul>
            </Panel>
          )}
        </div>
      </div>
    </>
  );
}

export function RepositoryPage() {
  const { id } = route.useParams();
  return (
    <Loaded query={useRepository(id)}>{(repository) => <RepositoryView repository={repository} />}</Loaded>
  );
}
