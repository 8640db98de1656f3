import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { evaluate } from '#features/operations/watch/evaluate.ts';
import { type Recorder, startRecorder } from '#features/operations/watch/recorder.ts';
import { addPerson, startTestApp, type TestApp } from '#testing/index.ts';
import {
  buildWeb,
  chromiumPath,
  findBarriers,
  findOverflow,
  launchBrowser,
  signIn,
  visit,
} from './browser.ts';

const WAIT_MS = 180_000;
const title = chromiumPath
  ? 'the page of operations'
  : 'the page of operations (skipped: there is no Chromium in /usr/bin; on Debian, apt-get install chromium)';

describe.skipIf(!chromiumPath)(title, { timeout: 400_000 }, () => {
  let app: TestApp;
  let browser: Browser;
  let folder: string;
  let recorder: Recorder;

  beforeAll(async () => {
    await buildWeb();
    folder = await mkdtemp(join(tmpdir(), 'commandcenter-operations-page-'));
    app = await startTestApp({
      env: { BACKUP_DIR: folder, SLOW_REQUEST_MS: '200', OUTGOING_ALLOW_HOSTS: '127.0.0.1' },
    });
    recorder = startRecorder(app.platform, { role: 'all', version: '1.2.3' });
    browser = await launchBrowser();
  }, WAIT_MS);

  afterAll(async () => {
    await browser?.close();
    await recorder?.stop();
    await app?.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('an installation that is well says so, and what it knows of itself', async () => {
    await recorder.beat();
    const { page, complaints, close } = await visit(browser, app, {
      viewport: { width: 1280, height: 1000 },
    });
    await signIn(page, app);
    await page.getByRole('button', { name: ': account' }).click();
    await page.getByRole('menuitem', { name: 'Operations' }).click();
    await page.getByText('No alert is open.').waitFor();
    await page.locator('[data-part="database"]').getByText('up', { exact: true }).waitFor();
    await page.getByText('Version 1.2.3 started').waitFor();
    await page.getByRole('region', { name: 'Processes' }).getByText('all ').waitFor();
    expect(await findBarriers(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });

  test('what is wrong stands at the top, the request that failed with its id, and both in the timeline, in light and dark', async () => {
    for (let n = 0; n < 20; n++) await app.request('GET', '/jobs');
    await app.request('POST', '/repositories', { location: 'http://127.0.0.1:9/a.git' });
    await app.runJobs();
    const requestId = await failOnce();
    const failure = {
      at: new Date().toISOString(),
      step: 'copy',
      code: 'x',
      message: 'The place is away.',
      remedy: null,
    };
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'operation.json'), JSON.stringify({ failures: { copy: failure } }));
    // What is known of backups is kept for a quarter of a minute.
    await until(async () => {
      await app.platform.health.refresh();
      await recorder.beat();
      await evaluate(app.platform);
      return (await app.request('GET', '/operations')).body.alerts.length > 0;
    });

    for (const colorScheme of ['light', 'dark'] as const) {
      const { page, complaints, close } = await visit(browser, app, {
        viewport: { width: 1280, height: 1000 },
        colorScheme,
      });
      await signIn(page, app);
      await page.goto('/operations');
      await page.locator('[data-alert="backup-step-failed"]').getByText('critical').waitFor();
      const more = page.getByRole('button', { name: /^Show \d+ more$/ });
      await page.getByRole('heading', { name: 'Slow and failed requests' }).waitFor();
      if (await more.isVisible()) await more.click();
      await page.locator(`[data-request="${requestId}"]`).getByText('failed, 500').waitFor();
      await page.locator('[data-objective="availability"]').getByText('error budget').waitFor();
      await page
        .getByRole('region', { name: 'Requests by route' })
        .getByText('GET /api/v1/jobs', { exact: true })
        .waitFor();
      await page.locator('[data-happened="incident"]').getByText('goes on').waitFor();
      await page.getByRole('region', { name: 'Jobs by kind' }).getByRole('cell', { name: '1' }).waitFor();
      expect(await findBarriers(page)).toEqual([]);
      expect(complaints).toEqual([]);
      await picture(page, colorScheme);
      await page.setViewportSize({ width: 375, height: 800 });
      expect(await findOverflow(page)).toBe(0);
      await picture(page, `${colorScheme}-narrow`);
      await close();
    }
  });

  test('who does not look after the installation is told so', async () => {
    const person = await addPerson(app, 'owner');
    const { page, close } = await visit(browser, app);
    const { body } = await app.request('POST', '/login-links', { email: person.email });
    await page.goto(body.path);
    await page.goto('/operations');
    await page.getByText('This page is for who looks after the installation').waitFor();
    await close();
  });

  /** A request that the server fails, as its sender knows it. */
  async function failOnce(): Promise<string> {
    const real = app.platform.retrievalIndex.search;
    app.platform.retrievalIndex.search = () => Promise.reject(new Error('the disk said no'));
    const { status, body } = await app.request('GET', '/search?q=fastify');
    app.platform.retrievalIndex.search = real;
    expect(status).toBe(500);
    return body.requestId;
  }
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + WAIT_MS; !(await holds()); ) {
    if (Date.now() > end) throw new Error('Not in time.');
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

/** For a person to look at, where a folder is named. */
async function picture(page: Page, name: string): Promise<void> {
  const pictures = process.env['PICTURES'];
  if (pictures) await page.screenshot({ path: join(pictures, `operations-${name}.png`), fullPage: true });
}
