import { Ban, Check, CircleDashed, LoaderCircle, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { jobTitle } from '../api/follow-job.ts';
import type { Job } from '../api/types.ts';
import { formatNumber } from './format.ts';

const MARKS: Record<Job['state'], { icon: typeof Check; style: string; name: string }> = {
  queued: { icon: CircleDashed, style: 'text-muted', name: 'waiting' },
  running: { icon: LoaderCircle, style: 'text-accent animate-spin', name: 'running' },
  succeeded: { icon: Check, style: 'text-adopt', name: 'done' },
  failed: { icon: X, style: 'text-hold', name: 'failed' },
  cancelled: { icon: Ban, style: 'text-muted', name: 'cancelled' },
};

/** "Reading files · 120 of 400". */
export function progressText({ progress }: Job): string {
  if (!progress) return '';
  const { message, phase, done, total } = progress;
  const amount =
    done === undefined
      ? ''
      : total
        ? ` · ${formatNumber(done)} of ${formatNumber(total)}`
        : ` · ${formatNumber(done)}`;
  return `${message ?? phase}${amount}`;
}

/** How far a job is, as a bar; one that can't say how far moves to and fro. */
export function ProgressBar({ job }: { job: Job }) {
  const { done, total } = job.progress ?? {};
  const share = done !== undefined && total ? Math.min(1, done / total) : undefined;
  return (
    <div
      role="progressbar"
      aria-label={jobTitle(job.kind)}
      aria-valuemin={0}
      aria-valuemax={100}
      {...(share === undefined ? {} : { 'aria-valuenow': Math.round(share * 100) })}
      className="h-1 overflow-hidden rounded-full bg-sunken"
    >
      <div
        className={`h-full rounded-full bg-accent transition-[width] ${share === undefined ? 'animate-pulse' : ''}`}
        style={{ width: `${(share ?? 0.35) * 100}%` }}
      />
    </div>
  );
}

/**
 * One job: what it does, how far it is, and how it ended; `children` say when, `aside` holds what can be done.
 */
export function JobRow({ job, children, aside }: { job: Job; children?: ReactNode; aside?: ReactNode }) {
  const mark = MARKS[job.state];
  const running = job.state === 'running';
  return (
    <li
      className="flex flex-wrap items-start gap-x-3 gap-y-2 py-2.5"
      data-job={job.kind}
      data-state={job.state}
    >
      <mark.icon aria-hidden className={`mt-0.5 size-4 shrink-0 ${mark.style}`} />
      <div className="min-w-0 flex-1 basis-56">
        <div className="flex items-baseline justify-between gap-3">
          <span className={running ? 'font-medium' : ''}>{jobTitle(job.kind)}</span>
          <span className="sr-only">{mark.name}</span>
          <span className="truncate text-xs text-muted tabular-nums">{running ? progressText(job) : ''}</span>
        </div>
        {running && (
          <div className="mt-1.5">
            <ProgressBar job={job} />
          </div>
        )}
        {job.problem && (
          <p className="mt-1 text-sm break-words text-hold">
            {job.problem.message} {job.problem.remedy}
          </p>
        )}
        {children && <p className="mt-0.5 text-xs text-muted">{children}</p>}
      </div>
      {aside && <div className="flex flex-wrap items-center gap-2">{aside}</div>}
    </li>
  );
}
