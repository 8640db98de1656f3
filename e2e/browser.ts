import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import type { TestApp } from '#testing/index.ts';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Where the system's Chromium is; undefined if it has none. */
export const chromiumPath = PLACES.find((path) => existsSync(path));

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ ...(chromiumPath ? { executablePath: chromiumPath } : {}), args: ARGUMENTS });
}

/** Builds the pages if nobody has. */
export async function buildWeb(): Promise<void> {
  if (existsSync('dist/web/index.html')) return;
  await build({ configFile: 'src/web/vite.config.ts', logLevel: 'warn' });
}

export interface Visit {
  page: Page;
  /** What the browser complained about: errors, violations of the content policy, foreign addresses. */
  complaints: string[];
  close(): Promise<void>;
}

/** A browser of its own, without a session, that writes down everything that goes wrong in it. */
export async function visit(
  browser: Browser,
  app: TestApp,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  // A colour that is on its way to another has a contrast of its own.
  const context = await browser.newContext({ baseURL: app.url, reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(app.url) && !url.startsWith('data:')) complaints.push(`asked for ${url}`);
  });
  return { page, complaints, close: () => context.close() };
}

/** Signs a visit in by a one-time link, as a person does. */
export async function signIn(page: Page, app: TestApp): Promise<void> {
  const { body } = await app.request('POST', '/login-links');
  await page.goto(body.path);
}

let axe: string | undefined;

/** What axe finds wrong with the accessibility of the page as it stands, a line for each. */
export async function findBarriers(page: Page): Promise<string[]> {
  axe ??= await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  await page.evaluate(axe);
  const violations = await page.evaluate<AxeResults['violations']>(
    'axe.run().then(({ violations }) => violations)',
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.target.join(' ')} ${node.failureSummary}`),
  );
}

/** By how many pixels the page is wider than its window. */
export function findOverflow(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');
}

/** What has the keyboard's focus: its text, or one of its attributes. */
export function focused(page: Page, attribute?: string): Promise<string | null> {
  const read = attribute ? `getAttribute('${attribute}')` : 'textContent';
  return page.evaluate<string | null>(`document.activeElement.${read}`);
}
