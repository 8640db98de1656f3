import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startJob } from '#platform/jobs/index.ts';
import { createTestRepository, type TestRepository } from '#testing/git-repository.ts';
import { type GitServerOptions, startGitServer } from '#testing/git-server.ts';
import { startTestApp, type TestApp } from '#testing/index.ts';
import { syncDueJob } from './jobs.ts';
import { mirrorOf } from './service.ts';
import { updateRepositoryRow } from './store.ts';

let app: TestApp;
const cleanups: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  app = await startTestApp({ env: { OUTGOING_ALLOW_HOSTS: '127.0.0.1', GIT_TIMEOUT_SECONDS: '20' } });
});
afterAll(() => app.close());
afterEach(async () => {
  for (const clean of cleanups.splice(0)) await clean();
});

async function source(options: { bare?: boolean } = {}): Promise<TestRepository> {
  const repository = await createTestRepository(options);
  cleanups.push(repository.remove);
  return repository;
}

async function serve(options: GitServerOptions): Promise<string> {
  const server = await startGitServer(options);
  cleanups.push(server.close);
  return server.url;
}

/** Tracks, and waits until the sync itself has ended; what it set off may go on. */
async function track(body: object) {
  const tracked = await app.request('POST', '/repositories', body);
  expect(tracked.status).toBe(201);
  return { id: tracked.body.repository.id as string, job: await ended(tracked.body.job.id) };
}

async function ended(jobId: string) {
  for (;;) {
    const { body } = await app.request('GET', `/jobs/${jobId}`);
    if (body.state !== 'queued' && body.state !== 'running') return body;
    await sleep(50);
  }
}

async function sync(id: string, query = '') {
  const { body } = await app.request('POST', `/repositories/${id}/sync${query}`);
  return ended(body.job.id);
}

const get = async (id: string) => (await app.request('GET', `/repositories/${id}`)).body;
const rescans = async (id: string) => {
  const { body } = await app.request('GET', `/jobs?kind=knowledge.ingestRepository&limit=200`);
  return body.items.filter((job: { subjectId: string }) => job.subjectId === id).length;
};

