import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compressFolder } from '../../scripts/compress-web.ts';
import { ask } from './ask.ts';
import { type Edge, hasNginx, startEdge } from './edge.ts';
import { echo, type FakeUpstream, startFake } from './fake-upstream.ts';

const SCRIPT = `export const words = ${JSON.stringify('a word and another, '.repeat(200))};\n`;
const PAGE = `<!doctype html><title>CommandCenter</title>${'<meta name="filler">'.repeat(100)}<div id="root"></div>`;
const ICON = '<svg xmlns="http://www.w3.org/2000/svg"/>';
const FOREVER = 'public, max-age=31536000, immutable';

/** A web application as a build leaves it. */
async function makeWeb(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'web-'));
  await mkdir(join(folder, 'assets'));
  const files: Record<string, string | Buffer> = {
    'index.html': PAGE,
    'icon.svg': ICON,
    'assets/index-4fA1b2C3.js': SCRIPT,
    'assets/index-9dE8f7A6.css': `a{color:red}${'b{color:blue}'.repeat(200)}`,
    'assets/inter-0a1b2c3d.woff2': Buffer.from([0, 1, 2, 3]),
    '.env': 'SECRET=1',
  };
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  compressFolder(folder);
  return folder;
}

function unpack(encoding: string | undefined, body: Buffer): Buffer {
  if (encoding === 'br') return brotliDecompressSync(body);
  return encoding === 'gzip' ? gunzipSync(body) : body;
}

describe.skipIf(!hasNginx())('files of the web application', () => {
  let web: string;
  let api: FakeUpstream;
  let nginx: Edge;
  beforeAll(async () => {
    web = await makeWeb();
    api = await startFake((request, response) => {
      response.setHeader('content-type', 'application/json; charset=utf-8');
      response.setHeader('etag', '"7"');
      if (request.url?.includes('large')) response.end(JSON.stringify({ text: 'long '.repeat(2000) }));
      else echo('api')(request, response);
    });
    nginx = await startEdge({
      nginx: { tls: false, files: 'local', limits: false },
      upstreams: { api: [api.address] },
      web,
    });
  });
  afterAll(async () => {
    await nginx?.close();
    await api?.close();
    if (web) await rm(web, { recursive: true });
  });

  const get = (path: string, headers: Record<string, string> = {}) => ask(`${nginx.url}${path}`, { headers });

  test.each([
    '/',
    '/radar',
    '/technologies/node.js-like',
    '/documents/0198?page=2',
    '/a/b/c/',
    '/authors',
    '/assets',
  ])('the page is there at %s, and asked for every time', async (path) => {
    const page = await get(path);
    expect([page.status, page.text]).toEqual([200, PAGE]);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.headers['cache-control']).toBe('no-cache');
    // In an image the pages of two releases differ neither in time nor in size.
    expect(page.headers.etag).toBeUndefined();
    const again = await get(path, { 'if-modified-since': page.headers['last-modified'] ?? '' });
    expect(again.status).toBe(200);
  });

  test.each([
    '/assets/none.js',
    '/assets/none',
    '/assets/',
    '/missing.png',
    '/radar/missing.css',
    '/.env',
    '/.git/config',
    '/x/.hidden/file',
    '/%2eenv',
  ])('%s is a 404 and neither the page nor a listing', async (path) => {
    const answer = await get(path);
    expect(answer.status).toBe(404);
    expect(answer.json()).toMatchObject({ status: 404, code: 'not-found' });
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  test.each([
    '/api/v1/session',
    '/api/none',
    '/api/docs/json',
    '/login?code=x',
    '/auth/oidc/callback?code=1',
  ])('%s is a matter of the API, word for word', async (path) => {
    const answer = await get(path);
    expect(answer.json()).toMatchObject({ name: 'api', url: path });
  });

  test('metrics are not reached from outside, however they are spelled', async () => {
    for (const path of [
      '/metrics',
      '/metrics?x=1',
      '/%6detrics',
      '/api/../metrics',
      '//metrics',
      '/api/%2e%2e/metrics',
    ]) {
      expect([path, (await get(path)).status]).toEqual([path, 404]);
    }
    expect(api.seen.some(({ url }) => url.includes('etrics'))).toBe(false);
  });

  test('a file with a hash in its name is kept for a year, and not sent again', async () => {
    for (const [name, type] of [
      ['index-4fA1b2C3.js', 'text/javascript; charset=utf-8'],
      ['index-9dE8f7A6.css', 'text/css; charset=utf-8'],
      ['inter-0a1b2c3d.woff2', 'font/woff2'],
    ]) {
      const first = await get(`/assets/${name}`);
      expect(first.status).toBe(200);
      expect(first.headers['content-type']).toBe(type);
      expect(first.all('cache-control')).toEqual([FOREVER]);
      const again = await get(`/assets/${name}`, { 'if-none-match': first.headers.etag ?? '' });
      expect([again.status, again.headers['cache-control'], again.text]).toEqual([304, FOREVER, '']);
    }
  });

  test.each([
    ['gzip, deflate, br', 'br'],
    ['br', 'br'],
    ['gzip;q=1.0, br;q=0.9', 'br'],
    ['BR', 'br'],
    ['gzip', 'gzip'],
    ['gzip, br;q=0', 'gzip'],
    ['br;q=0.000, gzip', 'gzip'],
    ['brotli, gzip', 'gzip'],
    ['identity', undefined],
    ['', undefined],
  ])('who accepts "%s" gets %s', async (accepted, encoding) => {
    for (const [path, plain] of [
      ['/assets/index-4fA1b2C3.js', SCRIPT],
      ['/radar', PAGE],
    ] as const) {
      const answer = await get(path, { 'accept-encoding': accepted });
      expect(answer.all('content-encoding')).toEqual(encoding === undefined ? [] : [encoding]);
      expect(answer.all('vary')).toEqual(['Accept-Encoding']);
      expect(answer.headers['content-type']).toMatch(/^text\/(javascript|html); charset=utf-8$/);
      const decoded = unpack(encoding, answer.body);
      expect(decoded.toString()).toBe(plain);
      if (encoding) expect(answer.body.length).toBeLessThan(plain.length / 5);
    }
  });

  test('the compressed forms are no files of their own', async () => {
    for (const form of ['br', 'gz']) {
      expect((await get(`/assets/index-4fA1b2C3.js.${form}`)).status).toBe(404);
      expect((await get(`/index.html.${form}`)).status).toBe(404);
    }
  });

  test('what is too small to be worth it is sent as it is', async () => {
    const icon = await get('/icon.svg', { 'accept-encoding': 'gzip, br' });
    expect(icon.text).toBe(ICON);
    expect(icon.headers['content-type']).toBe('image/svg+xml');
    expect(icon.headers['content-encoding']).toBeUndefined();
  });

  test('an answer of the API is compressed if it is large, and its version stays readable', async () => {
    const large = await get('/api/v1/large', { 'accept-encoding': 'gzip, br' });
    expect(large.all('content-encoding')).toEqual(['gzip']);
    expect(large.all('vary')).toEqual(['Accept-Encoding']);
    expect(JSON.parse(gunzipSync(large.body).toString()).text).toContain('long long');
    // Weak, since these are not the same bytes; the API takes it back in this form.
    expect(large.headers.etag).toBe('W/"7"');
    const small = await get('/api/v1/small', { 'accept-encoding': 'gzip, br' });
    expect(small.headers['content-encoding']).toBeUndefined();
    expect(small.headers.etag).toBe('"7"');
  });
});
