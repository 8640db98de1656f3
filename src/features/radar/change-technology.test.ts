import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestApp } from '#testing/index.ts';
import { later, type ScannedApp, startScannedApp } from '#testing/scanned-app.ts';

let scanned: ScannedApp;
let app: TestApp;
const get = (path: string) => scanned.get(path);

beforeAll(async () => {
  scanned = await startScannedApp();
  app = scanned.app;
  await app.request('POST', '/technologies/react/moves', { toRing: 'adopt', reason: 'It proved itself' });
  await app.request('PATCH', '/technologies/react', { standardVersion: '^18' }, { 'if-match': '*' });
  expect((await get('/drift?kind=version-behind')).items).toHaveLength(1);
}, 120_000);
afterAll(() => app?.close());

describe('changing', () => {
  test('needs the version that the change starts from', async () => {
    const { version } = await get('/technologies/typescript');
    const patch = (headers: Record<string, string>) =>
      app.request('PATCH', '/technologies/typescript', { owner: 'Web team' }, headers);
    expect(await patch({})).toMatchObject({ status: 428, body: { code: 'if-match-needed' } });
    expect(await patch({ 'if-match': 'now' })).toMatchObject({
      status: 400,
      body: { code: 'if-match-invalid' },
    });
    const old = await patch({ 'if-match': String(version + 5) });
    expect(old).toMatchObject({ status: 412, body: { code: 'technology-changed', details: { version } } });
    const answer = await patch({ 'if-match': `W/"${version}"` });
    expect(answer).toMatchObject({ status: 200, body: { owner: 'Web team', version: version + 1 } });
    expect(answer.headers.get('etag')).toBe(`"${version + 1}"`);
    const same = await patch({ 'if-match': '*' });
    expect(same.body.version, 'nothing changed').toBe(version + 1);
  });

  test('two at once: one wins, the other is told', async () => {
    const { version } = await get('/technologies/npm-left-pad');
    const answers = await Promise.all(
      ['One', 'Two'].map((owner) =>
        app.request('PATCH', '/technologies/npm-left-pad', { owner }, { 'if-match': String(version) }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
  });

  test('what a person has set survives the next scan, and the rest keeps up with the code', async () => {
    const before = await get('/technologies/typescript');
    await app.request(
      'PATCH',
      '/technologies/typescript',
      { name: 'TypeScript (ours)', quadrant: 'tools', tags: ['web'] },
      { 'if-match': String(before.version) },
    );
    await scanned.scan(later);
    expect(await get('/technologies/typescript')).toMatchObject({
      name: 'TypeScript (ours)',
      quadrant: 'tools',
      tags: ['web'],
      owner: 'Web team',
    });
    expect(await get('/technologies/react')).toMatchObject({
      ring: 'adopt',
      usage: { versions: ['18.3.1'] },
    });
    expect(await get('/technologies/golang')).toMatchObject({ ring: null });
    expect((await get('/drift?kind=version-behind')).items).toEqual([]);
  });

  test('what was archived is off the radar, stays so after a scan, and can come back', async () => {
    const archived = await app.request('DELETE', '/technologies/npm-left-pad');
    expect(archived).toMatchObject({ status: 200, body: { archivedAt: expect.any(String) } });
    await scanned.scan(later);
    const slugs = (await get('/technologies?limit=200')).items.map((item: { slug: string }) => item.slug);
    expect(slugs).not.toContain('npm-left-pad');
    expect((await get('/technologies?archived=true')).items).toMatchObject([{ slug: 'npm-left-pad' }]);
    const judged = await app.request('POST', '/technologies/npm-left-pad/moves', {
      toRing: 'hold',
      reason: 'Tiny',
    });
    expect(judged).toMatchObject({ status: 409, body: { code: 'technology-archived' } });
    const { version } = archived.body;
    const back = await app.request(
      'PATCH',
      '/technologies/npm-left-pad',
      { archived: false },
      { 'if-match': String(version) },
    );
    expect(back.body.archivedAt).toBeNull();
  });
});
