import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keepReport } from '#features/operations/index.ts';
import { startTestApp, type TestApp } from '#testing/index.ts';
import { sampleReport } from '../src/features/operations/drill/fixtures/report.ts';
import { buildWeb, chromiumPath, findBarriers, launchBrowser, signIn, visit } from './browser.ts';

const WAIT_MS = 180_000;
const title = chromiumPath
  ? 'the page of backups'
  : 'the page of backups (skipped: there is no Chromium in /usr/bin; on Debian, apt-get install chromium)';

describe.skipIf(!chromiumPath)(title, { timeout: 400_000 }, () => {
  let app: TestApp;
  let browser: Browser;
  let folder: string;
  let away: string;

  beforeAll(async () => {
    await buildWeb();
    folder = await mkdtemp(join(tmpdir(), 'commandcenter-backups-page-'));
    away = join(folder, 'away');
    app = await startTestApp({ env: { BACKUP_OFFSITE: away, BACKUP_DIR: join(folder, 'sets') } });
    browser = await launchBrowser();
  }, WAIT_MS);

  afterAll(async () => {
    await browser?.close();
    await app?.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('a backup that could not be copied says why; the next one is verified, and says how to restore it', async () => {
    const { page, complaints, close } = await visit(browser, app, {
      viewport: { width: 1280, height: 1000 },
    });
    page.setDefaultTimeout(WAIT_MS);
    await signIn(page, app);
    await page.getByRole('button', { name: ': account' }).click();
    await page.getByRole('menuitem', { name: 'Backups' }).click();
    await page.getByText('There is no backup yet').waitFor();
    expect(await findBarriers(page)).toEqual([]);

    await page.getByRole('button', { name: 'Back up now' }).click();
    await page.getByRole('heading', { name: 'At work' }).waitFor();
    await page.getByText('Copying elsewhere failed').waitFor();
    await page.getByText('mount').first().waitFor();
    await picture(page, 'failed');

    await mkdir(away);
    await page.getByRole('button', { name: 'Back up now' }).click();
    await page.getByText('Copying elsewhere failed').waitFor({ state: 'detached' });
    await page.locator('[data-set]').nth(1).waitFor();
    await page.getByText('verified', { exact: true }).nth(1).waitFor();
    const newest = await page.locator('[data-set]').first().getAttribute('data-set');
    expect(await page.getByLabel('Put a backup in place').inputValue()).toBe(
      `commandcenter restore ${newest}`,
    );
    expect(await findBarriers(page)).toEqual([]);
    await picture(page, 'verified');

    await page.getByRole('button', { name: `Verify ${newest}` }).click();
    await page.getByText('Verify a backup').first().waitFor();
    await page.getByRole('heading', { name: 'At work' }).waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
    await close();
  });

  test('a drill is shown with what it has measured, and its report can be fetched', async () => {
    await keepReport(app.dataDir, sampleReport);
    const { page, complaints, close } = await visit(browser, app, {
      viewport: { width: 1280, height: 1400 },
    });
    page.setDefaultTimeout(WAIT_MS);
    await signIn(page, app);
    await page.getByRole('button', { name: ': account' }).click();
    await page.getByRole('menuitem', { name: 'Backups' }).click();
    const drill = page.locator(`[data-drill="${sampleReport.id}"]`);
    await drill.getByText('failed', { exact: true }).first().waitFor();
    expect(await drill.locator('[data-scenario="lost-host"]').textContent()).toContain(
      'back after 12 s · 1 h would be lost · 1 of 1 tables equal',
    );
    expect(await drill.locator('[data-scenario="lost-site"]').textContent()).toContain(
      'It said <b>no</b> | twice',
    );
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      drill.getByRole('link', { name: 'Report', exact: true }).click(),
    ]);
    expect(await readFile(await download.path(), 'utf8')).toContain(`# Drill ${sampleReport.id}`);
    expect(await findBarriers(page)).toEqual([]);
    await picture(page, 'drills');
    expect(complaints).toEqual([]);
    await close();
  });
});

/** For a person to look at, where a folder is named. */
async function picture(page: Page, name: string): Promise<void> {
  const pictures = process.env['PICTURES'];
  if (pictures) await page.screenshot({ path: join(pictures, `backups-${name}.png`), fullPage: true });
}
