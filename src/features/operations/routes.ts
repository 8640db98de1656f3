import { Type } from 'typebox';
import { type Caller, type Context, recordActivity } from '#platform/context/index.ts';
import { type App, nullable } from '#platform/http/index.ts';
import { installationContext, type Job, jobSchema, listJobs } from '#platform/jobs/index.ts';
import { readBackups } from './backup/gauges.ts';
import { backUpJob, backUpNow, checkOffSiteJob, verifyBackupJob, verifyNow } from './jobs.ts';

const time = nullable(Type.String({ format: 'date-time' }));

const setItem = Type.Object({
  name: Type.String(),
  state: Type.Union([
    Type.Literal('whole'),
    Type.Literal('partial'),
    Type.Literal('foreign'),
    Type.Literal('damaged'),
  ]),
  problem: nullable(Type.String()),
  takenAt: time,
  madeBefore: nullable(
    Type.Union([Type.Literal('upgrade'), Type.Literal('restore')], {
      description: 'What it was made before, if it is a safety set, which retention leaves alone.',
    }),
  ),
  version: nullable(Type.String()),
  bytes: Type.Integer(),
  rows: Type.Integer(),
  encrypted: Type.Boolean(),
  verification: nullable(
    Type.Object({
      held: Type.Boolean(),
      problem: nullable(Type.String()),
      at: Type.String({ format: 'date-time' }),
      recoverySeconds: Type.Number({ description: 'From the first byte to a database that answers.' }),
    }),
  ),
});

const backupsBody = Type.Object({
  schedule: nullable(
    Type.String({ description: 'A cron expression in UTC; null if none is made by itself.' }),
  ),
  stale: Type.Boolean({ description: 'A set that the schedule wanted is missing.' }),
  offSite: nullable(
    Type.Object({
      place: Type.String(),
      copiedSet: nullable(Type.String()),
      copiedAt: time,
      checkedAt: time,
    }),
  ),
  failures: Type.Array(
    Type.Object({
      step: Type.String(),
      at: Type.String({ format: 'date-time' }),
      message: Type.String(),
      remedy: nullable(Type.String()),
    }),
  ),
  sets: Type.Array(setItem, { description: 'The newest first.' }),
  jobs: Type.Array(jobSchema, { description: 'What works on sets now, and what ended last.' }),
});

/** Backups of the whole installation, for who looks after it. */
export async function operationsRoutes(app: App): Promise<void> {
  const tags = ['operations'];
  const config = { permission: 'admin' } as const;
  app.get(
    '/backups',
    {
      schema: { tags, summary: 'List the backups and how they are', response: { 200: backupsBody } },
      config,
    },
    ({ caller }) => describeBackups(caller),
  );
  app.post(
    '/backups',
    { schema: { tags, summary: 'Make a backup now', response: { 202: jobSchema } }, config },
    async ({ caller }, reply) => {
      const context = await asInstallation(caller);
      return reply.code(202).send(await noted(context, 'operations.backUp', 'now', () => backUpNow(context)));
    },
  );
  app.post(
    '/backups/:set/verify',
    {
      schema: {
        tags,
        summary: 'Verify a backup by restoring it beside the living data',
        params: Type.Object({ set: Type.String({ maxLength: 64 }) }),
        response: { 202: jobSchema },
      },
      config,
    },
    async ({ caller, params: { set } }, reply) => {
      const context = await asInstallation(caller);
      const start = () => verifyNow(context, set);
      return reply.code(202).send(await noted(context, 'operations.verifyBackup', set, start));
    },
  );
}

/** The jobs of the installation stand in its first project, in which the admin need not be. */
async function asInstallation({ platform, actor }: Caller): Promise<Context> {
  return { ...(await installationContext(platform)), actor };
}

async function noted(context: Context, action: string, subjectId: string, start: () => Promise<Job>) {
  const job = await start();
  await context.transaction((tx) =>
    recordActivity(tx, context, { action, subjectKind: 'backup', subjectId, after: { job: job.id } }),
  );
  return job;
}

async function describeBackups(caller: Caller) {
  const { platform } = caller;
  const { sets, state, stale } = await readBackups(platform);
  const { backupSchedule, backupOffSite } = platform.config;
  const { offSite, failures } = state;
  return {
    schedule: backupSchedule,
    stale,
    offSite:
      backupOffSite === undefined
        ? null
        : {
            place: offSite?.place ?? backupOffSite,
            copiedSet: offSite?.copiedSet ?? null,
            copiedAt: offSite?.copiedAt ?? null,
            checkedAt: offSite?.checkedAt ?? null,
          },
    failures: Object.values(failures).map(({ step, at, message, remedy }) => ({ step, at, message, remedy })),
    sets: [...sets].reverse(),
    jobs: await latestJobs(await installationContext(platform)),
  };
}

async function latestJobs(context: Context): Promise<Job[]> {
  const kinds = [backUpJob, verifyBackupJob, checkOffSiteJob].map(({ kind }) => kind);
  const each = await Promise.all(kinds.map((kind) => listJobs(context, { kind, limit: 1 })));
  return each.flat();
}