describe('tracking', () => {
  test('a folder stands for its repository; statistics are of its head', async () => {
    const from = await source();
    await from.commit(
      { 'src/app.ts': 'export const x = 1;\n', 'vendor/big.js': 'x'.repeat(9000) },
      { date: '2026-02-02T10:00:00Z' },
    );
    const head = await from.commit({ 'deep/er/tool.py': 'print(1)\n' }, { date: '2026-02-11T10:00:00Z' });
    const { id, job } = await track({ location: join(from.directory, 'deep', 'er') });
    expect(job).toMatchObject({
      state: 'succeeded',
      subjectId: id,
      result: { state: 'ready', headCommit: head, changed: true },
    });
    expect(await get(id)).toMatchObject({
      name: 'project',
      location: from.directory,
      kind: 'path',
      state: 'ready',
      problem: null,
      defaultBranch: 'main',
      headCommit: head,
      headCommittedAt: '2026-02-11T10:00:00.000Z',
      syncEveryMinutes: 30,
      hasAccessToken: false,
    });
    const { body } = await app.request('GET', `/repositories/${id}/statistics`);
    expect(body).toMatchObject({
      commit: head,
      commitCount: 2,
      fileCount: 3,
      languages: [
        { name: 'TypeScript', bytes: 20, files: 1, color: '#3178c6' },
        { name: 'Python', bytes: 9, files: 1 },
      ],
      contributors: [{ name: 'Ada', email: 'ada@example.org', commits: 2 }],
      activity: [
        { week: '2026-02-02', commits: 1 },
        { week: '2026-02-09', commits: 1 },
      ],
      branches: [{ name: 'main', commit: head }],
    });
  });

  test('the same location twice is a conflict that names the first', async () => {
    const from = await source();
    await from.commit({ 'a.txt': '1' });
    const { id } = await track({ location: from.directory });
    for (const location of [from.directory, `${from.directory}/`, `file://${from.directory}`]) {
      const again = await app.request('POST', '/repositories', { location });
      expect(again).toMatchObject({ status: 409, body: { code: 'repository-exists' } });
      expect(JSON.stringify(again.body)).toContain(id);
    }
  });

  test.each([
    ['/no/such/folder', 404, 'folder-not-found'],
    ['/etc/passwd', 400, 'not-a-folder'],
    ['/usr', 400, 'not-a-repository'],
    ['not a location', 400, 'location-invalid'],
    ['ext::sh -c "touch /tmp/x"', 400, 'location-invalid'],
    ['--upload-pack=touch /tmp/x', 400, 'location-invalid'],
    ['https://10.0.0.1/owner/name', 400, 'address-not-allowed'],
    ['git://host.example/name', 400, 'protocol-not-allowed'],
  ])('%s is refused at once', async (location, status, code) => {
    expect(await app.request('POST', '/repositories', { location })).toMatchObject({
      status,
      body: { code },
    });
  });

  test('lists by pages, changes, archives, and brings back what was archived', async () => {
    const from = await source();
    await from.commit({ 'a.txt': '1' });
    const { id } = await track({ location: from.directory, name: 'Mine', syncEveryMinutes: 5 });
    const page = await app.request('GET', '/repositories?limit=1');
    expect(page.body.items).toMatchObject([{ id, name: 'Mine', syncEveryMinutes: 5 }]);
    expect(page.body.nextCursor).toEqual(expect.any(String));
    const next = await app.request('GET', `/repositories?limit=1&cursor=${page.body.nextCursor}`);
    expect(next.body.items[0].id).not.toBe(id);

    const before = await rescans(id);
    const changed = await app.request('PATCH', `/repositories/${id}`, { name: 'Yours', includeSource: true });
    expect(changed).toMatchObject({ status: 200, body: { name: 'Yours', includeSource: true } });
    await app.runJobs();
    expect(await rescans(id)).toBe(before + 1);
    expect(await app.request('PATCH', `/repositories/${id}`, { accessToken: 'x' })).toMatchObject({
      status: 400,
    });
    expect(await app.request('PATCH', `/repositories/${id}`, { nonsense: 1 })).toMatchObject({ status: 400 });

    const archived = await app.request('DELETE', `/repositories/${id}`);
    expect(archived.body.archivedAt).toEqual(expect.any(String));
    expect(await app.request('POST', `/repositories/${id}/sync`)).toMatchObject({ status: 409 });
    const listed = await app.request('GET', '/repositories?limit=200');
    expect(listed.body.items.map((item: { id: string }) => item.id)).not.toContain(id);
    expect(existsSync(mirrorOf(app.context, id).directory)).toBe(true);
    const back = await app.request('POST', '/repositories', { location: from.directory });
    expect(back).toMatchObject({ status: 201, body: { repository: { id, archivedAt: null } } });
    await app.runJobs();
  });

  test('an unknown one is not found', async () => {
    for (const id of ['nonsense', '01a20823-a8e5-7315-872f-fbde59911763']) {
      for (const path of [`/repositories/${id}`, `/repositories/${id}/statistics`]) {
        expect(await app.request('GET', path)).toMatchObject({ status: 404, body: { code: 'not-found' } });
      }
    }
  });
});

