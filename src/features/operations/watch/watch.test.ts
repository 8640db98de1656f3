import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { appError } from '#platform/errors/index.ts';
import { addPerson, startTestApp, type TestApp } from '#testing/index.ts';
import { evaluate } from './evaluate.ts';
import { insertPastIncident, insertRelease, reconcileIncidents } from './incidents-store.ts';
import { type Recorder, startRecorder } from './recorder.ts';

const MINUTE_MS = 60_000;
let app: TestApp;
let recorder: Recorder;
let ahead = 0;

beforeAll(async () => {
  app = await startTestApp({
    env: { SLOW_REQUEST_MS: '1', OUTGOING_ALLOW_HOSTS: '127.0.0.1' },
    clock: { now: () => new Date(Date.now() + ahead) },
  });
  recorder = startRecorder(app.platform, { role: 'api', version: '1.2.3' });
});
afterAll(async () => {
  await recorder.stop();
  await app.close();
});

const overview = async () => (await app.request('GET', '/operations')).body;
const requests = async (seconds = 60) =>
  (await app.request('GET', `/operations/requests?seconds=${seconds}`)).body;
const timeline = async () => (await app.request('GET', '/operations/timeline')).body.items;
const part = (holdSeconds: number) => ({
  rule: 'part-down',
  subject: 'redis',
  severity: 'critical' as const,
  summary: 'The part "redis" is lost.',
  runbook: 'part-down',
  holdSeconds,
});

