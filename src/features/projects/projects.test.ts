import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addPerson, openBrowser, startTestApp, TEST_PASSWORD, type TestApp } from '#testing/index.ts';

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

const inProject = (slug: string) => ({ 'x-project': slug });
async function addProject(name: string): Promise<{ id: string; slug: string }> {
  const { status, body } = await app.request('POST', '/projects', { name });
  expect(status).toBe(201);
  return body;
}

describe('a project', () => {
  test('is made by an admin, who owns it; its slug comes from its name', async () => {
    const person = await addPerson(app, 'owner');
    expect((await person.request('POST', '/projects', { name: 'Mine' })).status).toBe(403);
    expect(await addProject('Zürich Platform!')).toMatchObject({ slug: 'zurich-platform', role: 'owner' });
    const again = await app.request('POST', '/projects', { name: 'Zürich platform' });
    expect(again).toMatchObject({ status: 409, body: { code: 'slug-taken' } });
    expect((await app.request('POST', '/projects', { name: '???' })).body.slug).toMatch(/^project-/);
    const { items } = (await app.request('GET', '/projects')).body;
    expect(items[0]).toMatchObject({ slug: 'default', role: 'owner' });
  });

  test('is chosen by X-Project or ?project=, by slug or id; the first one is meant without', async () => {
    const { id, slug } = await addProject('Chosen');
    await app.request('POST', '/technologies', { name: 'Only here' }, inProject(slug));
    const names = async (path: string, headers = {}) =>
      (await app.request('GET', path, undefined, headers)).body.items.map(
        ({ name }: { name: string }) => name,
      );
    expect(await names('/technologies', inProject(slug))).toEqual(['Only here']);
    expect(await names('/technologies', inProject(id))).toEqual(['Only here']);
    expect(await names(`/technologies?project=${slug}`)).toEqual(['Only here']);
    expect(await names('/technologies')).not.toContain('Only here');
    const session = await app.request('GET', '/session', undefined, inProject(slug));
    expect(session.body).toMatchObject({ project: { id, slug, name: 'Chosen' }, role: 'owner' });
  });

  test('that is not the caller’s does not exist for them, like one that is nobody’s', async () => {
    const { id, slug } = await addProject('Hidden');
    const outsider = await addPerson(app, 'owner');
    const answers = await Promise.all(
      [slug, id, 'no-such-project', '0'.repeat(500), "' or 1=1 --"].map((project) =>
        outsider.request('GET', '/overview', undefined, inProject(project)),
      ),
    );
    for (const { status, body } of answers) expect([status, body.code]).toEqual([404, 'project-not-found']);
    expect((await outsider.request('GET', '/session', undefined, inProject(slug))).body).toMatchObject({
      project: null,
      role: null,
      projects: [{ slug: 'default' }],
    });
    expect((await outsider.request('PATCH', `/projects/${id}`, { name: 'Taken' })).status).toBe(404);
  });

  test('is renamed by its owner', async () => {
    const { id, slug } = await addProject('Old name');
    const renamed = await app.request('PATCH', `/projects/${id}`, { name: 'New name' }, inProject(slug));
    expect(renamed.body).toEqual({ id, slug, name: 'New name', role: 'owner' });
  });

  test('shows nothing of itself to the members of another one', async () => {
    const { slug } = await addProject('Apart');
    const insider = await addPerson(app, 'owner', { project: slug });
    const outsider = await addPerson(app, 'owner');
    const technology = (await insider.request('POST', '/technologies', { name: 'Secret' })).body;
    const token = (await insider.request('POST', '/tokens', { name: 'secret', scope: 'admin' })).body;
    const invitation = (await insider.request('POST', '/invitations', { email: 's@x.org', role: 'viewer' }))
      .body;
    for (const [method, path, body] of [
      ['GET', `/technologies/${technology.id}`, undefined],
      ['PATCH', `/technologies/${technology.id}`, { name: 'Seen' }],
      ['DELETE', `/tokens/${token.id}`, undefined],
      ['DELETE', `/invitations/${invitation.id}`, undefined],
      ['PATCH', `/members/${insider.id}`, { role: 'viewer' }],
      ['DELETE', `/members/${insider.id}`, undefined],
    ] as const) {
      const headers = { 'if-match': '"1"' };
      expect((await outsider.request(method, path, body, headers)).status, `${method} ${path}`).toBe(404);
    }
    for (const path of ['/technologies', '/tokens', '/members', '/invitations', '/overview', '/projects']) {
      const text = JSON.stringify((await outsider.request('GET', path)).body);
      for (const secret of ['Secret', 'secret', insider.email, 's@x.org', 'Apart']) {
        expect(text, path).not.toContain(secret);
      }
    }
  });
});

