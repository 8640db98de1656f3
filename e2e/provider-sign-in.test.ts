import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '#testing/index.ts';
import { OIDC_CLIENT, type OidcPerson, type OidcServer, startOidcProvider } from '#testing/oidc-provider.ts';
import { freePort } from '#testing/postgres-server.ts';
import { buildWeb, chromiumPath, findBarriers, launchBrowser, visit } from './browser.ts';

const ADA: OidcPerson = {
  sub: 'ada',
  name: 'Ada',
  email: 'ada@example.org',
  email_verified: true,
  groups: ['readers'],
};

const title = chromiumPath
  ? 'signing in at a provider'
  : 'signing in at a provider (skipped: there is no Chromium in /usr/bin)';

describe.skipIf(!chromiumPath)(title, { timeout: 300_000 }, () => {
  let app: TestApp;
  let provider: OidcServer;
  let browser: Browser;

  beforeAll(async () => {
    await buildWeb();
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
        OIDC_ROLES: 'readers=viewer@default',
      },
    });
    browser = await launchBrowser();
  }, 90_000);

  afterAll(async () => {
    await browser?.close();
    await app?.close();
    await provider?.stop();
  });

  /** A browser for which `person` answers the provider's own pages. */
  async function visitAs(person: OidcPerson) {
    const one = await visit(browser, app);
    // A redirection can't be caught on its way, so the answer that sends the browser there is.
    await one.page.route('**/auth/oidc/start**', async (route) => {
      const begun = await route.fetch({ maxRedirects: 0 });
      const headers = begun.headers();
      const location = await provider.visit(headers['location'] ?? '', person);
      await route.fulfill({ status: begun.status(), headers: { ...headers, location } });
    });
    return one;
  }

  test('leads through the provider to the page that was asked for, with the role of the group', async () => {
    const { page, close } = await visitAs(ADA);
    await page.goto('/documents');
    await page.waitForURL('**/signed-out?returnTo=%2Fdocuments');
    await page.getByRole('link', { name: 'Sign in with 127.0.0.1' }).waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await page.getByRole('link', { name: 'Sign in with 127.0.0.1' }).click();
    await page.getByRole('heading', { name: 'Documents', level: 1 }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/documents');
    expect(await page.getByRole('button', { name: 'Add files' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Ada: account' }).waitFor();
    await close();
  });

  test('says why the provider’s word is not enough', async () => {
    const { page, close } = await visitAs({
      ...ADA,
      sub: 'eve',
      email: 'eve@example.org',
      groups: ['others'],
    });
    await page.goto('/signed-out');
    await page.getByRole('link', { name: 'Sign in with 127.0.0.1' }).click();
    await page.getByRole('heading', { name: 'Nobody has invited you yet' }).waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await close();
  });
});
