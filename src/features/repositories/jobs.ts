import { defineJob, startJob } from '#platform/jobs/index.ts';
import { SYNC } from './service.ts';
import { selectDueRepositories } from './store.ts';
import { type SyncInput, syncNow } from './sync-repository.ts';

/** Fetches a repository, computes its statistics and tells the rest of the product what is new. */
export const syncJob = defineJob({
  kind: SYNC.kind,
  retryLimit: 2,
  timeoutSeconds: 2 * 3600,
  concurrency: 2,
  singletonKey: ({ repositoryId }: SyncInput) => repositoryId,
  subject: ({ repositoryId }: SyncInput) => ({ kind: 'repository', id: repositoryId }),
  run: syncNow,
});

/** Starts the sync of every repository whose time has come. */
export const syncDueJob = defineJob({
  kind: 'repositories.syncDue',
  retryLimit: 0,
  timeoutSeconds: 60,
  singletonKey: () => 'due',
  schedule: '*/5 * * * *',
  run: (context) =>
    context.transaction(async (tx) => {
      const due = await selectDueRepositories(tx, context.platform.clock.now());
      for (const { id } of due) await startJob(context, tx, SYNC, { repositoryId: id });
      return { started: due.length };
    }),
});

export const repositoryJobs = [syncJob, syncDueJob] as const;
