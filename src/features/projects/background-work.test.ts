import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { syncDueJob } from '#features/repositories/jobs.ts';
import { createContext, systemActor } from '#platform/context/index.ts';
import { countUnfinishedJobs } from '#platform/jobs/index.ts';
import { selectProjectIds } from '#platform/jobs/queue-store.ts';
import { startScheduledJob } from '#platform/jobs/service.ts';
import { createTestRepository, type TestRepository } from '#testing/git-repository.ts';
import { startTestApp, type TestApp } from '#testing/index.ts';

const SLUGS = ['default', 'second'] as const;
let app: TestApp;
const sources: TestRepository[] = [];
beforeAll(async () => {
  app = await startTestApp();
  await app.request('POST', '/projects', { name: 'Second' });
});
afterAll(async () => {
  await app.close();
  for (const source of sources) await source.remove();
});

const ask = (slug: string, path: string) => app.request('GET', path, undefined, { 'x-project': slug });

async function untilQuiet(): Promise<void> {
  for (const projectId of await selectProjectIds(app.platform.database)) {
    const context = createContext(app.platform, { projectId, role: 'owner', actor: systemActor });
    while ((await countUnfinishedJobs(context)) > 0) await sleep(50);
  }
}

test('background work of one project leaves no trace in another, from the sync to the search', async () => {
  for (const slug of SLUGS) {
    const source = await createTestRepository({ name: `of-${slug}` });
    sources.push(source);
    await source.commit({
      'package.json': JSON.stringify({
        name: slug,
        dependencies: { [slug === 'second' ? 'react' : 'vue']: '1.0.0' },
      }),
      'README.md': `# The ${slug} one\n\nThe capybara of ${slug} swims.\n`,
    });
    const tracked = await app.request(
      'POST',
      '/repositories',
      { location: source.directory },
      { 'x-project': slug },
    );
    expect(tracked.status).toBe(201);
  }
  await untilQuiet();
  for (const [slug, own, other] of [
    ['default', 'vue', 'react'],
    ['second', 'react', 'vue'],
  ] as const) {
    const { repositories, jobs } = (await ask(slug, '/overview')).body;
    expect(repositories).toMatchObject({ total: 1, ready: 1, scanned: 1 });
    expect(jobs.unfinished).toBe(0);
    expect((await ask(slug, '/jobs?state=failed')).body.items).toEqual([]);
    const technologies = JSON.stringify((await ask(slug, '/technologies')).body);
    expect(technologies).toContain(`"${own}"`);
    expect(technologies).not.toContain(`"${other}"`);
    const { items } = (await ask(slug, '/search?q=capybara')).body;
    expect(items).toHaveLength(1);
    expect(JSON.stringify(items)).toContain(`of ${slug}`);
  }
});

test('a schedule runs in every project, each for itself and not twice at once', async () => {
  const ids = await selectProjectIds(app.platform.database);
  expect(ids).toHaveLength(2);
  await app.platform.database.ownerQuery("update repositories set last_tried_at = now() - interval '1 day'");
  for (const id of [...ids, ...ids]) await startScheduledJob(app.platform, syncDueJob, id);
  await untilQuiet();
  for (const slug of SLUGS) {
    const kinds = (await ask(slug, '/jobs?kind=repositories.syncDue')).body.items;
    expect(kinds.every(({ state }: { state: string }) => state === 'succeeded')).toBe(true);
    expect(kinds.some(({ result }: { result: { started: number } }) => result.started === 1)).toBe(true);
    expect((await ask(slug, '/jobs?kind=repositories.sync')).body.items).toHaveLength(2);
  }
});
