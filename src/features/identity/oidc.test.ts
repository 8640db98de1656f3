import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addPerson, openBrowser, startTestApp, type TestApp, type TestBrowser } from '#testing/index.ts';
import { OIDC_CLIENT, type OidcPerson, type OidcServer, startOidcProvider } from '#testing/oidc-provider.ts';
import { freePort } from '#testing/postgres-server.ts';

let provider: OidcServer;
let app: TestApp;
beforeAll(async () => {
  const port = await freePort();
  const publicUrl = `http://127.0.0.1:${port}`;
  provider = await startOidcProvider(`${publicUrl}/auth/oidc/callback`);
  app = await startTestApp({
    env: {
      PORT: String(port),
      PUBLIC_URL: publicUrl,
      OIDC_ISSUER: provider.issuer,
      OIDC_CLIENT_ID: OIDC_CLIENT,
      OIDC_CLIENT_SECRET: provider.clientSecret,
      OIDC_ROLES: 'readers=viewer@default, platform=editor@default, leads=owner@other, readers=viewer@none',
      LOGIN_LIMIT_PER_MINUTE: '1000',
    },
  });
  await app.request('POST', '/projects', { name: 'Other' });
});
afterAll(async () => {
  await app.close();
  await provider.stop();
});

/** Signs in at the provider; `bend` changes where the browser is sent on its way. */
async function signIn(
  person: OidcPerson,
  options: {
    browser?: TestBrowser;
    returnTo?: string;
    there?: (url: URL) => void;
    back?: (url: URL) => void;
  } = {},
) {
  const browser = options.browser ?? openBrowser(app);
  const query = options.returnTo === undefined ? '' : `?returnTo=${encodeURIComponent(options.returnTo)}`;
  const begun = await browser.request('GET', `/auth/oidc/start${query}`);
  const there = new URL(begun.headers.get('location') ?? '');
  options.there?.(there);
  const back = new URL(await provider.visit(there.href, person));
  options.back?.(back);
  const ended = await browser.request('GET', back.href);
  return { browser, there, location: ended.headers.get('location') };
}

const sessionOf = async (browser: TestBrowser) => (await browser.request('GET', '/session')).body;

