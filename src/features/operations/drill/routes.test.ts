import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addPerson, startTestApp, type TestApp } from '#testing/index.ts';
import { sampleReport } from './fixtures/report.ts';
import { drillGauges } from './gauges.ts';
import { checkReport, keepReport } from './reports.ts';

let app: TestApp;
let now = new Date();
beforeAll(async () => {
  app = await startTestApp({ clock: { now: () => now } });
});
afterAll(() => app.close());

const DAY_MS = 86_400_000;
const figures = () => drillGauges(app.platform).read();
const of = (scenario: string, value: number) => ({ labels: { scenario }, value });

test('without a drill none is listed, and one is overdue after as many days as are set', async () => {
  expect((await app.request('GET', '/drills')).body).toMatchObject({
    overdue: false,
    overdueDays: 92,
    publicKey: null,
    items: [],
  });
  expect(await figures()).toEqual({ commandcenter_drill_overdue: 0 });
  now = new Date(Date.now() + 93 * DAY_MS);
  expect((await app.request('GET', '/drills')).body).toMatchObject({ overdue: true });
  expect(await figures()).toEqual({ commandcenter_drill_overdue: 1 });
});

test('a drill is listed, can be fetched in both forms as it was signed, and has its figures', async () => {
  now = new Date();
  const endedAt = new Date(now.getTime() - 60_000).toISOString();
  const { publicKey } = await keepReport(app.dataDir, { ...sampleReport, endedAt });
  const { body } = await app.request('GET', '/drills');
  expect(body).toMatchObject({ overdue: false, publicKey, objectives: { rtoSeconds: 1800 } });
  expect(body.items).toMatchObject([{ id: sampleReport.id, outcome: 'failed', signed: true }]);
  expect(body.items[0].scenarios[1]).toEqual({
    name: 'lost-host',
    outcome: 'held',
    problem: null,
    rtoSeconds: 12,
    rpoSeconds: 3600,
    tables: { compared: 1, equal: 1 },
  });
  for (const end of ['json', 'md']) {
    const fetched = await app.request('GET', `/drills/${sampleReport.id}/report.${end}`);
    const text = typeof fetched.body === 'string' ? fetched.body : JSON.stringify(fetched.body);
    expect(checkReport(text, publicKey)).toMatchObject({ intact: true, known: true });
  }
  expect(await figures()).toEqual({
    commandcenter_drill_overdue: 0,
    commandcenter_drill_age_seconds: 60,
    commandcenter_drill_held: [of('lost-host', 1), of('lost-site', 0)],
    commandcenter_drill_covered: [of('corrupted-database', 0), of('lost-host', 1), of('lost-site', 1)],
    commandcenter_drill_rto_seconds: [of('lost-host', 12)],
    commandcenter_drill_rpo_seconds: [of('lost-host', 3600)],
  });
});

test('a report that was changed is shown as such, and counts for nothing', async () => {
  const { json } = await keepReport(app.dataDir, { ...sampleReport, id: '20261127T020000Z-4f3a9c' });
  await writeFile(json, (await readFile(json, 'utf8')).replace('"rtoSeconds": 12', '"rtoSeconds": 1'));
  expect((await app.request('GET', '/drills')).body.items).toMatchObject([
    { signed: false },
    { signed: true },
  ]);
  expect(await figures()).toMatchObject({ commandcenter_drill_rto_seconds: [of('lost-host', 12)] });
});

test('only who looks after the installation sees drills, and nothing else in the folder', async () => {
  const person = await addPerson(app, 'owner');
  for (const path of ['/drills', `/drills/${sampleReport.id}/report.md`])
    expect((await person.request('GET', path)).status).toBe(403);
  for (const id of ['20200101T000000Z-000000', '..%2Fdrill-key', '..%2F..%2Fsecret-key'])
    expect((await app.request('GET', `/drills/${id}/report.json`)).status).toBe(404);
});
