import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PEOPLE_CHANGED } from '#platform/context/index.ts';
import { addPerson, onServer, openBrowser, startTestApp, type TestApp } from '#testing/index.ts';

const DAY_MS = 86_400_000;
let now = new Date('2027-01-04T09:00:00Z').getTime();
let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({
    clock: { now: () => new Date(now) },
    env: { LOGIN_LIMIT_PER_MINUTE: '1000' },
  });
});
afterAll(() => app.close());

const withToken = (token: string, method: string, path: string, body?: unknown, headers = {}) =>
  openBrowser(app).request(method, path, body, { authorization: `Bearer ${token}`, ...headers });

describe('an API token', () => {
  test('is shown once, recognisable, and stored as a hash', async () => {
    const person = await addPerson(app, 'editor');
    const made = await person.request('POST', '/tokens', { name: 'CI', scope: 'write' });
    expect(made).toMatchObject({ status: 201, body: { name: 'CI', scope: 'write', expiresAt: null } });
    expect(made.body.token).toMatch(/^cc_[0-9A-Za-z]{40}$/);
    expect(made.body.token.startsWith(made.body.prefix)).toBe(true);
    const { items } = (await person.request('GET', '/tokens')).body;
    expect(items).toMatchObject([{ id: made.body.id, prefix: made.body.prefix, lastUsedAt: null }]);
    expect(JSON.stringify(items)).not.toContain(made.body.token);
    const { rows } = await app.platform.database.ownerQuery('select api_tokens::text as row from api_tokens');
    expect(JSON.stringify(rows)).not.toContain(made.body.token);
    const key = { 'idempotency-key': 'the same' };
    const first = await person.request('POST', '/tokens', { name: 'Twice', scope: 'read' }, key);
    const kept = await app.platform.database.ownerQuery(
      "select count(*)::int as n from idempotency_keys k where k::text like '%' || $1 || '%'",
      [first.body.token],
    );
    expect(kept.rows).toEqual([{ n: 0 }]);
  });

  test('may do what its scope says, and never more than its user', async () => {
    const editor = await addPerson(app, 'editor');
    const make = (scope: string) => editor.request('POST', '/tokens', { name: scope, scope });
    expect((await make('admin')).body.code).toBe('scope-too-wide');
    const read = (await make('read')).body.token;
    const write = (await make('write')).body.token;
    const body = { name: 'Of a token' };
    expect((await withToken(read, 'GET', '/technologies')).status).toBe(200);
    expect((await withToken(read, 'POST', '/technologies', body)).status).toBe(403);
    expect((await withToken(write, 'POST', '/technologies', body)).status).toBe(201);
    await app.request('PATCH', `/members/${editor.id}`, { role: 'viewer' });
    expect((await withToken(write, 'POST', '/technologies', { ...body, name: 'Later' })).status).toBe(403);
  });

  test('is bound to its project', async () => {
    await app.request('POST', '/projects', { name: 'Elsewhere' });
    const owner = await addPerson(app, 'owner');
    const { token } = (await owner.request('POST', '/tokens', { name: 'here', scope: 'admin' })).body;
    await app.request(
      'POST',
      '/invitations',
      { email: owner.email, role: 'owner' },
      { 'x-project': 'elsewhere' },
    );
    const elsewhere = await withToken(token, 'GET', '/overview', undefined, { 'x-project': 'elsewhere' });
    expect(elsewhere).toMatchObject({ status: 404, body: { code: 'project-not-found' } });
    expect((await withToken(token, 'GET', '/projects')).body.items).toMatchObject([{ slug: 'default' }]);
    expect((await withToken(token, 'GET', '/session')).body.projects).toHaveLength(1);
  });

  test('does nothing to the account of its user, nor to the installation', async () => {
    const admin = await addPerson(app, 'owner');
    await app.request('PATCH', `/users/${admin.id}`, { admin: true });
    const { token } = (await admin.request('POST', '/tokens', { name: 'all', scope: 'admin' })).body;
    for (const [method, path, body] of [
      ['PUT', '/account/password', { newPassword: 'mine from now on' }],
      ['PATCH', '/account', { email: 'thief@example.com' }],
      ['POST', '/account/two-factor', undefined],
      ['GET', '/sessions', undefined],
      ['POST', '/login-links', undefined],
      ['POST', '/tokens', { name: 'child', scope: 'admin' }],
      ['GET', '/users', undefined],
      ['POST', '/projects', { name: 'Mine' }],
    ] as const) {
      expect((await withToken(token, method, path, body)).status, `${method} ${path}`).toBe(403);
    }
  });

  test('ends when it expires', async () => {
    const person = await addPerson(app, 'viewer');
    const body = { name: 'short', scope: 'read', expiresInDays: 3 };
    const { token, expiresAt } = (await person.request('POST', '/tokens', body)).body;
    expect(new Date(expiresAt).getTime()).toBe(now + 3 * DAY_MS);
    expect((await withToken(token, 'GET', '/overview')).status).toBe(200);
    now += 3 * DAY_MS;
    expect((await withToken(token, 'GET', '/overview')).status).toBe(401);
  });

  test('ends at once when it is revoked, by its user or an owner', async () => {
    const person = await addPerson(app, 'viewer');
    const other = await addPerson(app, 'editor');
    const make = async () => (await person.request('POST', '/tokens', { name: 't', scope: 'read' })).body;
    const [own, seen] = [await make(), await make()];
    expect((await other.request('GET', '/tokens')).body.items).toEqual([]);
    expect((await other.request('DELETE', `/tokens/${own.id}`)).status).toBe(404);
    expect((await withToken(own.token, 'GET', '/overview')).status).toBe(200);
    expect((await person.request('DELETE', `/tokens/${own.id}`)).status).toBe(204);
    expect((await withToken(own.token, 'GET', '/overview')).status).toBe(401);
    const { items } = (await app.request('GET', '/tokens')).body;
    expect(items.map(({ id }: { id: string }) => id)).toContain(seen.id);
    expect((await app.request('DELETE', `/tokens/${seen.id}`)).status).toBe(204);
    expect((await withToken(seen.token, 'GET', '/overview')).status).toBe(401);
  });

  test('that ends is told to whoever keeps in mind what it may do', async () => {
    const person = await addPerson(app, 'viewer');
    const { id } = (await person.request('POST', '/tokens', { name: 't', scope: 'read' })).body;
    let told = 0;
    const stop = app.platform.events.subscribe(PEOPLE_CHANGED, () => told++);
    await person.request('GET', '/tokens');
    expect(told).toBe(0);
    await person.request('DELETE', `/tokens/${id}`);
    expect(told).toBe(1);
    stop();
  });

  test('notes its last use, at most once a minute', async () => {
    const person = await addPerson(app, 'viewer');
    const { token, id } = (await person.request('POST', '/tokens', { name: 't', scope: 'read' })).body;
    const lastUse = async () =>
      (await person.request('GET', '/tokens')).body.items.find((item: { id: string }) => item.id === id)
        .lastUsedAt;
    await withToken(token, 'GET', '/overview');
    const first = new Date(now).toISOString();
    expect(await lastUse()).toBe(first);
    now += 59_000;
    await withToken(token, 'GET', '/overview');
    expect(await lastUse()).toBe(first);
    now += 2000;
    await withToken(token, 'GET', '/overview');
    expect(await lastUse()).toBe(new Date(now).toISOString());
  });

  test('stands in the log with its name as who did it', async () => {
    const person = await addPerson(app, 'editor');
    const { token, id } = (await person.request('POST', '/tokens', { name: 'robot', scope: 'write' })).body;
    const body = { name: 'By robot' };
    expect((await withToken(token, 'POST', '/technologies', body)).status).toBe(201);
    const { rows } = await app.platform.database.ownerQuery(
      "select actor_kind, actor_name, actor_address from activity where actor_id = $1 and actor_kind = 'token'",
      [id],
    );
    expect(rows[0]).toMatchObject({
      actor_name: expect.stringMatching(/^robot \(/),
      actor_address: expect.stringContaining('127.0.0.1'),
    });
  });
});

describe.skipIf(onServer)('the token of the local command line', () => {
  test('that an earlier version has made keeps working, and another file replaces it', async () => {
    const first = await startTestApp();
    const path = join(first.dataDir, 'owner-token');
    expect(await readFile(path, 'utf8')).toMatch(/^cc_[0-9A-Za-z]{40}\n$/);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const dataDir = `${first.dataDir}-kept`;
    await first.close();

    const earlier = 'ab'.repeat(32);
    const second = await startTestApp({ dataDir });
    await second.close();
    await writeFile(join(dataDir, 'owner-token'), `${earlier}\n`);
    const third = await startTestApp({ dataDir });
    const as = (token: string) =>
      openBrowser(third).request('GET', '/users', undefined, { authorization: `Bearer ${token}` });
    expect((await as(earlier)).status).toBe(200);
    expect((await as(second.token)).status).toBe(401);
    await third.close();
    await rm(dataDir, { recursive: true });
  });
});
