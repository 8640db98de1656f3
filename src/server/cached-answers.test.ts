import { afterAll, beforeAll, expect, test } from 'vitest';
import { addPerson, startTestApp, type TestApp } from '#testing/index.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
  await app.request('POST', '/projects', { name: 'Other', slug: 'other' });
}, 60_000);
afterAll(() => app.close());

const reads = async (answer: string, outcome: string): Promise<number> => {
  const { text } = await app.platform.metrics.render();
  const line = text
    .split('\n')
    .find((each) =>
      each.startsWith(`commandcenter_cache_reads_total{answer="${answer}",outcome="${outcome}"}`),
    );
  return Number(line?.split(' ').at(-1) ?? 0);
};
const total = async (): Promise<number> => (await app.request('GET', '/overview')).body.technologies.total;

test('the overview, the radar and the drift are kept until something of their project changes', async () => {
  await app.request('POST', '/technologies', { name: 'First' });
  const before = await total();
  const hits = await reads('overview', 'hit');
  expect(await total()).toBe(before);
  expect(await reads('overview', 'hit')).toBe(hits + 1);

  const radar = async () => (await app.request('GET', '/radar')).body;
  const first = await radar();
  expect(await radar()).toEqual(first);
  expect(await reads('radar', 'hit')).toBeGreaterThan(0);
  await app.request('POST', '/technologies', { name: 'Judged' });
  await app.request('POST', '/technologies/judged/moves', { toRing: 'adopt', reason: 'It proved itself.' });
  expect((await radar()).blips.map(({ slug }: { slug: string }) => slug)).toContain('judged');
  expect((await app.request('GET', '/drift')).status).toBe(200);
});

test('nobody is answered with what another project keeps', async () => {
  const stranger = await addPerson(app, 'viewer', { project: 'other' });
  await app.request('POST', '/technologies', { name: 'Judged too' });
  await app.request('POST', '/technologies/judged-too/moves', { toRing: 'hold', reason: 'It is counted.' });
  expect(await total()).toBeGreaterThan(0);
  const { body } = await stranger.request('GET', '/overview');
  expect(body.technologies.total).toBe(0);
  expect((await stranger.request('GET', '/radar')).body.blips).toEqual([]);
});

test('every change is seen by whoever reads after it, also while many read at once', async () => {
  for (let n = 0; n < 20; n++) {
    const reading = Promise.all([total(), total(), total()]);
    const before = await total();
    await app.request('POST', '/technologies', { name: `Counted ${n}` });
    await app.request('POST', `/technologies/counted-${n}/moves`, {
      toRing: 'hold',
      reason: 'It is counted.',
    });
    expect(await total()).toBe(before + 1);
    await reading;
  }
});

test('people and jobs are seen as well', async () => {
  await app.request('GET', '/overview');
  await app.request('POST', '/invitations', { email: 'new@example.com', role: 'viewer' });
  const { activity } = (await app.request('GET', '/overview')).body;
  expect(activity[0]).toMatchObject({ action: expect.stringMatching(/invit/) });
  await app.request('POST', '/repositories:sample');
  expect((await app.request('GET', '/overview')).body.jobs.unfinished).toBeGreaterThan(0);
});
