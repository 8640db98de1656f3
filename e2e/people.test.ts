import { rename } from 'node:fs/promises';
import { Secret, TOTP } from 'otpauth';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestRepository } from '#testing/git-repository.ts';
import { startTestApp, type TestApp } from '#testing/index.ts';
import {
  buildWeb,
  chromiumPath,
  findBarriers,
  findOverflow,
  launchBrowser,
  signIn,
  visit,
} from './browser.ts';

const OWNER = { email: 'olga@example.org', password: 'a lighthouse in the fog' };
const EDITOR = { email: 'emil@example.org', name: 'Emil', password: 'parcels over the mountains' };
const LOGIN_LIMIT = 60;
const PAGES = ['/account', '/members', '/users', '/jobs', '/activity'];

/** A browser reports every refusal as a failed resource; those are what these tests provoke. */
const beyondRefusals = (complaints: string[]): string[] =>
  complaints.filter((complaint) => !/Failed to load resource.*\b(401|403|404|409|429)\b/.test(complaint));

const title = chromiumPath
  ? 'people in the web application'
  : 'people in the web application (skipped: there is no Chromium in /usr/bin)';

// One application for all: the later tests meet the people whom the earlier ones have made.
describe.skipIf(!chromiumPath)(title, { timeout: 300_000 }, () => {
  let app: TestApp;
  let browser: Browser;

  beforeAll(async () => {
    await buildWeb();
    app = await startTestApp({ env: { LOGIN_LIMIT_PER_MINUTE: String(LOGIN_LIMIT) } });
    browser = await launchBrowser();
  }, 90_000);

  afterAll(async () => {
    await browser?.close();
    await app?.close();
  });

  async function writePassword(page: Page, { email, password }: { email: string; password: string }) {
    await page.getByLabel('E-mail address').fill(email);
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  }

  async function openAccountMenu(page: Page): Promise<void> {
    await page.getByRole('button', { name: /: account$/ }).click();
  }

  async function signOut(page: Page): Promise<void> {
    await openAccountMenu(page);
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.waitForURL('**/signed-out');
  }

  async function signedInAs(person: { email: string; password: string }) {
    const one = await visit(browser, app);
    await one.page.goto('/signed-out');
    await writePassword(one.page, person);
    await one.page.getByRole('navigation', { name: 'Main' }).waitFor();
    return one;
  }

  test('the owner sets a password, signs out, and signs in with it to the page that was asked for', async () => {
    const { page, complaints, close } = await visit(browser, app);
    await signIn(page, app);
    await openAccountMenu(page);
    expect(await findBarriers(page)).toEqual([]);
    await page.getByRole('menuitem', { name: 'Your account' }).click();
    await page.getByLabel('E-mail address to sign in with').fill(OWNER.email);
    await page.getByLabel('New password').fill(OWNER.password);
    await page.getByRole('button', { name: 'Set the password' }).click();
    await page.getByText('Saved. Every other session of yours has ended.').waitFor();
    await signOut(page);

    await page.goto('/documents');
    await page.waitForURL('**/signed-out?returnTo=%2Fdocuments');
    expect(await findBarriers(page)).toEqual([]);
    await writePassword(page, { ...OWNER, password: 'another lighthouse' });
    await page.getByText('The e-mail address or the password is wrong.').waitFor();
    await writePassword(page, OWNER);
    await page.waitForURL('**/documents');
    await page.getByRole('heading', { name: 'Documents', level: 1 }).waitFor();
    expect(beyondRefusals(complaints)).toEqual([]);
    await close();
  });

  test('signing in leads to no other site, whatever the address says', async () => {
    const { page, complaints, close } = await visit(browser, app);
    await page.goto(`/signed-out?returnTo=${encodeURIComponent('//elsewhere.example/phish')}`);
    await writePassword(page, OWNER);
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
    expect(new URL(page.url()).origin).toBe(app.url);
    expect(beyondRefusals(complaints)).toEqual([]);
    await close();
  });

  test('an invited editor joins by the link, and sees what an editor may do and no more', async () => {
    const owner = await signedInAs(OWNER);
    await owner.page.getByRole('link', { name: 'Members' }).click();
    await owner.page.getByRole('button', { name: 'Invite' }).click();
    const dialog = owner.page.getByRole('dialog');
    await dialog.getByLabel('E-mail address').fill(EDITOR.email);
    await dialog.getByRole('radio', { name: /^Editor/ }).check();
    expect(await findBarriers(owner.page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Make the invitation' }).click();
    const link = await dialog.getByLabel('Invitation link').inputValue();
    await dialog.getByRole('button', { name: 'Done' }).click();
    await owner.page.getByText(EDITOR.email).waitFor();

    const { page, complaints, close } = await visit(browser, app);
    await page.goto(link);
    await page.getByText(EDITOR.email).waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await page.getByLabel('Your name').fill(EDITOR.name);
    await page.getByLabel('Choose a password').fill(EDITOR.password);
    await page.getByRole('button', { name: /^Join / }).click();
    await page.getByRole('heading', { name: 'What does your code really use?' }).waitFor();
    await page.goto('/documents');
    await page.getByRole('button', { name: 'Add files' }).waitFor();
    await page.goto('/members');
    await page.getByText(OWNER.email).waitFor();
    expect(await page.getByRole('button', { name: 'Invite' }).count()).toBe(0);
    expect(await page.getByRole('button', { name: /^Remove/ }).count()).toBe(0);
    await openAccountMenu(page);
    await page.getByRole('menuitem', { name: 'Your account' }).waitFor();
    expect(await page.getByRole('menuitem', { name: 'Users' }).count()).toBe(0);
    await page.keyboard.press('Escape');

    await owner.page.reload();
    await owner.page.getByLabel(`Role of ${EDITOR.name}`).selectOption('Viewer');
    await expect
      .poll(async () =>
        (await app.request('GET', '/members')).body.items.map((m: { role: string }) => m.role),
      )
      .toContain('viewer');
    await page.goto('/documents');
    await page.getByRole('heading', { name: 'Documents', level: 1 }).waitFor();
    expect(await page.getByRole('button', { name: 'Add files' }).count()).toBe(0);
    await page.goto('/users');
    await page.getByText('This page is for who looks after the installation').waitFor();

    await page.goto(link);
    await page.getByRole('heading', { name: 'This invitation does not count any more' }).waitFor();
    expect(beyondRefusals([...complaints, ...owner.complaints])).toEqual([]);
    await close();
    await owner.close();
  });

  test('what the API refuses is said in a sentence', async () => {
    const { page, close } = await signedInAs(EDITOR);
    await page.goto('/documents');
    await page.getByRole('heading', { name: 'Documents', level: 1 }).waitFor();
    await app.request('PATCH', `/members/${await idOf(EDITOR.email)}`, { role: 'editor' });
    await page.reload();
    await page.getByLabel('Address of a page or file to add').fill('https://example.org/');
    await app.request('PATCH', `/members/${await idOf(EDITOR.email)}`, { role: 'viewer' });
    await page.getByRole('button', { name: 'Add URL' }).click();
    await page.getByRole('alert').getByText('This needs the role editor; yours is viewer.').waitFor();
    await close();
  });

  async function idOf(email: string): Promise<string> {
    const { body } = await app.request('GET', '/members');
    return body.items.find((member: { email: string }) => member.email === email).userId;
  }

  test('a second factor is set up by its QR code and asked for from then on; a recovery code will do', async () => {
    const { page, complaints, close } = await signedInAs(EDITOR);
    await page.goto('/account');
    await page.getByRole('button', { name: 'Turn on two-factor sign-in' }).click();
    const dialog = page.getByRole('dialog');
    const picture = dialog.getByRole('img');
    await expect
      .poll(() => picture.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth))
      .toBeGreaterThan(0);
    const secret = Secret.fromBase32(await dialog.getByLabel('Or write this key into the app').inputValue());
    const codeAt = (timestamp: number): string => new TOTP({ secret }).generate({ timestamp });
    expect(await findBarriers(page)).toEqual([]);
    await dialog.getByLabel('Code').fill(codeAt(Date.now()));
    await dialog.getByRole('button', { name: 'Turn it on' }).click();
    await dialog.getByRole('heading', { name: 'Keep these recovery codes' }).waitFor();
    const codes = await dialog.getByRole('listitem').allInnerTexts();
    expect(codes).toHaveLength(10);
    const download = page.waitForEvent('download');
    await dialog.getByRole('link', { name: 'Download' }).click();
    expect((await download).suggestedFilename()).toBe('commandcenter-recovery-codes.txt');
    expect(await findBarriers(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'I have kept them' }).click();
    await page.getByText('10 recovery codes left').waitFor();

    await signOut(page);
    await writePassword(page, EDITOR);
    await page.getByLabel('Code').fill('000000');
    expect(await findBarriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByText('This code is wrong, or was used before.').waitFor();
    // The next code: the one of this moment may have been used to turn it on.
    await page.getByLabel('Code').fill(codeAt(Date.now() + 30_000));
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('navigation', { name: 'Main' }).waitFor();

    await signOut(page);
    await writePassword(page, EDITOR);
    await page.getByLabel('Code').fill(codes[0] ?? '');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
    await page.goto('/account');
    await page.getByText('9 recovery codes left').waitFor();
    expect(beyondRefusals(complaints)).toEqual([]);
    await close();
  });

  test('a token is shown once, works, and stops when it is revoked; other sessions are ended', async () => {
    const elsewhere = await signedInAs(OWNER);
    const { page, complaints, close } = await signedInAs(OWNER);
    await page.goto('/account');
    await page.getByRole('button', { name: 'New token' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Build server');
    await dialog.getByLabel('What it may do').selectOption('read');
    expect(await findBarriers(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Make the token' }).click();
    const token = await dialog.getByLabel('API token').inputValue();
    const use = () => fetch(`${app.url}/api/v1/radar`, { headers: { authorization: `Bearer ${token}` } });
    expect((await use()).status).toBe(200);
    await dialog.getByRole('button', { name: 'Done' }).click();
    await page.reload();
    await page.getByText('Build server').waitFor();
    expect(await page.content()).not.toContain(token);
    await page
      .getByText(/last used/)
      .first()
      .waitFor();

    await page.getByRole('button', { name: 'Revoke Build server' }).click();
    await dialog.getByRole('button', { name: 'Revoke' }).click();
    await dialog.waitFor({ state: 'hidden' });
    expect((await use()).status).toBe(401);

    await page.getByRole('button', { name: 'Sign out everywhere else' }).click();
    await page.getByRole('button', { name: 'Sign out everywhere else' }).waitFor({ state: 'hidden' });
    await elsewhere.page.getByRole('link', { name: 'Members' }).click();
    await elsewhere.page.waitForURL('**/signed-out?returnTo=%2Fmembers');
    expect(beyondRefusals(complaints)).toEqual([]);
    await elsewhere.close();
    await close();
  });

  test('a failed job waits with its problem, is retried from the page, and another is dropped', async () => {
    const repository = await createTestRepository({ name: 'shop' });
    await repository.commit({ 'package.json': '{ "dependencies": { "react": "18.3.1" } }\n' });
    const tracked = await app.request('POST', '/repositories', { location: repository.directory });
    await app.runJobs();
    await rename(repository.directory, `${repository.directory}-away`);
    await app.request('POST', `/repositories/${tracked.body.repository.id}/sync`);
    await app.runJobs();

    const { page, complaints, close } = await signedInAs(OWNER);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.getByRole('link', { name: 'Repositories' }).click();
    const row = page.getByRole('listitem').filter({ hasText: 'shop' });
    await row.getByRole('button', { name: 'Retry' }).waitFor();
    // A question for each of hundreds of rows would be too many.
    expect(asked.filter((url) => url.includes('subject='))).toEqual([]);
    await page.getByRole('link', { name: 'Jobs' }).click();
    const failed = page.locator('[data-job="repositories.sync"][data-state="failed"]');
    await failed.getByText('shop · failed').waitFor();
    await failed
      .getByText(/There is no|not found|no longer/i)
      .first()
      .waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await rename(`${repository.directory}-away`, repository.directory);
    await failed.getByRole('button', { name: /^Retry/ }).click();
    await failed.waitFor({ state: 'hidden' });
    await app.runJobs();
    await expect
      .poll(() => page.locator('[data-job="repositories.sync"][data-state="succeeded"]').count(), {
        timeout: 60_000,
      })
      .toBe(2);

    await rename(repository.directory, `${repository.directory}-away`);
    await app.request('POST', `/repositories/${tracked.body.repository.id}/sync`);
    await failed.getByRole('button', { name: /^Drop/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Drop' }).click();
    await failed.waitFor({ state: 'hidden' });
    expect(beyondRefusals(complaints)).toEqual([]);
    await close();
    await repository.remove();
  });

  test('an admin makes a second project; each tab stays in its own', async () => {
    const { page, complaints, close } = await signedInAs(OWNER);
    await page.getByRole('link', { name: 'Repositories' }).click();
    await page.getByRole('link', { name: 'shop' }).waitFor();
    await openAccountMenu(page);
    await page.getByRole('menuitem', { name: 'New project' }).click();
    await page.getByRole('dialog').getByLabel('Name of the project').fill('Night shift');
    await page.getByRole('button', { name: 'Make the project' }).click();
    const switcher = page.getByRole('button', { name: /^Project:/ });
    await switcher.getByText('Night shift').waitFor();
    await page.getByRole('link', { name: 'Repositories' }).click();
    await page.getByText('No repositories yet').waitFor();

    const other = await page.context().newPage();
    await other.goto('/?project=default');
    await other
      .getByRole('button', { name: /^Project:/ })
      .getByText('My project')
      .waitFor();
    await page.reload();
    await switcher.getByText('Night shift').waitFor();
    await switcher.click();
    expect(await findBarriers(page)).toEqual([]);
    await page.getByRole('menuitemradio', { name: /My project/ }).click();
    await switcher.getByText('My project').waitFor();
    expect(beyondRefusals(complaints)).toEqual([]);
    await close();
  });

  test('a disabled user is out at once and can’t come back', async () => {
    const emil = await visit(browser, app);
    await signInByLink(emil.page, EDITOR.email);
    const { page, complaints, close } = await signedInAs(OWNER);
    await page.goto('/users');
    await page.getByRole('button', { name: `Disable ${EDITOR.name}` }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
    await page.getByRole('button', { name: `Enable ${EDITOR.name}` }).waitFor();
    await emil.page.goto('/members');
    await emil.page.waitForURL('**/signed-out?returnTo=%2Fmembers');
    await writePassword(emil.page, EDITOR);
    await emil.page.getByText('The e-mail address or the password is wrong.').waitFor();
    expect(beyondRefusals(complaints)).toEqual([]);
    await emil.close();
    await close();
  });

  async function signInByLink(page: Page, email: string): Promise<void> {
    const { body } = await app.request('POST', '/login-links', { email });
    await page.goto(body.path);
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
  }

  test('the activity says who did what from where, with what was before', async () => {
    const { page, complaints, close } = await signedInAs(OWNER);
    await page.goto('/activity');
    await page.getByLabel('What was done').selectOption('Changed a role');
    const entry = page.locator('[data-action="projects.changeRole"]').first();
    await entry.getByText(/from 127\.0\.0\.1|from ::/).waitFor();
    await entry.getByText('What changed: role').click();
    await entry.locator('del').waitFor();
    await entry.locator('ins').waitFor();
    expect(await findBarriers(page)).toEqual([]);
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Export as JSON lines' }).click();
    await download;
    expect(beyondRefusals(complaints)).toEqual([]);
    await close();
  });

  test.each([
    { colorScheme: 'light', viewport: { width: 1280, height: 800 } },
    { colorScheme: 'dark', viewport: { width: 1280, height: 800 } },
    { colorScheme: 'light', viewport: { width: 360, height: 740 } },
  ] as const)('has no barriers and fits: $colorScheme, $viewport.width px', async (options) => {
    const { page, complaints, close } = await visit(browser, app, options);
    await signIn(page, app);
    for (const path of PAGES) {
      await page.goto(path);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.waitForLoadState('networkidle');
      expect(await findBarriers(page), path).toEqual([]);
      expect(await findOverflow(page), path).toBeLessThanOrEqual(0);
    }
    expect(complaints).toEqual([]);
    await close();
  });

  test('says how long to wait when too many passwords were tried', async () => {
    const { page, close } = await visit(browser, app);
    await page.goto('/signed-out');
    const nobody = { email: 'nobody@example.org', password: 'a guess' };
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify(nobody);
    for (let tries = 0; tries < LOGIN_LIMIT; tries++)
      await fetch(`${app.url}/api/v1/session`, { method: 'POST', headers, body });
    await writePassword(page, nobody);
    await page.getByText('There were too many tries to sign in.').waitFor();
    await page.getByText(/^Try again in \d+ seconds\.$/).waitFor();
    await close();
  });
});