describe('members', () => {
  test('have a role that counts from the next request on', async () => {
    const person = await addPerson(app, 'viewer');
    expect((await person.request('POST', '/technologies', { name: 'By viewer' })).status).toBe(403);
    const changed = await app.request('PATCH', `/members/${person.id}`, { role: 'editor' });
    expect(changed.body).toMatchObject({ userId: person.id, email: person.email, role: 'editor' });
    expect((await person.request('POST', '/technologies', { name: 'By editor' })).status).toBe(201);
  });

  test('are seen by each other, and changed and removed by owners only', async () => {
    const editor = await addPerson(app, 'editor');
    const viewer = await addPerson(app, 'viewer');
    const { items } = (await viewer.request('GET', '/members')).body;
    expect(items.map(({ email }: { email: string }) => email)).toContain(editor.email);
    for (const one of [viewer, editor]) {
      expect((await one.request('PATCH', `/members/${one.id}`, { role: 'owner' })).status).toBe(403);
      expect((await one.request('DELETE', `/members/${viewer.id}`)).status).toBe(403);
      expect((await one.request('POST', '/invitations', { email: 'x@y.z', role: 'owner' })).status).toBe(403);
      expect((await one.request('GET', '/invitations')).status).toBe(403);
    }
  });

  test('who are removed are out at once, with their sessions and tokens for the project', async () => {
    const person = await addPerson(app, 'editor');
    const { token } = (await person.request('POST', '/tokens', { name: 't', scope: 'write' })).body;
    const asToken = { authorization: `Bearer ${token}` };
    expect((await app.request('DELETE', `/members/${person.id}`)).status).toBe(204);
    expect((await person.request('GET', '/overview')).body.code).toBe('project-not-found');
    expect((await person.request('GET', '/session')).body).toMatchObject({ project: null, projects: [] });
    expect((await openBrowser(app).request('GET', '/overview', undefined, asToken)).status).toBe(404);
    expect((await app.request('DELETE', `/members/${person.id}`)).status).toBe(404);
  });

  test('the last owner can neither go nor be made less, not even two at the same moment', async () => {
    const { slug } = await addProject('Two owners');
    const me = (await app.request('GET', '/session')).body.user.id;
    const here = inProject(slug);
    for (const [method, body] of [
      ['DELETE', undefined],
      ['PATCH', { role: 'editor' }],
    ] as const) {
      const refused = await app.request(method, `/members/${me}`, body, here);
      expect(refused).toMatchObject({ status: 409, body: { code: 'last-owner' } });
    }
    const other = await addPerson(app, 'owner', { project: slug });
    const both = await Promise.all([
      other.request('DELETE', `/members/${me}`, undefined, here),
      app.request('DELETE', `/members/${other.id}`, undefined, here),
    ]);
    expect(both.map(({ status }) => status).filter((status) => status === 204)).toHaveLength(1);
    const { rows } = await app.platform.database.ownerQuery(
      "select count(*)::int as owners from members m join projects p on p.id = m.project_id where p.slug = $1 and m.role = 'owner'",
      [slug],
    );
    expect(rows).toEqual([{ owners: 1 }]);
  });
});

