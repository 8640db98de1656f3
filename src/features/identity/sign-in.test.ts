import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  addPerson,
  openBrowser,
  startTestApp,
  TEST_PASSWORD,
  type TestApp,
  type TestPerson,
} from '#testing/index.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
let now = new Date('2027-01-04T09:00:00Z').getTime();
const later = (ms: number): void => {
  now += ms;
};
let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({
    clock: { now: () => new Date(now) },
    env: { LOGIN_LIMIT_PER_MINUTE: '1000' },
  });
});
afterAll(() => app.close());

const signIn = (email: string, password = TEST_PASSWORD, code?: string) => {
  const browser = openBrowser(app);
  const body = { email, password, ...(code === undefined ? {} : { code }) };
  return browser.request('POST', '/session', body).then((answer) => ({ ...answer, browser }));
};

describe('the first run', () => {
  test('makes an owner without a password, who comes in by a link and sets one', async () => {
    const fresh = await startTestApp();
    expect((await openBrowser(fresh).request('GET', '/setup')).body).toEqual({
      needed: true,
      oidc: null,
      passwordSignIn: true,
    });
    const browser = openBrowser(fresh);
    const { body } = await fresh.request('POST', '/login-links');
    expect((await browser.request('GET', body.path)).status).toBe(303);
    const session = await browser.request('GET', '/session');
    expect(session.body).toMatchObject({
      user: { name: 'Owner', admin: true, hasPassword: false, twoFactor: false },
      role: 'owner',
      project: { slug: 'default' },
      projects: [{ slug: 'default', role: 'owner' }],
    });
    await browser.request('PATCH', '/account', { email: 'Owner@Example.com' });
    expect((await browser.request('PUT', '/account/password', { newPassword: TEST_PASSWORD })).status).toBe(
      204,
    );
    expect((await browser.request('GET', '/setup')).body.needed).toBe(false);
    const again = openBrowser(fresh);
    const signedIn = await again.request('POST', '/session', {
      email: 'owner@example.COM',
      password: TEST_PASSWORD,
    });
    expect(signedIn).toMatchObject({ status: 200, body: { user: { email: 'owner@example.com' } } });
    await fresh.close();
  });
});

describe('a link', () => {
  test('works once, within 15 minutes, for the user it was made for', async () => {
    const person = await addPerson(app, 'viewer');
    const make = async (): Promise<string> =>
      (await app.request('POST', '/login-links', { email: person.email })).body.path;
    const first = await make();
    const browser = openBrowser(app);
    expect((await browser.request('GET', first)).headers.get('location')).toBe('/');
    expect((await browser.request('GET', '/session')).body.user.email).toBe(person.email);
    expect((await openBrowser(app).request('GET', first)).headers.get('location')).toContain('/signed-out');
    const late = await make();
    later(15 * MINUTE_MS + 1);
    expect((await openBrowser(app).request('GET', late)).headers.get('location')).toContain('/signed-out');
  });

  test('for another user is made by an admin only', async () => {
    const owner = await addPerson(app, 'owner');
    const other = await addPerson(app, 'viewer');
    expect((await owner.request('POST', '/login-links', { email: other.email })).status).toBe(403);
    expect((await owner.request('POST', '/login-links')).status).toBe(201);
    expect((await app.request('POST', '/login-links', { email: 'nobody@example.com' })).status).toBe(404);
  });
});

