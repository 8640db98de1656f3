import { useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { isActive, useJobTree } from '../../api/follow-job.ts';
import type { Job } from '../../api/types.ts';
import { useMay } from '../../app/session.ts';
import { Button, buttonClass } from '../../ui/button.tsx';
import { JobRow } from '../../ui/job-row.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { PageHeader } from '../../ui/page.tsx';
import { useIsLeft } from '../../ui/use-is-left.ts';
import { useCancelJob, useRetryJob } from '../repositories/queries.ts';

const route = getRouteApi('/shell/first-sync/$jobId');

/** The radar can be drawn once this has ended; the walk through history and the index may go on. */
const DRAWS_THE_RADAR = 'radar.reviewDetections';
const LINGER_MS = 900;

const done = (jobs: Job[], kind: string): boolean =>
  jobs.some((job) => job.kind === kind && job.state === 'succeeded');

function Steps({ jobs, isLeft }: { jobs: Job[]; isLeft: boolean }) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const editor = useMay('editor');
  const cancel = useCancelJob();
  const retry = useRetryJob();
  const inOrder = jobs.toSorted((a, b) => a.createdAt.localeCompare(b.createdAt) || a.id.localeCompare(b.id));
  const failed = inOrder.find(({ state }) => state === 'failed' || state === 'cancelled');
  const running = inOrder.find(isActive);
  const ready = done(jobs, DRAWS_THE_RADAR);
  const leaving = ready && !failed && !isLeft;
  useEffect(() => {
    if (!leaving) return;
    const timer = setTimeout(() => {
      client.invalidateQueries();
      navigate({ to: '/radar' });
    }, LINGER_MS);
    return () => clearTimeout(timer);
  }, [leaving, client, navigate]);
  return (
    <>
      <ul aria-live="polite" className="divide-y divide-line rounded-xl border border-line bg-surface px-4">
        {inOrder.map((job) => (
          <JobRow key={job.id} job={job} />
        ))}
      </ul>
      <div className="mt-4 flex flex-wrap gap-2">
        {ready && (
          <Link to="/radar" className={buttonClass('primary')}>
            Open the radar
          </Link>
        )}
        {editor && failed && !running && (
          <Button look={ready ? 'secondary' : 'primary'} onClick={() => retry.mutate(failed.id)}>
            Try again
          </Button>
        )}
        {editor && running && !ready && (
          <Button disabled={cancel.isPending} onClick={() => cancel.mutate(running.id)}>
            Cancel
          </Button>
        )}
        {!running && !ready && (
          <Link to="/repositories" className={buttonClass()}>
            Go to the repositories
          </Link>
        )}
      </div>
    </>
  );
}

/** What happens to a repository that has just been tracked, step by step, until the radar can be drawn. */
export function FirstSyncPage() {
  const { jobId } = route.useParams();
  const isLeft = useIsLeft(`/first-sync/${jobId}`);
  const client = useQueryClient();
  useEffect(() => {
    client.invalidateQueries({ queryKey: ['repositories'] });
  }, [client]);
  return (
    <div className="mx-auto max-w-2xl lg:pt-10">
      <PageHeader
        title="Reading the repository"
        intro="The radar opens by itself as soon as it can be drawn; the rest goes on in the background."
      />
      <Loaded query={useJobTree(jobId)}>{({ items }) => <Steps jobs={items} isLeft={isLeft} />}</Loaded>
    </div>
  );
}
