import type { Context } from '#platform/context/index.ts';
import { appError } from '#platform/errors/index.ts';
import { defineJob, dropJob, type JobHandle, listJobs, startJob } from '#platform/jobs/index.ts';
import { selectInstallation } from './store.ts';

// What reads and writes sets is loaded with the work: most of the time a worker does something else.
const loadWork = () => import('./backup/schedule-work.ts');

const HOUR_SECONDS = 3600;
const COMMON = { installation: true, retryLimit: 2, timeoutSeconds: 12 * HOUR_SECONDS };

export interface BackUpInput {
  /** A set of this time or later need not be made again. */
  since: string;
}

const told =
  (job: JobHandle) =>
  (phase: string, done?: number, total?: number): void =>
    job.progress({ phase, ...(done === undefined || !total ? {} : { done, total }) });

/** Makes a set, verifies it, copies it elsewhere and prunes. */
export const backUpJob = defineJob({
  ...COMMON,
  kind: 'operations.backUp',
  singletonKey: (_: BackUpInput) => 'installation',
  async run(context, { since }, job) {
    const { runBackUp } = await loadWork();
    const result = await runBackUp(context, { since: new Date(since), progress: told(job) });
    await dropFailed(context);
    return result;
  },
});

/** A round that worked has done what earlier ones could not: nobody has to look at those any more. */
async function dropFailed(context: Context): Promise<void> {
  for (const { id } of await listJobs(context, { kind: 'operations.backUp', state: 'failed', limit: 100 })) {
    await dropJob(context, id);
  }
}

/** Restores one set into a scratch database and compares. */
export const verifyBackupJob = defineJob({
  ...COMMON,
  kind: 'operations.verifyBackup',
  singletonKey: ({ set }: { set: string }) => set,
  subject: ({ set }: { set: string }) => ({ kind: 'backup', id: set }),
  async run(context, { set }, job) {
    const { runVerify } = await loadWork();
    return runVerify(context, { set, progress: told(job) });
  },
});

/** Fetches the newest copy that is elsewhere and compares. */
export const checkOffSiteJob = defineJob({
  ...COMMON,
  kind: 'operations.checkOffSite',
  singletonKey: (_: Record<string, never>) => 'installation',
  async run(context, _, job) {
    const { runCheck } = await loadWork();
    return runCheck(context, { progress: told(job) });
  },
});

/** Starts what the schedule wants: also what was missed while nothing ran. */
export const backupDueJob = defineJob({
  kind: 'operations.backupDue',
  installation: true,
  retryLimit: 0,
  timeoutSeconds: 60,
  singletonKey: () => 'due',
  schedule: '*/5 * * * *',
  run: startDue,
});

async function startDue(context: Context): Promise<{ backUp: boolean; check: boolean }> {
  const { platform } = context;
  const now = platform.clock.now();
  const installation = await selectInstallation(platform.database);
  if (!installation || platform.config.backupSchedule === null) return { backUp: false, check: false };
  const { whatIsDue } = await loadWork();
  const due = await whatIsDue(platform.config, installation, now);
  await context.transaction(async (tx) => {
    if (due.backUp) await startJob(context, tx, backUpJob, { since: due.backUp.since.toISOString() });
    if (due.check) await startJob(context, tx, checkOffSiteJob, {});
  });
  return { backUp: due.backUp !== null, check: due.check };
}

/** Starts a round now, whatever the schedule says. */
export function backUpNow(context: Context) {
  const since = context.platform.clock.now().toISOString();
  return context.transaction((tx) => startJob(context, tx, backUpJob, { since }));
}

export async function verifyNow(context: Context, set: string) {
  const { isThere } = await loadWork();
  if (!(await isThere(context.platform.config, set))) {
    throw appError('backup-missing', 404, `There is no set ${set}.`);
  }
  return context.transaction((tx) => startJob(context, tx, verifyBackupJob, { set }));
}

export const operationsJobs = [backUpJob, verifyBackupJob, checkOffSiteJob, backupDueJob] as const;