describe('an invitation', () => {
  const invite = async (email: string, role = 'editor', headers = {}) =>
    (await app.request('POST', '/invitations', { email, role }, headers)).body;
  const codeOf = ({ path }: { path: string }) => path.split('code=')[1] ?? '';

  test('says what it is to, and makes its bearer a member with a password', async () => {
    const made = await invite('New@Example.com');
    expect(made.path).toMatch(/^\/invitation\?code=/);
    const browser = openBrowser(app);
    expect((await browser.request('GET', made.path)).body).toEqual({
      email: 'new@example.com',
      role: 'editor',
      project: { slug: 'default', name: 'My project' },
      hasAccount: false,
    });
    const body = { code: codeOf(made), name: 'New', password: TEST_PASSWORD };
    const accepted = await browser.request('POST', '/invitation', body);
    expect(accepted).toMatchObject({
      status: 200,
      body: { user: { email: 'new@example.com' }, role: 'editor' },
    });
    const signIn = { email: 'new@example.com', password: TEST_PASSWORD };
    expect((await openBrowser(app).request('POST', '/session', signIn)).status).toBe(200);
  });

  test('works once', async () => {
    const code = codeOf(await invite('once@example.com'));
    const body = { code, name: 'Once', password: TEST_PASSWORD };
    const both = await Promise.all([1, 2].map(() => openBrowser(app).request('POST', '/invitation', body)));
    expect(both.map(({ status }) => status).filter((status) => status === 200)).toHaveLength(1);
    const late = await openBrowser(app).request('POST', '/invitation', body);
    expect(late).toMatchObject({ status: 404, body: { code: 'invitation-unknown' } });
    expect((await app.request('GET', '/invitations')).body.items).toEqual([]);
  });

  test('ends after a week, when it is taken back, and when a newer one takes its place', async () => {
    const unknown = async (code: string) =>
      expect((await openBrowser(app).request('GET', `/invitation?code=${code}`)).body.code).toBe(
        'invitation-unknown',
      );
    const first = await invite('again@example.com');
    const second = await invite('again@example.com', 'viewer');
    await unknown(codeOf(first));
    expect((await app.request('DELETE', `/invitations/${second.id}`)).status).toBe(204);
    await unknown(codeOf(second));
    const third = await invite('again@example.com');
    now += 7 * DAY_MS;
    await unknown(codeOf(third));
  });

  test('to who has an account asks for the password of that account, or for nothing if signed in', async () => {
    const [one, two] = [await addProject('First more'), await addProject('Second more')];
    const person = await addPerson(app, 'viewer');
    const made = await invite(person.email, 'editor', inProject(one.slug));
    const browser = openBrowser(app);
    expect((await browser.request('GET', made.path)).body.hasAccount).toBe(true);
    const stolen = { code: codeOf(made), name: 'Thief', password: 'a password of my own' };
    expect((await browser.request('POST', '/invitation', stolen)).body.code).toBe('sign-in-failed');
    const own = { code: codeOf(made), password: TEST_PASSWORD };
    expect((await browser.request('POST', '/invitation', own)).body.projects).toHaveLength(2);
    const next = await invite(person.email, 'owner', inProject(two.slug));
    const accepted = await person.request('POST', '/invitation', { code: codeOf(next) });
    expect(accepted.body.projects).toHaveLength(3);
    const known = await app.request('POST', '/invitations', { email: person.email, role: 'owner' });
    expect(known).toMatchObject({ status: 409, body: { code: 'already-member' } });
  });

  test('asks for a name and a password that is not guessed at once', async () => {
    const code = codeOf(await invite('weak@example.com'));
    const accept = async (body: object) =>
      (await openBrowser(app).request('POST', '/invitation', { code, ...body })).body.code;
    expect(await accept({})).toBe('invalid-request');
    expect(await accept({ name: 'Weak', password: 'short' })).toBe('password-length');
    expect(await accept({ name: 'Weak', password: 'weak@example.com' })).toBe('password-guessable');
    expect(await accept({ name: 'Weak', password: 'aaaaaaaaaaaa' })).toBe('password-guessable');
  });
});

test('what owners do to members stands in the log of the project, with before and after', async () => {
  const { slug, id } = await addProject('Logged');
  const person = await addPerson(app, 'viewer', { project: slug });
  await app.request('PATCH', `/members/${person.id}`, { role: 'editor' }, inProject(slug));
  await app.request('DELETE', `/members/${person.id}`, undefined, inProject(slug));
  const { rows } = await app.platform.database.ownerQuery(
    'select action, before, after from activity where project_id = $1 order by id',
    [id],
  );
  expect(rows).toEqual([
    { action: 'projects.create', before: null, after: { slug: 'logged', name: 'Logged' } },
    { action: 'projects.invite', before: null, after: { email: person.email, role: 'viewer' } },
    { action: 'projects.acceptInvitation', before: null, after: { email: person.email, role: 'viewer' } },
    { action: 'projects.changeRole', before: { role: 'viewer' }, after: { role: 'editor' } },
    { action: 'projects.removeMember', before: { role: 'editor' }, after: null },
  ]);
});
