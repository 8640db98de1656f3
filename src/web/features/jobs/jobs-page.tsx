import { CircleCheck, RotateCw, Square, Trash2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { jobTitle, useLiveJob } from '../../api/follow-job.ts';
import type { Job } from '../../api/types.ts';
import { useMay } from '../../app/session.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { JobRow } from '../../ui/job-row.tsx';
import { Moment } from '../../ui/moment.tsx';
import { Loading, ProblemNotice } from '../../ui/notice.tsx';
import { PageHeader, Panel } from '../../ui/page.tsx';
import { useRepositories } from '../repositories/queries.ts';
import { useCancelJob, useDropJob, useJobsIn, useRetryJob } from './queries.ts';

/** A browser keeps few connections to one server; the other jobs are asked for again and again. */
const FOLLOWED = 3;

function CancelButton({ job }: { job: Job }) {
  const cancel = useCancelJob();
  return (
    <>
      {cancel.error && (
        <span role="alert" className="text-xs text-hold">
          {cancel.error.message}
        </span>
      )}
      <Button
        small
        aria-label={`Cancel: ${jobTitle(job.kind)}`}
        disabled={cancel.isPending}
        onClick={() => cancel.mutate(job.id)}
      >
        <Square aria-hidden className="size-3" />
        Cancel
      </Button>
    </>
  );
}

/** What a job is about, if that has a name. */
function Subject({ job }: { job: Job }) {
  const repository = useRepositories().data?.items.find(({ id }) => id === job.subjectId);
  return repository && `${repository.name} · `;
}

function ActiveJob({ job, follow }: { job: Job; follow: boolean }) {
  const live = useLiveJob(job, follow);
  const editor = useMay('editor');
  return (
    <JobRow job={live} aside={editor && <CancelButton job={live} />}>
      <Subject job={job} />
      {live.startedAt ? (
        <>
          started <Moment at={live.startedAt} />
        </>
      ) : (
        <>
          waiting since <Moment at={live.createdAt} />
        </>
      )}
      {live.attempt > 1 && ` · attempt ${live.attempt}`}
    </JobRow>
  );
}

function FailedJob({ job, onDrop }: { job: Job; onDrop: () => void }) {
  const editor = useMay('editor');
  const retry = useRetryJob();
  return (
    <JobRow
      job={job}
      aside={
        editor && (
          <>
            <Button
              small
              aria-label={`Retry: ${jobTitle(job.kind)}`}
              disabled={retry.isPending || retry.isSuccess}
              onClick={() => retry.mutate(job.id)}
            >
              <RotateCw aria-hidden className="size-3" />
              Retry
            </Button>
            <Button small look="danger" aria-label={`Drop: ${jobTitle(job.kind)}`} onClick={onDrop}>
              <Trash2 aria-hidden className="size-3" />
              Drop
            </Button>
          </>
        )
      }
    >
      <Subject job={job} />
      failed <Moment at={job.finishedAt ?? job.createdAt} />
      {job.attempt > 1 && ` after ${job.attempt} attempts`}
      {job.requestId && (
        <>
          {' '}
          · request <code className="break-all select-all">{job.requestId}</code>
        </>
      )}
      {retry.error && (
        <span role="alert" className="block text-hold">
          {retry.error.message}
        </span>
      )}
    </JobRow>
  );
}

/** The jobs in one state, or what there is to say if there are none. */
function JobList({
  state,
  title,
  empty,
  row,
}: {
  state: Job['state'];
  title: string;
  empty?: ReactNode;
  row: (job: Job, index: number) => ReactNode;
}) {
  const query = useJobsIn(state);
  if (query.isError) return <ProblemNotice error={query.error} onRetry={() => query.refetch()} />;
  if (query.isPending) return empty ? <Loading label="Loading the jobs" rows={1} /> : null;
  const jobs = query.data.pages.flatMap(({ items }) => items);
  if (jobs.length === 0) return empty;
  return (
    <Panel title={title} aside={query.hasNextPage ? `${jobs.length}, and more` : `${jobs.length}`}>
      <ul className="divide-y divide-line px-4">{jobs.map(row)}</ul>
      {query.hasNextPage && (
        <div className="border-t border-line p-3 text-center">
          <Button small disabled={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
            Show more
          </Button>
        </div>
      )}
    </Panel>
  );
}

function FailedJobs() {
  const drop = useDropJob();
  const [asked, setAsked] = useState<Job | null>(null);
  const close = (): void => {
    setAsked(null);
    drop.reset();
  };
  return (
    <>
      <JobList
        state="failed"
        title="Failed"
        row={(job) => <FailedJob key={job.id} job={job} onDrop={() => setAsked(job)} />}
      />
      {asked && (
        <ConfirmDialog
          title="Drop this job?"
          description={`“${jobTitle(asked.kind)}” is given up and leaves this list. What it was to do stays undone.`}
          action="Drop"
          pending={drop.isPending}
          error={drop.error}
          onConfirm={() => drop.mutate(asked.id, { onSuccess: close })}
          onClose={close}
        />
      )}
    </>
  );
}

/** What works in the background, what has failed and waits for somebody's decision, and what was done. */
export function JobsPage() {
  return (
    <>
      <PageHeader
        title="Jobs"
        intro="What works in the background. A job that fails is tried again by itself; what still fails then waits here for you."
      />
      <div className="grid max-w-4xl grid-cols-1 gap-6">
        <JobList
          state="running"
          title="Running"
          empty={
            <p className="flex items-center gap-2.5 text-muted">
              <CircleCheck aria-hidden className="size-4 text-adopt" />
              Nothing is running.
            </p>
          }
          row={(job, index) => <ActiveJob key={job.id} job={job} follow={index < FOLLOWED} />}
        />
        <JobList
          state="queued"
          title="Waiting"
          row={(job) => <ActiveJob key={job.id} job={job} follow={false} />}
        />
        <FailedJobs />
        <JobList
          state="succeeded"
          title="Done"
          row={(job) => (
            <JobRow key={job.id} job={job}>
              <Subject job={job} />
              done <Moment at={job.finishedAt ?? job.createdAt} />
            </JobRow>
          )}
        />
      </div>
    </>
  );
}