describe('a password', () => {
  test('signs in; a wrong one and an unknown user get the same answer', async () => {
    const person = await addPerson(app, 'viewer');
    expect((await signIn(person.email)).body).toMatchObject({
      user: { email: person.email },
      role: 'viewer',
    });
    const wrong = await signIn(person.email, 'something else entirely');
    const unknown = await signIn('nobody@example.com', 'something else entirely');
    expect(wrong).toMatchObject({ status: 401, body: { code: 'sign-in-failed' } });
    expect(unknown.status).toBe(401);
    expect({ ...unknown.body, requestId: '' }).toEqual({ ...wrong.body, requestId: '' });
  });

  test('is changed with the present one, which ends every other session and gives this one a new secret', async () => {
    const person = await addPerson(app, 'viewer');
    const { browser: elsewhere } = await signIn(person.email);
    const before = person.cookies.get('commandcenter_session') ?? '';
    const change = (body: object) => person.request('PUT', '/account/password', body);
    expect((await change({ newPassword: 'another few words' })).body.code).toBe('password-wrong');
    expect((await change({ currentPassword: TEST_PASSWORD, newPassword: 'short' })).status).toBe(400);
    const guessable = { currentPassword: TEST_PASSWORD, newPassword: person.email };
    expect((await change(guessable)).body.code).toBe('password-guessable');
    const good = { currentPassword: TEST_PASSWORD, newPassword: 'another few words' };
    expect((await change(good)).status).toBe(204);
    expect(person.cookies.get('commandcenter_session')).not.toBe(before);
    expect((await person.request('GET', '/session')).status).toBe(200);
    expect((await elsewhere.request('GET', '/session')).status).toBe(401);
    const stolen = { cookie: `commandcenter_session=${before}` };
    expect((await openBrowser(app).request('GET', '/session', undefined, stolen)).status).toBe(401);
    expect((await signIn(person.email)).status).toBe(401);
    expect((await signIn(person.email, 'another few words')).status).toBe(200);
  });

  test('is never answered, and stored as argon2id only', async () => {
    const person = await addPerson(app, 'viewer');
    const { rows } = await app.platform.database.ownerQuery('select password_hash from users where id = $1', [
      person.id,
    ]);
    expect(rows[0]?.['password_hash']).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(JSON.stringify((await app.request('GET', '/users')).body)).not.toContain('argon2');
  });

  test('stored at another cost is stored anew when its user signs in', async () => {
    const person = await addPerson(app, 'viewer');
    const { hashPassword } = await import('./passwords.ts');
    const cheap = await hashPassword(TEST_PASSWORD, { memory: 8192, passes: 1, parallelism: 1 });
    await app.platform.database.ownerQuery('update users set password_hash = $1 where id = $2', [
      cheap,
      person.id,
    ]);
    expect((await signIn(person.email, 'wrong wrong wrong')).status).toBe(401);
    expect((await signIn(person.email)).status).toBe(200);
    const { rows } = await app.platform.database.ownerQuery('select password_hash from users where id = $1', [
      person.id,
    ]);
    expect(rows[0]?.['password_hash']).toContain('m=19456,t=2,p=1');
    expect((await signIn(person.email)).status).toBe(200);
  });
});

