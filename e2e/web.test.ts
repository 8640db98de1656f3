import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '#testing/index.ts';
import {
  buildWeb,
  chromiumPath,
  findBarriers,
  findOverflow,
  focused,
  launchBrowser,
  signIn,
  type Visit,
  visit,
} from './browser.ts';

const QUESTION = 'How long did the upgrade to PostgreSQL 16 take?';
const SYNC_TIMEOUT_MS = 90_000;
const PAGES = [
  '/radar',
  '/technologies',
  '/technologies/postgresql',
  '/drift',
  '/repositories',
  '/knowledge',
  `/knowledge?q=${encodeURIComponent(QUESTION)}`,
  '/knowledge?q=planner&mode=search',
  '/documents',
];

const title = chromiumPath
  ? 'the web application'
  : 'the web application (skipped: there is no Chromium in /usr/bin; on Debian, apt-get install chromium)';

// One application for all: the later tests look at what the newcomer's has left.
describe.skipIf(!chromiumPath)(title, { timeout: 300_000 }, () => {
  let app: TestApp;
  let browser: Browser;

  beforeAll(async () => {
    await buildWeb();
    app = await startTestApp();
    browser = await launchBrowser();
  }, SYNC_TIMEOUT_MS);

  afterAll(async () => {
    await browser?.close();
    await app?.close();
  });

  /** A page that someone is signed in on. */
  async function signedIn(options: Parameters<typeof visit>[2] = {}): Promise<Visit> {
    const one = await visit(browser, app, options);
    await signIn(one.page, app);
    return one;
  }

  test('says without a session how to get one, and that a used link is used', async () => {
    const { page, close } = await visit(browser, app);
    await page.goto('/radar');
    await page.waitForURL('**/signed-out?returnTo=%2Fradar');
    await page.getByText('commandcenter login-link').first().waitFor();
    await page.goto('/login?code=used-long-ago');
    await page.getByRole('heading', { name: 'This link has been used' }).waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await close();
  });

  test('leads a newcomer from the sample to a cited answer', async () => {
    const { page, complaints, close } = await signedIn({ viewport: { width: 1440, height: 900 } });

    await page.getByRole('heading', { name: 'Track a folder or a git URL' }).waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Look at the sample' }).click();
    await page.getByRole('heading', { name: 'Reading the repository' }).waitFor();
    await page.waitForURL('**/radar', { timeout: SYNC_TIMEOUT_MS });
    await app.runJobs();

    await page.reload();
    const blip = page.locator('svg a[data-slug="postgresql"]');
    await blip.hover();
    const card = page.locator('[data-card="postgresql"]');
    await card.getByText(/:\d+$/).first().waitFor();
    await card.getByRole('link', { name: 'PostgreSQL' }).click();

    await page.waitForURL('**/technologies/postgresql');
    await page.getByRole('heading', { name: 'PostgreSQL', level: 1 }).waitFor();
    await page.getByText('package.json:').first().waitFor();

    await page.getByRole('button', { name: 'Move to a ring' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('radio', { name: /^Adopt/ }).check();
    expect(await dialog.getByRole('button', { name: 'Move', exact: true }).isDisabled()).toBe(true);
    await dialog.getByLabel('Reason').fill('It has carried every parcel so far.');
    expect(await findBarriers(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Move', exact: true }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page.getByText('It has carried every parcel so far.').waitFor();

    await page.getByRole('link', { name: 'Search & ask' }).click();
    await page.getByLabel('Your question').fill(QUESTION);
    await page.getByLabel('Your question').press('Enter');
    const answer = page.locator('[data-answer="done"]');
    const quotation = answer.getByRole('listitem').filter({ hasText: '38 minutes' }).first();
    const quoted = ((await quotation.locator('blockquote').textContent()) ?? '').trim();
    await quotation.getByRole('link').click();

    await page.waitForURL(/\/documents\/[^?]+\?start=\d+&end=\d+/);
    const marks = page.locator('mark');
    await marks.first().waitFor();
    const marked = (await marks.allInnerTexts()).join('\n');
    expect(marked.replace(/\s+/g, ' ')).toContain('38 minutes');
    expect(marked.replace(/\s+/g, ' ').trim()).toBe(quoted.replace(/\s+/g, ' '));
    await expect
      .poll(() => marks.first().evaluate((mark) => mark.getBoundingClientRect().top))
      .toBeLessThan(900);
    expect(await findBarriers(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });

  test.each([
    { from: 'the start page', pathOf: async () => '/', asks: '**/api/v1/repositories*' },
    {
      from: 'the page of a first sync',
      pathOf: async () => {
        const { items } = (await app.request('GET', '/jobs?limit=100')).body;
        const review = items.find(({ kind }: { kind: string }) => kind === 'radar.reviewDetections');
        return `/first-sync/${review.rootId}`;
      },
      asks: '**/api/v1/jobs?root=*',
    },
  ])('goes where somebody clicks, though $from leads to the radar meanwhile', async ({ pathOf, asks }) => {
    const { page, complaints, close } = await signedIn();
    await page.getByRole('heading', { name: 'Radar', level: 1 }).waitFor();
    const [answers, codes] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    await page.route(asks, async (route) => {
      await answers.promise;
      await route.continue();
    });
    await page.route('**/assets/repositories-page-*.js', async (route) => {
      await codes.promise;
      await route.continue();
    });
    await page.goto(await pathOf());
    await page.getByRole('link', { name: 'Repositories' }).click();
    const answer = page.waitForResponse(asks);
    answers.resolve();
    await answer;
    // The page of a first sync leads on after a moment.
    await page.waitForTimeout(1500);
    codes.resolve();
    await page.getByRole('heading', { name: 'Repositories', level: 1 }).waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  test('says what it looked at when the documents hold no answer', async () => {
    const { page, complaints, close } = await signedIn();
    await page.goto('/knowledge?q=Who+won+the+zeppelin+regatta+in+Patagonia');
    await page.getByText(/^Looked at/).waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  test('lets the keyboard walk through the radar', async () => {
    const { page, complaints, close } = await signedIn({ viewport: { width: 1440, height: 900 } });
    await page.goto('/radar');
    const blips = page.locator('svg a[data-slug]');
    await blips.first().waitFor();
    expect(await page.locator('svg a[data-slug][tabindex="0"]').count()).toBe(1);

    await page.locator('svg a[data-slug][tabindex="0"]').focus();
    const slugs = await blips.evaluateAll((all) => all.map((blip) => blip.getAttribute('data-slug')));
    expect(await focused(page, 'data-slug')).toBe(slugs[0]);
    await page.keyboard.press('ArrowRight');
    expect(await focused(page, 'data-slug')).toBe(slugs[1]);
    await page.keyboard.press('End');
    expect(await focused(page, 'data-slug')).toBe(slugs.at(-1));
    await page.keyboard.press('ArrowDown');
    expect(await focused(page, 'data-slug')).toBe(slugs[0]);
    await page.locator(`[data-card="${slugs[0]}"]`).waitFor();
    await page.keyboard.press('Escape');
    await page.locator(`[data-card="${slugs[0]}"]`).waitFor({ state: 'hidden' });
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/technologies/${slugs[0]}`);

    await page.goto('/radar');
    await blips.first().waitFor();
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Skip to the content');
    await page.getByLabel('Find a technology').fill('postgres');
    await expect.poll(() => blips.count()).toBeLessThan(slugs.length);
    expect(complaints).toEqual([]);
    await close();
  });

  test.each(['light', 'dark'] as const)('has no barriers in %s colours', async (colorScheme) => {
    const { page, complaints, close } = await signedIn({
      colorScheme,
      viewport: { width: 1440, height: 900 },
    });
    for (const path of PAGES) {
      await page.goto(path);
      await page.waitForLoadState('networkidle');
      expect(await findBarriers(page), path).toEqual([]);
      expect(await findOverflow(page), path).toBeLessThanOrEqual(0);
    }
    await page
      .getByRole('button', { name: colorScheme === 'dark' ? 'Light colours' : 'Dark colours' })
      .click();
    await page.reload();
    expect(await page.locator('html').getAttribute('data-theme')).not.toBe(colorScheme);
    expect(complaints).toEqual([]);
    await close();
  });

  test('fits a narrow screen', async () => {
    const { page, complaints, close } = await signedIn({
      viewport: { width: 390, height: 844 },
      hasTouch: true,
    });
    const { body } = await app.request('GET', '/documents?q=postgresql');
    const { body: repositories } = await app.request('GET', '/repositories');
    for (const path of [
      ...PAGES,
      `/documents/${body.items[0].id}`,
      `/repositories/${repositories.items[0].id}`,
    ]) {
      await page.goto(path);
      await page.waitForLoadState('networkidle');
      expect(await findOverflow(page), path).toBeLessThanOrEqual(0);
    }
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('link', { name: 'Drift' }).click();
    await page.waitForURL('**/drift');
    expect(await findBarriers(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });

  test('takes an upload, shows it and finds it', async () => {
    const { page, complaints, close } = await signedIn();
    await page.goto('/documents');
    await page.getByLabel('Files to add').setInputFiles({
      name: 'lighthouse.md',
      mimeType: 'text/markdown',
      buffer: Buffer.from('# Lighthouse\n\nThe keeper of the lighthouse answers the pager on Sundays.\n'),
    });
    await page.getByText('1 file received').waitFor();
    await app.runJobs();
    await page.goto('/knowledge?q=lighthouse+pager&mode=search');
    await page.getByRole('link', { name: 'Lighthouse' }).click();
    await page.locator('mark').first().waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  test('tells in a sentence what is not there', async () => {
    const { page, close } = await signedIn();
    await page.goto('/technologies/never-heard-of');
    await page.getByRole('alert').waitFor();
    await page.goto('/no/such/page');
    await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
    await close();
  });
});