describe('syncing', () => {
  test('tells the rest once a commit, and again only when asked', async () => {
    const from = await source();
    await from.commit({ 'a.txt': '1' });
    const { id } = await track({ location: from.directory });
    expect(await rescans(id)).toBe(1);
    expect(await sync(id)).toMatchObject({ state: 'succeeded', result: { changed: false } });
    expect(await rescans(id)).toBe(1);
    await app.runJobs();
    await sync(id, '?rescan=true');
    expect(await rescans(id)).toBe(2);
    await app.runJobs();
    await from.commit({ 'a.txt': '2' });
    expect(await sync(id)).toMatchObject({ result: { changed: true } });
    expect(await rescans(id)).toBe(3);
    await app.runJobs();
  });

  test('an empty repository ends clearly, and is read once it has a commit', async () => {
    const from = await source();
    const { id, job } = await track({ location: from.directory });
    expect(job).toMatchObject({ state: 'succeeded', result: { state: 'empty', headCommit: null } });
    expect(await get(id)).toMatchObject({ state: 'empty', problem: { code: 'repository-empty' } });
    expect(await app.request('GET', `/repositories/${id}/statistics`)).toMatchObject({ status: 404 });
    await from.commit({ 'a.txt': '1' });
    await sync(id);
    expect(await get(id)).toMatchObject({ state: 'ready', problem: null });
  });

  test('a repository that disappears is reported, nothing is deleted, and it can come back', async () => {
    const from = await source();
    const head = await from.commit({ 'a.ts': 'let a = 1;\n' });
    const { id } = await track({ location: from.directory });
    await rename(from.directory, `${from.directory}-away`);
    expect(await sync(id)).toMatchObject({ state: 'failed', problem: { code: 'repository-not-found' } });
    expect(await get(id)).toMatchObject({
      state: 'unreachable',
      problem: { code: 'repository-not-found' },
      headCommit: head,
    });
    expect((await app.request('GET', `/repositories/${id}/statistics`)).body.commitCount).toBe(1);
    expect(existsSync(mirrorOf(app.context, id).directory)).toBe(true);
    await rename(`${from.directory}-away`, from.directory);
    await sync(id);
    expect(await get(id)).toMatchObject({ state: 'ready', problem: null });
  });

  test('rewritten history is reported and followed', async () => {
    const from = await source();
    await from.commit({ 'a.txt': '1' });
    await from.commit({ 'a.txt': '2' });
    const { id } = await track({ location: from.directory });
    expect((await get(id)).historyRewrittenAt).toBeNull();
    await from.git('reset', '-q', '--hard', 'HEAD~1');
    const head = await from.commit({ 'a.txt': 'other' }, { message: 'instead' });
    expect(await sync(id)).toMatchObject({ state: 'succeeded', result: { historyRewritten: true } });
    expect(await get(id)).toMatchObject({
      state: 'ready',
      headCommit: head,
      historyRewrittenAt: expect.any(String),
    });
  });

  test('two syncs at once are one; a running one can be cancelled and run again', async () => {
    const from = await source();
    const { randomBytes } = await import('node:crypto');
    await from.commit({ 'noise.bin': randomBytes(3_000_000) });
    const url = await serve({ root: from.directory, bytesPerSecond: 700_000 });
    const tracked = await app.request('POST', '/repositories', { location: `${url}/.git` });
    const { job, repository } = tracked.body;
    const second = await app.request('POST', `/repositories/${repository.id}/sync`);
    expect(second.body.job.id).toBe(job.id);
    for (let state = ''; state !== 'running'; await sleep(50))
      state = (await app.request('GET', `/jobs/${job.id}`)).body.state;
    await sleep(800);
    await app.request('POST', `/jobs/${job.id}/cancel`);
    expect(await ended(job.id)).toMatchObject({ state: 'cancelled', problem: { code: 'cancelled' } });
    expect(await get(repository.id)).toMatchObject({ state: 'new', problem: null });
    expect(existsSync(mirrorOf(app.context, repository.id).directory)).toBe(false);
    const retried = await app.request('POST', `/jobs/${job.id}/retry`);
    expect(await ended(retried.body.job.id)).toMatchObject({
      state: 'succeeded',
      progress: { phase: 'counting' },
    });
  });

  test('a token is kept encrypted, used, never shown, and its refusal explained', async () => {
    const from = await source();
    await from.commit({ 'a.txt': '1' });
    const url = await serve({ root: from.directory, token: 'right-token' });
    const { id, job } = await track({ location: `${url.replace('//', '//user:wrong-token@')}/.git` });
    expect(job).toMatchObject({ state: 'failed', problem: { code: 'repository-access-denied' } });
    const denied = await get(id);
    expect(denied).toMatchObject({ state: 'unreachable', hasAccessToken: true, location: `${url}/.git` });
    expect(JSON.stringify([job, denied])).not.toContain('wrong-token');
    await app.request('PATCH', `/repositories/${id}`, { accessToken: 'right-token' });
    await app.runJobs();
    expect(await get(id)).toMatchObject({ state: 'ready', problem: null });
    const { rows } = await app.platform.database.ownerQuery(
      'select access_token_encrypted from repositories where id = $1',
      [id],
    );
    expect(String(rows[0]?.['access_token_encrypted'])).toMatch(/^v\d\./);
    const config = await readFile(join(mirrorOf(app.context, id).directory, 'config'), 'utf8');
    expect(config).not.toContain('token');
  });

  test('a server that cannot be reached is tried again before the job fails', async () => {
    const server = await startGitServer({ root: '/' });
    await server.close();
    const tracked = await app.request('POST', '/repositories', { location: `${server.url}/x` });
    const job = await ended(tracked.body.job.id);
    expect(job).toMatchObject({ state: 'failed', problem: { code: 'repository-unreachable' }, attempt: 3 });
    expect(await get(tracked.body.repository.id)).toMatchObject({ state: 'unreachable' });
  });

  test('only those that are due are synced by the schedule', async () => {
    const [due, fresh] = [await source(), await source()];
    for (const from of [due, fresh]) await from.commit({ 'a.txt': '1' });
    const ids = [await track({ location: due.directory }), await track({ location: fresh.directory })].map(
      ({ id }) => id,
    );
    await app.runJobs();
    const longAgo = new Date(Date.now() - 31 * 60_000);
    await app.context.transaction((tx) => updateRepositoryRow(tx, ids[0] ?? '', { lastTriedAt: longAgo }));
    const before = await Promise.all(ids.map(get));
    await app.context.transaction((tx) => startJob(app.context, tx, syncDueJob, {}));
    await app.runJobs();
    const after = await Promise.all(ids.map(get));
    expect(after[0].lastSyncedAt > before[0].lastSyncedAt).toBe(true);
    expect(after[1].lastSyncedAt).toBe(before[1].lastSyncedAt);
  });
});

