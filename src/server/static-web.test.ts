import { readdirSync } from 'node:fs';
import { globalAgent } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../testing/index.ts';
import { sendRaw } from '../testing/send-raw.ts';

const assets = readdirSync(new URL('../../dist/web/assets/', import.meta.url));
const large = assets.find((name) => assets.includes(`${name}.br`)) ?? 'none is compressed';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const get = (path: string, headers: Record<string, string> = {}) => fetch(`${app.url}${path}`, { headers });

test('a file of the page is sent in the form that the browser takes, told as its own type', async () => {
  const asItIs = await get(`/assets/${large}`, { 'accept-encoding': 'identity' });
  const plain = await asItIs.text();
  const type = asItIs.headers.get('content-type');
  expect(type).toMatch(/javascript|css/);
  for (const [accepted, encoding] of [
    ['gzip, deflate, br', 'br'],
    ['gzip', 'gzip'],
    ['br;q=0, gzip;q=0', null],
  ] as const) {
    const answer = await get(`/assets/${large}`, { 'accept-encoding': accepted });
    expect(answer.headers.get('content-encoding')).toBe(encoding);
    expect(answer.headers.get('content-type')).toBe(type);
    expect(answer.headers.get('vary')).toMatch(/accept-encoding/i);
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(await answer.text()).toBe(plain);
  }
});

test('the page is compressed as well, and sent anew every time', async () => {
  const page = await get('/radar', { 'accept-encoding': 'br' });
  expect(page.headers.get('content-encoding')).toBe('br');
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(page.headers.get('cache-control')).toBe('no-cache');
  // In an image the pages of two releases differ neither in time nor in size.
  expect(page.headers.get('etag')).toBeNull();
  expect(page.headers.get('last-modified')).toBeNull();
  expect(await page.text()).toContain('<div id="root">');
});

test('a file with a hash in its name is not sent again to who has it', async () => {
  const first = await get(`/assets/${large}`, { 'accept-encoding': 'gzip, deflate, br' });
  // Not by fetch, which asks for a fresh one where it is given such a header.
  const again = await sendRaw(app.url, globalAgent, {
    method: 'GET',
    path: `/assets/${large}`,
    headers: { 'if-none-match': first.headers.get('etag') ?? '', 'accept-encoding': 'gzip, deflate, br' },
    body: undefined,
  });
  expect(again.status).toBe(304);
});

test('the compressed forms have no address of their own beside the page', async () => {
  expect((await get('/index.html.br')).status).toBe(404);
});
