import { RefreshCw, RotateCw, Square } from 'lucide-react';
import { isActive, jobTitle } from '../../api/follow-job.ts';
import type { Job } from '../../api/types.ts';
import { useMay } from '../../app/session.ts';
import { Button } from '../../ui/button.tsx';
import { ProgressBar, progressText } from '../../ui/job-row.tsx';
import { useCancelJob, useRetryJob, useSync } from './queries.ts';

/** What a repository's jobs are doing, newest first in `jobs`; with a way to stop them or to try again. */
export function SyncControls({ repositoryId, jobs }: { repositoryId: string; jobs: Job[] }) {
  const editor = useMay('editor');
  const sync = useSync();
  const cancel = useCancelJob();
  const retry = useRetryJob();
  const active = jobs.find((job) => job.state === 'running') ?? jobs.find(isActive);
  const error = sync.error ?? retry.error ?? cancel.error;
  const last = jobs[0];
  if (active) {
    return (
      <div className="flex items-center gap-3">
        <div className="w-44">
          <p className="truncate text-xs text-muted">{jobTitle(active.kind)}</p>
          <ProgressBar job={active} />
          <p className="h-4 truncate text-xs text-muted tabular-nums">{progressText(active)}</p>
        </div>
        {editor && (
          <Button small disabled={cancel.isPending} onClick={() => cancel.mutate(active.id)}>
            <Square aria-hidden className="size-3" />
            Cancel
          </Button>
        )}
      </div>
    );
  }
  const failed = last && (last.state === 'failed' || last.state === 'cancelled') ? last : undefined;
  return (
    <div className="flex flex-wrap items-center justify-end gap-2">
      {failed && (
        <>
          <span className="max-w-72 text-xs text-hold">
            {failed.state === 'failed'
              ? (failed.problem?.message ?? `${jobTitle(failed.kind)} failed.`)
              : `${jobTitle(failed.kind)}: cancelled.`}
          </span>
          {editor && (
            <Button small disabled={retry.isPending} onClick={() => retry.mutate(failed.id)}>
              <RotateCw aria-hidden className="size-3" />
              Retry
            </Button>
          )}
        </>
      )}
      {editor && (
        <Button small disabled={sync.isPending} onClick={() => sync.mutate(repositoryId)}>
          <RefreshCw aria-hidden className="size-3" />
          Sync
        </Button>
      )}
      {error && (
        <span role="alert" className="text-xs text-hold">
          {error.message}
        </span>
      )}
    </div>
  );
}