test('the sample project has a history of eight commits and the same head everywhere', async () => {
  const first = await app.request('POST', '/repositories:sample');
  expect(first).toMatchObject({ status: 201, body: { repository: { name: 'Parcel Desk (sample)' } } });
  await app.runJobs();
  const { id } = first.body.repository;
  const { body } = await app.request('GET', `/repositories/${id}/statistics`);
  expect(body).toMatchObject({ commitCount: 8, commit: '176cd26e812b347cf6f0bee4e4d701dd1f6ba486' });
  expect(body.languages.map((language: { name: string }) => language.name)).toEqual([
    'TypeScript',
    'Python',
    'Dockerfile',
  ]);
  const again = await app.request('POST', '/repositories:sample');
  expect(again).toMatchObject({ status: 201, body: { repository: { id } } });
  await app.runJobs();
  expect((await get(id)).historyRewrittenAt).toBeNull();
});

test('a mirror that was lost or damaged is made again by the next sync', async () => {
  const from = await source();
  await from.commit({ 'a.txt': '1' });
  const { id } = await track({ location: from.directory });
  const { directory } = mirrorOf(app.context, id);
  await writeFile(join(directory, 'HEAD'), 'nonsense');
  await mkdir(`${directory}.partial-x`);
  expect(await sync(id)).toMatchObject({
    state: 'succeeded',
    result: { mirrorRebuilt: true, changed: false },
  });
  expect(existsSync(`${directory}.partial-x`)).toBe(false);
});