describe('sessions', () => {
  test('are listed with where they come from, and end at once when they are revoked', async () => {
    const person = await addPerson(app, 'viewer');
    const phone = openBrowser(app);
    await phone.request(
      'POST',
      '/session',
      { email: person.email, password: TEST_PASSWORD },
      { 'user-agent': 'Phone' },
    );
    const { items } = (await person.request('GET', '/sessions')).body;
    expect(items).toHaveLength(2);
    const other = items.find((item: { current: boolean }) => !item.current);
    expect(other).toMatchObject({ userAgent: 'Phone', address: expect.stringMatching(/127\.0\.0\.1$/) });
    expect((await phone.request('GET', '/session')).status).toBe(200);
    expect((await person.request('DELETE', `/sessions/${other.id}`)).status).toBe(204);
    expect((await phone.request('GET', '/session')).status).toBe(401);
    expect((await person.request('GET', '/session')).status).toBe(200);
  });

  test('of others can be ended together, and those of other users not at all', async () => {
    const person = await addPerson(app, 'viewer');
    const stranger = await addPerson(app, 'owner');
    const { browser } = await signIn(person.email);
    const { items } = (await stranger.request('GET', '/sessions')).body;
    expect((await person.request('DELETE', `/sessions/${items[0].id}`)).status).toBe(404);
    const link = (await browser.request('POST', '/login-links')).body.path;
    expect((await person.request('DELETE', '/sessions')).status).toBe(204);
    expect((await openBrowser(app).request('GET', link)).headers.get('location')).toContain('/signed-out');
    expect((await browser.request('GET', '/session')).status).toBe(401);
    expect((await stranger.request('GET', '/session')).status).toBe(200);
  });

  test('get a new secret at each sign-in; the one that the browser came with ends', async () => {
    const person = await addPerson(app, 'viewer');
    const before = person.cookies.get('commandcenter_session') ?? '';
    await person.request('POST', '/session', { email: person.email, password: TEST_PASSWORD });
    expect(person.cookies.get('commandcenter_session')).not.toBe(before);
    const old = { cookie: `commandcenter_session=${before}` };
    expect((await openBrowser(app).request('GET', '/session', undefined, old)).status).toBe(401);
    expect((await person.request('GET', '/sessions')).body.items).toHaveLength(1);
  });

  test('end after two weeks without use, and after 30 days in any case', async () => {
    const idle = await addPerson(app, 'viewer');
    const busy = await addPerson(app, 'viewer');
    for (let day = 0; day < 29; day += 7) {
      expect((await busy.request('GET', '/session')).status).toBe(200);
      if (day === 14) expect((await idle.request('GET', '/session')).status).toBe(401);
      later(7 * DAY_MS);
    }
    expect((await busy.request('GET', '/session')).status).toBe(401);
  });

  test('note their last use, at most once a minute', async () => {
    const person = await addPerson(app, 'viewer');
    const lastUse = async (): Promise<number> => {
      const { rows } = await app.platform.database.ownerQuery(
        'select extract(epoch from last_used_at) * 1000 as at from sessions where user_id = $1',
        [person.id],
      );
      return Number(rows[0]?.['at']);
    };
    const begin = now;
    later(30_000);
    await person.request('GET', '/session');
    expect(await lastUse()).toBe(begin);
    later(31_000);
    await person.request('GET', '/session');
    expect(await lastUse()).toBe(now);
  });

  test('are stored as hashes only', async () => {
    const person = await addPerson(app, 'viewer');
    const { rows } = await app.platform.database.ownerQuery('select sessions::text as row from sessions');
    const secret = person.cookies.get('commandcenter_session') ?? 'none';
    expect(rows.some(({ row }) => String(row).includes(secret))).toBe(false);
  });
});

