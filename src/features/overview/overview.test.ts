import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestRepository } from '#testing/git-repository.ts';
import { startTestApp, type TestApp } from '#testing/index.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
}, 120_000);

afterAll(async () => {
  await app.close();
});

test('an empty project is all zeros, not an error', async () => {
  const { status, body } = await app.request('GET', '/overview');
  expect(status, JSON.stringify(body)).toBe(200);
  expect(body).toMatchObject({
    repositories: { total: 0, scanned: 0 },
    technologies: { total: 0, unreviewed: 0 },
    drift: { total: 0 },
    documents: { ready: 0, failed: 0 },
    jobs: { unfinished: 0, running: [] },
  });
});

test('counts what a tracked repository brings, and names the latest changes', async () => {
  const repository = await createTestRepository({ name: 'shop' });
  await repository.commit({
    'README.md': '# Shop\n\nSells parcels.\n',
    'package.json': '{\n  "dependencies": { "react": "18.3.1" }\n}\n',
  });
  const tracked = await app.request('POST', '/repositories', { location: repository.directory });
  expect(tracked.status).toBe(201);
  await app.runJobs();
  await repository.remove();
  await app.request('POST', '/technologies/react/moves', { toRing: 'hold', reason: 'We leave it' });

  const { body } = await app.request('GET', '/overview');
  expect(body).toMatchObject({
    repositories: { total: 1, ready: 1, unreachable: 0, scanned: 1 },
    technologies: { hold: 1, adopt: 0 },
    documents: { ready: 1, failed: 0, gone: 0 },
    jobs: { unfinished: 0 },
  });
  const { byKind, total } = body.drift;
  expect(byKind).toMatchObject({ 'hold-used': 1, 'unreviewed-used': body.technologies.unreviewed });
  expect(total).toBe(1 + body.technologies.unreviewed);
  expect(body.activity[0]).toMatchObject({ action: 'radar.move', subjectKind: 'technology' });
  expect(body.activity.map((entry: { action: string }) => entry.action)).toContain('repositories.track');
});