describe('sign-in at a provider', () => {
  test('is offered, goes there with PKCE, state and nonce, and comes back signed in', async () => {
    expect((await openBrowser(app).request('GET', '/setup')).body.oidc).toEqual({ name: '127.0.0.1' });
    const ada = {
      sub: 'ada',
      name: 'Ada',
      email: 'Ada@example.com',
      email_verified: true,
      groups: ['platform'],
    };
    const { browser, there, location } = await signIn(ada, { returnTo: '/technologies?ring=hold' });
    expect(Object.fromEntries(there.searchParams)).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(location).toBe('/technologies?ring=hold');
    expect(await sessionOf(browser)).toMatchObject({
      user: { name: 'Ada', email: 'ada@example.com', hasPassword: false, admin: false },
      role: 'editor',
      projects: [{ slug: 'default', role: 'editor' }],
    });
    const { browser: again } = await signIn({ ...ada, name: 'Ada L.', email: 'new@example.com' });
    expect((await sessionOf(again)).user.id).toBe((await sessionOf(browser)).user.id);
  });

  test('leads back to this server only', async () => {
    const person = { sub: 'wanderer', email: 'w@example.com', email_verified: true, groups: ['readers'] };
    for (const returnTo of [
      'https://evil.example/',
      '//evil.example',
      '/\\evil.example',
      '/..//evil.example',
      '/.//evil.example',
      'javascript:alert(1)',
    ]) {
      expect((await signIn(person, { returnTo })).location, returnTo).toBe('/');
    }
  });

  test('gives the role of the groups, and another one at the next sign-in', async () => {
    const person = { sub: 'grace', email: 'grace@example.com', email_verified: true };
    const roles = async (groups: string[]) => {
      const { browser } = await signIn({ ...person, groups });
      const { projects } = await sessionOf(browser);
      return Object.fromEntries(projects.map(({ slug, role }: Record<string, string>) => [slug, role]));
    };
    expect(await roles(['readers', 'unknown'])).toEqual({ default: 'viewer' });
    expect(await roles(['readers', 'platform', 'leads'])).toEqual({ default: 'editor', other: 'owner' });
    expect(await roles(['readers'])).toEqual({ default: 'viewer' });
    expect(await roles([])).toEqual({});
    const { rows } = await app.platform.database.ownerQuery(
      "select action, project_id is not null as placed from activity where actor_kind = 'system' and subject_id = (select id::text from users where email = 'grace@example.com') order by id",
    );
    expect(rows.map(({ action }) => action)).toEqual([
      'projects.addMember',
      'projects.changeRole',
      'projects.addMember',
      'projects.changeRole',
      'projects.removeMember',
      'projects.removeMember',
    ]);
  });

  test('leaves what a person has decided', async () => {
    const invited = await addPerson(app, 'viewer', { email: 'invited@example.com' });
    const same = { sub: 'invited', email: 'invited@example.com', email_verified: true, groups: ['platform'] };
    const { browser } = await signIn(same);
    expect(await sessionOf(browser)).toMatchObject({ user: { id: invited.id }, role: 'viewer' });
  });

  test('links an account by e-mail only if the provider has verified it', async () => {
    const victim = await addPerson(app, 'owner', { email: 'victim@example.com' });
    const thief = { sub: 'thief', email: 'victim@example.com', email_verified: false, groups: ['readers'] };
    const { browser } = await signIn(thief);
    const session = await sessionOf(browser);
    expect(session.user.id).not.toBe(victim.id);
    expect(session).toMatchObject({ user: { email: null }, role: 'viewer' });
    const { browser: own } = await signIn({
      sub: 'victim',
      email: 'victim@example.com',
      email_verified: true,
    });
    expect((await sessionOf(own)).user.id).toBe(victim.id);
  });

  test('is not caught by an account whose user has merely typed the address in', async () => {
    const squatter = await addPerson(app, 'viewer');
    expect((await squatter.request('PATCH', '/account', { email: 'alan@example.com' })).status).toBe(200);
    const alan = { sub: 'alan', email: 'alan@example.com', email_verified: true, groups: ['readers'] };
    const refused = await signIn(alan);
    expect(refused.location).toBe('/signed-out?reason=email-taken');
    expect((await refused.browser.request('GET', '/session')).status).toBe(401);
    // Whoever holds both, the account and the address, links them.
    const { browser } = await signIn(alan, { browser: squatter });
    expect((await sessionOf(browser)).user.id).toBe(squatter.id);
    const { browser: later } = await signIn(alan);
    expect((await sessionOf(later)).user.id).toBe(squatter.id);
  });

  test('makes no account for who has no role here, and lets nobody in who is disabled', async () => {
    const stranger = {
      sub: 'stranger',
      email: 'stranger@example.com',
      email_verified: true,
      groups: ['sales'],
    };
    expect((await signIn(stranger)).location).toBe('/signed-out?reason=not-invited');
    const person = { sub: 'gone', email: 'gone@example.com', email_verified: true, groups: ['readers'] };
    const { browser } = await signIn(person);
    const { id } = (await sessionOf(browser)).user;
    await app.request('PATCH', `/users/${id}`, { disabled: true });
    expect((await signIn(person)).location).toBe('/signed-out?reason=user-disabled');
  });

  test('is refused with a wrong state, a wrong nonce, a code used twice, and in another browser', async () => {
    const person = { sub: 'replayed', email: 'r@example.com', email_verified: true, groups: ['readers'] };
    const wrongState = await signIn(person, { back: (url) => url.searchParams.set('state', 'x'.repeat(43)) });
    expect(wrongState.location).toBe('/signed-out?reason=provider-answer-invalid');
    const wrongNonce = await signIn(person, {
      there: (url) => url.searchParams.set('nonce', 'y'.repeat(43)),
    });
    expect(wrongNonce.location).toBe('/signed-out?reason=provider-answer-invalid');
    for (const { browser } of [wrongState, wrongNonce]) {
      expect((await browser.request('GET', '/session')).status).toBe(401);
    }
    let used = '';
    const good = await signIn(person, { back: (url) => (used = url.href) });
    expect(good.location).toBe('/');
    expect((await good.browser.request('GET', used)).headers.get('location')).toBe(
      '/signed-out?reason=provider-sign-in-expired',
    );
    const other = await openBrowser(app).request('GET', used);
    expect(other.headers.get('location')).toBe('/signed-out?reason=provider-sign-in-expired');
  });

  test('says so when the person refuses there', async () => {
    const browser = openBrowser(app);
    const begun = await browser.request('GET', '/auth/oidc/start');
    const state = new URL(begun.headers.get('location') ?? '').searchParams.get('state');
    const query = new URLSearchParams({ error: 'access_denied', state: state ?? '', iss: provider.issuer });
    const back = await browser.request('GET', `/auth/oidc/callback?${query}`);
    expect(back.headers.get('location')).toBe('/signed-out?reason=provider-refused');
  });

  test('says clearly that the provider is away, while passwords go on working', async () => {
    const port = await freePort();
    const publicUrl = `http://127.0.0.1:${port}`;
    const away = await startTestApp({
      env: {
        PORT: String(port),
        PUBLIC_URL: publicUrl,
        OIDC_ISSUER: `http://127.0.0.1:${await freePort()}`,
        OIDC_CLIENT_ID: OIDC_CLIENT,
      },
    });
    const begun = await openBrowser(away).request('GET', '/auth/oidc/start');
    expect(begun.headers.get('location')).toBe('/signed-out?reason=provider-unreachable');
    const person = await addPerson(away, 'viewer');
    const { email, password } = person;
    expect((await openBrowser(away).request('POST', '/session', { email, password })).status).toBe(200);
    await away.close();
  });

  test('works again when a provider that was away is back', async () => {
    const person = { sub: 'patient', email: 'p@example.com', email_verified: true, groups: ['readers'] };
    const browser = openBrowser(app);
    const begun = await browser.request('GET', '/auth/oidc/start');
    const back = await provider.visit(begun.headers.get('location') ?? '', person);
    await provider.stop();
    const failed = await browser.request('GET', back);
    expect(failed.headers.get('location')).toBe('/signed-out?reason=provider-unreachable');
    await provider.start();
    expect((await signIn(person)).location).toBe('/');
  });
});
