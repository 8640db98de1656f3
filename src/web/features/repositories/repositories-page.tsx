import { Link } from '@tanstack/react-router';
import { FolderGit2 } from 'lucide-react';
import type { Job, Repository } from '../../api/types.ts';
import { shortCommit } from '../../ui/format.ts';
import { Loaded } from '../../ui/loaded.tsx';
import { Moment } from '../../ui/moment.tsx';
import { EmptyState } from '../../ui/notice.tsx';
import { PageHeader } from '../../ui/page.tsx';
import { useJobsByRepository, useRepositories } from './queries.ts';
import { RepositoryState } from './repository-state.tsx';
import { SyncControls } from './sync-controls.tsx';
import { TrackButton } from './track-button.tsx';

function RepositoryRow({ repository, jobs }: { repository: Repository; jobs: Job[] }) {
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 px-4 py-4">
      <div className="min-w-0 flex-1 basis-72">
        <p className="flex flex-wrap items-center gap-2">
          <FolderGit2 aria-hidden className="size-4 shrink-0 text-muted" />
          <Link
            to="/repositories/$id"
            params={{ id: repository.id }}
            className="font-semibold hover:underline"
          >
            {repository.name}
          </Link>
          <RepositoryState repository={repository} />
        </p>
        <p className="mt-1 font-mono text-xs wrap-anywhere text-muted">{repository.location}</p>
        <p className="mt-0.5 text-xs text-muted">
          {repository.headCommit && (
            <>
              {repository.defaultBranch} at{' '}
              <span className="font-mono">{shortCommit(repository.headCommit)}</span>
              {' · '}
            </>
          )}
          {repository.lastSyncedAt ? (
            <>
              synced <Moment at={repository.lastSyncedAt} />
            </>
          ) : (
            'never synced'
          )}
        </p>
        {repository.problem && (
          <p className="mt-1 text-sm text-hold">
            {repository.problem.message} {repository.problem.remedy}
          </p>
        )}
        {repository.historyRewrittenAt && (
          <p className="mt-1 text-sm text-assess">
            Its history was rewritten <Moment at={repository.historyRewrittenAt} />. Nothing was deleted here.
          </p>
        )}
      </div>
      <SyncControls repositoryId={repository.id} jobs={jobs} />
    </li>
  );
}

/** Every tracked repository, its state, and what is done with it now. */
export function RepositoriesPage() {
  const jobsOf = useJobsByRepository();
  return (
    <>
      <PageHeader
        title="Repositories"
        intro="The code that the radar is drawn from. A repository is only ever read."
        actions={<TrackButton />}
      />
      <Loaded query={useRepositories()}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState title="No repositories yet" action={<TrackButton primary />}>
              Track a folder on this machine or any git URL.
            </EmptyState>
          ) : (
            <ul className="divide-y divide-line rounded-xl border border-line bg-surface">
              {items.map((repository) => (
                <RepositoryRow key={repository.id} repository={repository} jobs={jobsOf(repository)} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </>
  );
}