describe('the second factor', () => {
  const codeOf = (base32: string, at = now): string =>
    new TOTP({ secret: Secret.fromBase32(base32) }).generate({ timestamp: at });

  async function turnOn(person: TestPerson): Promise<{ secret: string; recoveryCodes: string[] }> {
    const { body } = await person.request('POST', '/account/two-factor');
    const confirmed = await person.request('POST', '/account/two-factor/confirm', {
      code: codeOf(body.secret),
    });
    expect(confirmed.status).toBe(200);
    later(30_000);
    return { secret: body.secret, recoveryCodes: confirmed.body.recoveryCodes };
  }

  test('is set up with a picture for the app and counts after a first code', async () => {
    const person = await addPerson(app, 'viewer');
    const { body } = await person.request('POST', '/account/two-factor');
    expect(body.uri).toMatch(/^otpauth:\/\/totp\/CommandCenter:/);
    expect(Buffer.from(body.qr.split(',')[1], 'base64').toString()).toContain('<svg');
    expect((await signIn(person.email)).status).toBe(200);
    const wrong = codeOf(body.secret, now + 10 * MINUTE_MS);
    const refused = await person.request('POST', '/account/two-factor/confirm', { code: wrong });
    expect(refused).toMatchObject({ status: 422, body: { code: 'code-wrong' } });
    const before = person.cookies.get('commandcenter_session');
    const confirmed = await person.request('POST', '/account/two-factor/confirm', {
      code: codeOf(body.secret),
    });
    expect(confirmed.body.recoveryCodes).toHaveLength(10);
    expect(person.cookies.get('commandcenter_session')).not.toBe(before);
    expect((await person.request('GET', '/account')).body).toMatchObject({
      twoFactor: true,
      recoveryCodesLeft: 10,
    });
  });

  test('is asked for after the password, and a code works once', async () => {
    const person = await addPerson(app, 'viewer');
    const { secret } = await turnOn(person);
    expect(await signIn(person.email)).toMatchObject({
      status: 401,
      body: { code: 'second-factor-needed', details: {} },
    });
    const code = codeOf(secret);
    expect(await signIn(person.email, 'wrong password here', code)).toMatchObject({
      body: { code: 'sign-in-failed' },
    });
    expect((await signIn(person.email, TEST_PASSWORD, code)).status).toBe(200);
    expect(await signIn(person.email, TEST_PASSWORD, code)).toMatchObject({
      status: 401,
      body: { code: 'code-wrong' },
    });
    const earlier = codeOf(secret, now - 30_000);
    expect((await signIn(person.email, TEST_PASSWORD, earlier)).status).toBe(401);
    later(30_000);
    expect((await signIn(person.email, TEST_PASSWORD, codeOf(secret))).status).toBe(200);
  });

  test('of two sign-ins with one code at the same moment only one gets in', async () => {
    const person = await addPerson(app, 'viewer');
    const { secret } = await turnOn(person);
    const code = codeOf(secret);
    const both = await Promise.all([1, 2].map(() => signIn(person.email, TEST_PASSWORD, code)));
    expect(both.map(({ status }) => status).sort()).toEqual([200, 401]);
  });

  test('is replaced by a recovery code, each of which works once', async () => {
    const person = await addPerson(app, 'viewer');
    const { recoveryCodes } = await turnOn(person);
    const [first = '', second = ''] = recoveryCodes;
    expect((await signIn(person.email, TEST_PASSWORD, first.toUpperCase().replaceAll('-', ' '))).status).toBe(
      200,
    );
    expect((await signIn(person.email, TEST_PASSWORD, first)).status).toBe(401);
    expect((await signIn(person.email, TEST_PASSWORD, second)).status).toBe(200);
    expect((await person.request('GET', '/account')).body.recoveryCodesLeft).toBe(8);
    const { rows } = await app.platform.database.ownerQuery(
      'select recovery_codes::text as row from recovery_codes',
    );
    expect(JSON.stringify(rows)).not.toContain(recoveryCodes[3]);
  });

  test('is turned off by the password or a code, and then no longer asked for', async () => {
    const person = await addPerson(app, 'viewer');
    const { secret } = await turnOn(person);
    const off = (body: object) => person.request('DELETE', '/account/two-factor', body);
    expect((await off({ password: 'not the password' })).body.code).toBe('password-wrong');
    expect((await off({ code: '000000' })).body.code).toBe('code-wrong');
    expect((await off({ code: codeOf(secret) })).status).toBe(204);
    expect((await signIn(person.email)).status).toBe(200);
  });

  test('has its secret encrypted in the database', async () => {
    const person = await addPerson(app, 'viewer');
    const { secret } = await turnOn(person);
    const { rows } = await app.platform.database.ownerQuery('select totp_secret from users where id = $1', [
      person.id,
    ]);
    expect(rows[0]?.['totp_secret']).toMatch(/^v\d+\./);
    expect(JSON.stringify(rows)).not.toContain(secret);
  });
});