describe('what the product knows of itself', () => {
  test('requests by route with their times, and the slow and failed ones with their ids', async () => {
    for (let n = 0; n < 5; n++) await app.request('GET', '/jobs');
    const real = app.platform.retrievalIndex.search;
    app.platform.retrievalIndex.search = () => Promise.reject(new Error('the disk said no'));
    const failed = await app.request('GET', '/search?q=fastify');
    app.platform.retrievalIndex.search = real;
    expect(await recorder.beat()).toBe(true);
    const told = await requests();
    expect(told.routes.find(({ route }: { route: string }) => route === '/api/v1/jobs')).toMatchObject({
      method: 'GET',
      requests: 5,
      failed: 0,
      p50Ms: expect.any(Number),
      p99Ms: expect.any(Number),
    });
    expect(told.all).toMatchObject({ failed: 1 });
    expect(told.all.requests).toBeGreaterThanOrEqual(6);
    const noted = told.noted.filter(
      ({ requestId }: { requestId: string }) => requestId === failed.body.requestId,
    );
    expect(noted).toMatchObject([{ why: 'failed', route: '/api/v1/search', status: 500 }]);
    expect(told.noted.some(({ why }: { why: string }) => why === 'slow')).toBe(true);
    expect(JSON.stringify(told)).not.toContain('fastify');

    const { objectives } = await overview();
    expect(objectives[0]).toMatchObject({ name: 'availability', missed: 1 });
    expect(objectives[0].requests).toBe(objectives[1].requests);
    expect(objectives[0].budgetLeft).toBeLessThan(0);
  });

  test('several processes add up, and what one told is told once', async () => {
    const before = (await requests()).all.requests;
    const other = startRecorder(app.platform, { role: 'worker', version: '1.2.3' });
    await other.beat();
    const own = (await requests()).all.requests - before;
    // The second one begins with everything that was counted, the first one goes on where it was.
    expect(own).toBeGreaterThan(0);
    const { processes } = await overview();
    expect(processes.map(({ role }: { role: string }) => role)).toEqual(
      expect.arrayContaining(['api', 'worker']),
    );
    expect(processes[0].figures).toMatchObject({
      eventLoopP99Ms: expect.any(Number),
      residentBytes: expect.any(Number),
      connections: { max: expect.any(Number) },
    });
    await other.stop();
    expect((await overview()).processes.some(({ role }: { role: string }) => role === 'worker')).toBe(false);
  });

  test('objectives are kept for 30 days, routes for an hour', async () => {
    await recorder.beat();
    ahead = 29 * 1440 * MINUTE_MS;
    await evaluate(app.platform);
    expect((await overview()).objectives[0].requests).toBeGreaterThan(5);
    expect((await requests(3600)).routes).toEqual([]);
    const { rows } = await app.platform.database.ownerQuery('select count(*)::int as n from route_figures');
    expect(rows[0]?.['n']).toBe(0);
    ahead = 31.1 * 1440 * MINUTE_MS;
    await evaluate(app.platform);
    const kept = await app.platform.database.ownerQuery('select count(*)::int as n from request_minutes');
    expect(kept.rows[0]?.['n']).toBe(0);
    ahead = 0;
  });

  test('a failed job becomes an alert, and an incident with an end when somebody has dealt with it', async () => {
    const created = await app.request('POST', '/repositories', { location: 'http://127.0.0.1:9/a.git' });
    expect(created.status).toBe(201);
    await app.runJobs();
    const failed = (await app.request('GET', '/jobs?state=failed')).body.items;
    expect(failed).toHaveLength(1);
    // What the figures say is kept for two seconds.
    await until(async () => {
      await evaluate(app.platform);
      ahead += 31_000;
      return (await overview()).alerts.some(({ rule }: { rule: string }) => rule === 'jobs-failed');
    });
    expect(
      (await overview()).alerts.find(({ rule }: { rule: string }) => rule === 'jobs-failed'),
    ).toMatchObject({
      subject: 'repositories.sync',
      severity: 'warning',
      runbook: 'jobs-failed',
    });
    const { kinds } = (await overview()).jobs;
    expect(kinds).toContainEqual({ kind: 'repositories.sync', queued: 0, running: 0, failed: 1 });
    await app.request('POST', `/jobs/${failed[0].id}/drop`);
    await until(async () => {
      await evaluate(app.platform);
      return !(await overview()).alerts.some(({ rule }: { rule: string }) => rule === 'jobs-failed');
    });
    const told = (await timeline()).filter(({ detail }: { detail: string }) =>
      detail?.startsWith('jobs-failed'),
    );
    expect(told).toMatchObject([{ kind: 'incident', severity: 'warning', until: expect.any(String) }]);
  });

  test('what is over before it had lasted long enough was no incident', async () => {
    const { database } = app.platform;
    const at = (seconds: number) => new Date(Date.parse('2026-01-01T00:00:00Z') + seconds * 1000);
    const rows = async () =>
      (
        await database.ownerQuery(
          "select * from incidents where rule = 'part-down' and began_at < '2026-02-01'",
        )
      ).rows;
    await reconcileIncidents(database, [part(60)], at(0));
    expect(await rows()).toHaveLength(1);
    await reconcileIncidents(database, [], at(30));
    expect(await rows()).toHaveLength(0);
    await reconcileIncidents(database, [part(60)], at(100));
    await reconcileIncidents(database, [part(60)], at(130));
    await reconcileIncidents(database, [], at(190));
    expect(await rows()).toMatchObject([{ began_at: at(100), ended_at: at(190) }]);
  });

  test('a loss that nobody could write down is told once, whoever noticed it', async () => {
    const during = (from: number, to: number) => ({ from: new Date(from), to: new Date(to) });
    const { database } = app.platform;
    const lost = { ...part(0), subject: 'database' };
    const now = Date.now();
    await insertPastIncident(database, lost, during(now - 60_000, now - 30_000));
    await insertPastIncident(database, lost, during(now - 55_000, now - 28_000));
    const told = (await timeline()).filter(
      ({ detail }: { detail: string }) => detail === 'part-down, database',
    );
    expect(told).toHaveLength(1);
  });

  test('a database that was away is an incident when it is back, and nothing that was counted is missing', async () => {
    const { database } = app.platform;
    await recorder.beat();
    const before = (await requests()).all.requests;
    const real = database.ownerQuery;
    database.ownerQuery = () =>
      Promise.reject(appError('database-unavailable', 503, 'The database does not answer.'));
    expect(await recorder.beat()).toBe(false);
    ahead += MINUTE_MS;
    expect(await recorder.beat()).toBe(false);
    database.ownerQuery = real;
    expect(await recorder.beat()).toBe(true);
    expect((await requests(600)).all.requests).toBeGreaterThan(before);
    const told = (await timeline()).filter(({ title }: { title: string }) =>
      title.includes('does not answer'),
    );
    expect(told).toMatchObject([{ kind: 'incident', severity: 'critical', detail: 'part-down, database' }]);
    expect(Date.parse(told[0].until) - Date.parse(told[0].at)).toBeGreaterThanOrEqual(MINUTE_MS);
  });

  test('a version that begins stands in the timeline once, and again when the one before comes back', async () => {
    const { database } = app.platform;
    const start = (version: string, release: string | null, seconds: number) =>
      insertRelease(database, { version, release, startedAt: new Date(Date.now() + seconds * 1000) });
    await start('2.0.0', 'blue', -30);
    await start('2.0.0', 'blue', -20);
    await start('2.0.0', 'green', -10);
    await start('2.0.0', 'blue', 0);
    const told = (await timeline()).filter(({ title }: { title: string }) =>
      title.startsWith('Version 2.0.0'),
    );
    expect(told.map(({ title }: { title: string }) => title)).toEqual([
      'Version 2.0.0, release blue, started',
      'Version 2.0.0, release green, started',
      'Version 2.0.0, release blue, started',
    ]);
  });

  test('only who looks after the installation sees it', async () => {
    const owner = await addPerson(app, 'owner');
    for (const path of ['/operations', '/operations/requests', '/operations/timeline']) {
      expect((await owner.request('GET', path)).status).toBe(403);
    }
  });
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + MINUTE_MS; !(await holds()); ) {
    if (Date.now() > end) throw new Error('Not within a minute.');
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}
