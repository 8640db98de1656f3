import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { addPerson, startTestApp, type TestApp } from '#testing/index.ts';

const DAY_MS = 86_400_000;
const WAIT_MS = 180_000;
/** At an hour that no test reaches, or another set would be due. */
const SCHEDULE = `0 ${(new Date().getHours() + 12) % 24} * * *`;
let folder: string;
let away: string;
let app: TestApp;
let ahead = 0;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'commandcenter-operation-'));
  away = join(folder, 'away');
  await mkdir(away);
  ahead = 0;
  app = await startTestApp({
    env: {
      BACKUP_OFFSITE: away,
      BACKUP_OFFSITE_TIMEOUT_SECONDS: '5',
      BACKUP_DIR: join(folder, 'sets'),
      BACKUP_SCHEDULE: SCHEDULE,
      BACKUP_IDENTITY: 'AGE-SECRET-KEY-1YR9MRDW69XAR3WLRVQUMETX935VAY7MVZJWZ7UR9X8VTWT3E2W9STCN02J',
    },
    clock: { now: () => new Date(Date.now() + ahead) },
  });
});
afterEach(async () => {
  await app.close();
  await rm(folder, { recursive: true, force: true });
});

const backups = async () => (await app.request('GET', '/backups')).body;

/** Waits until the job has ended and says how. */
async function ended(id: string) {
  for (const end = Date.now() + WAIT_MS; ; await sleep(100)) {
    const job = (await backups()).jobs.find((one: { id: string }) => one.id === id);
    if (job && !['queued', 'running'].includes(job.state)) return job;
    if (Date.now() > end) throw new Error(`The job did not end: ${JSON.stringify(job)}`);
  }
}

async function backUp() {
  const { status, body } = await app.request('POST', '/backups');
  expect(status).toBe(202);
  return ended(body.id);
}

async function componentThat(is: 'up' | 'degraded') {
  for (const end = Date.now() + 60_000; ; await sleep(500)) {
    await app.platform.health.refresh();
    const found = app.platform.health.report().components.find(({ name }) => name === 'backup');
    if (found?.status === is) return found;
    if (Date.now() > end) throw new Error(`It is ${found?.status}.`);
  }
}

test('a backup is made, verified and copied elsewhere, is shown with its figures, and the copy can be checked', async () => {
  expect(await backups()).toMatchObject({ sets: [], stale: false, failures: [], schedule: SCHEDULE });
  const job = await backUp();
  expect(job).toMatchObject({ state: 'succeeded', problem: null });

  const told = await backups();
  expect(told.sets).toHaveLength(1);
  const [set] = told.sets;
  expect(set).toMatchObject({ state: 'whole', encrypted: true, verification: { held: true } });
  expect(set.verification.recoverySeconds).toBeGreaterThan(0);
  expect(told.offSite).toMatchObject({ place: away, copiedSet: set.name });
  expect(await readdir(join(away, set.name))).toContain('manifest.json');

  const metrics = (await app.platform.metrics.render()).text;
  expect(metrics).toMatch(/commandcenter_backup_sets 1/);
  expect(metrics).toMatch(/commandcenter_backup_failed\{step="copy"\} 0/);

  const verify = await app.request('POST', `/backups/${set.name}/verify`);
  expect(await ended(verify.body.id)).toMatchObject({ state: 'succeeded', subjectId: set.name });
  expect((await app.request('POST', '/backups/20200101T000000Z-aaaaaa/verify')).status).toBe(404);
}, 300_000);

test('a place elsewhere that is lost fails the job, is told by health and metrics, and heals by itself an hour later', async () => {
  await rm(away, { recursive: true });
  const failed = await backUp();
  expect(failed).toMatchObject({ state: 'failed', problem: { code: 'off-site-missing' } });
  const told = await backups();
  expect(told.failures).toMatchObject([{ step: 'copy', remedy: expect.stringContaining('mount') }]);
  expect((await componentThat('degraded')).problem).toContain('copy');
  expect((await app.platform.metrics.render()).text).toMatch(/commandcenter_backup_failed\{step="copy"\} 1/);

  await mkdir(away);
  ahead = 2 * 3_600_000;
  await due();
  await app.runJobs();
  const healed = await backups();
  // Its clock is hours ahead of the database's, so nothing may be removed.
  expect(healed.failures).toMatchObject([{ step: 'prune', message: expect.stringContaining('differ') }]);
  // The set that was there was good: none was made anew.
  expect(healed.sets).toHaveLength(1);
  expect(await readdir(join(away, healed.sets[0].name))).toContain('manifest.json');
  ahead = 0;
  expect((await backUp()).state).toBe('succeeded');
  expect((await backups()).failures).toEqual([]);
  const waiting = await app.request('GET', '/jobs?state=failed');
  expect(waiting.body.items).toEqual([]);
  await componentThat('up');
}, 300_000);

test('after days without a process one set is made, once', async () => {
  await due();
  await app.runJobs();
  expect((await backups()).sets).toEqual([]);
  ahead = 3 * DAY_MS;
  expect((await backups()).stale).toBe(true);
  await due();
  await app.runJobs();
  expect((await backups()).sets).toHaveLength(1);
}, 300_000);

test('only who looks after the installation sees and starts backups', async () => {
  const editor = await addPerson(app, 'editor');
  expect((await editor.request('GET', '/backups')).status).toBe(403);
  expect((await editor.request('POST', '/backups')).status).toBe(403);
});

/** What the schedule does every five minutes. */
async function due(): Promise<void> {
  const { startScheduledJob } = await import('#platform/jobs/service.ts');
  const { backupDueJob } = await import('./jobs.ts');
  await startScheduledJob(app.platform, backupDueJob, app.context.projectId);
  await app.runJobs();
}