describe('a user', () => {
  test('who is disabled is out at once, with sessions, tokens and links', async () => {
    const person = await addPerson(app, 'editor');
    const { token } = (await person.request('POST', '/tokens', { name: 'ci', scope: 'read' })).body;
    const link = (await person.request('POST', '/login-links')).body.path;
    const asToken = { authorization: `Bearer ${token}` };
    expect((await openBrowser(app).request('GET', '/overview', undefined, asToken)).status).toBe(200);
    expect((await app.request('PATCH', `/users/${person.id}`, { disabled: true })).body.disabled).toBe(true);
    expect((await person.request('GET', '/session')).status).toBe(401);
    expect((await openBrowser(app).request('GET', '/overview', undefined, asToken)).status).toBe(401);
    expect((await openBrowser(app).request('GET', link)).headers.get('location')).toContain('/signed-out');
    expect((await signIn(person.email)).status).toBe(401);
    await app.request('PATCH', `/users/${person.id}`, { disabled: false });
    expect((await signIn(person.email)).status).toBe(200);
  });

  test('is seen by admins only; the last admin and the only owner of a project stay', async () => {
    const person = await addPerson(app, 'owner');
    expect((await person.request('GET', '/users')).status).toBe(403);
    const me = (await app.request('GET', '/session')).body.user;
    expect((await app.request('PATCH', `/users/${me.id}`, { admin: false })).body.code).toBe('last-admin');
    expect((await app.request('PATCH', `/users/${me.id}`, { disabled: true })).body.code).toBe('last-admin');
    await app.request('PATCH', `/users/${person.id}`, { admin: true });
    await person.request('POST', '/projects', { name: 'Of one owner' });
    const refused = await app.request('PATCH', `/users/${person.id}`, { disabled: true });
    expect(refused.body).toMatchObject({
      code: 'last-owner',
      title: expect.stringContaining('Of one owner'),
    });
  });

  test('has an address that nobody else has', async () => {
    const [one, two] = [await addPerson(app, 'viewer'), await addPerson(app, 'viewer')];
    expect((await one.request('PATCH', '/account', { email: two.email.toUpperCase() })).body.code).toBe(
      'email-taken',
    );
    expect((await one.request('PATCH', '/account', { name: 'New name' })).body.name).toBe('New name');
  });
});

describe('guessing', () => {
  test('a password is slowed down by account and by address, and others are not kept out', async () => {
    const slow = await startTestApp({ env: { LOGIN_LIMIT_PER_MINUTE: '4' } });
    const person = await addPerson(slow, 'viewer');
    const attempt = (email: string) =>
      openBrowser(slow).request('POST', '/session', { email, password: 'guess after guess' });
    for (let round = 0; round < 4; round++) expect((await attempt(person.email)).status).toBe(401);
    const refused = await attempt(person.email);
    expect(refused).toMatchObject({ status: 429, body: { code: 'too-many-tries' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await attempt('another@example.com')).status).toBe(429);
    expect((await person.request('GET', '/session')).status).toBe(200);
    await slow.close();
  });

  test('a one-time code ends after ten tries, even for who knows the password', async () => {
    const person = await addPerson(app, 'viewer');
    const { body } = await person.request('POST', '/account/two-factor');
    const totp = new TOTP({ secret: Secret.fromBase32(body.secret) });
    const statuses: number[] = [];
    for (let round = 0; round < 10; round++) {
      const { status } = await person.request('POST', '/account/two-factor/confirm', { code: '000000' });
      statuses.push(status);
    }
    expect(new Set(statuses)).toEqual(new Set([422]));
    const code = totp.generate({ timestamp: now });
    expect((await person.request('POST', '/account/two-factor/confirm', { code })).status).toBe(429);
  });
});

test('what people do is in the log: who, from where, what', async () => {
  const person = await addPerson(app, 'viewer');
  await person.request('PUT', '/account/password', {
    currentPassword: TEST_PASSWORD,
    newPassword: 'words of another kind',
  });
  await person.request('DELETE', '/session');
  const { rows } = await app.platform.database.ownerQuery(
    'select action, actor_kind, actor_address, project_id from activity where actor_id = $1 order by id',
    [person.id],
  );
  expect(rows.map((row) => row['action'])).toEqual([
    'projects.acceptInvitation',
    'identity.signIn',
    'identity.changePassword',
    'identity.signOut',
  ]);
  for (const row of rows) {
    expect(row).toMatchObject({ actor_kind: 'user', actor_address: expect.stringContaining('127.0.0.1') });
  }
  expect(rows[1]?.['project_id']).toBeNull();
});
