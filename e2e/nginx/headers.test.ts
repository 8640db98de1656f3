import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../../src/testing/index.ts';
import { type Answered, ask } from './ask.ts';
import { type Edge, hasNginx, SERVER_NAME, startEdge } from './edge.ts';
import { echo, type FakeUpstream, startFake } from './fake-upstream.ts';

const WEB = new URL('../../dist/web/', import.meta.url).pathname;
const asset = `/assets/${readdirSync(`${WEB}assets`).find((name) => name.endsWith('.css'))}`;

/** Everything that the API's own answers carry for the safety of who reads them. */
const SECURITY = [
  'content-security-policy',
  'cross-origin-opener-policy',
  'cross-origin-resource-policy',
  'origin-agent-cluster',
  'permissions-policy',
  'referrer-policy',
  'x-content-type-options',
  'x-dns-prefetch-control',
  'x-download-options',
  'x-frame-options',
  'x-permitted-cross-domain-policies',
  'x-xss-protection',
];

const pick = (answer: Answered): Record<string, string[]> =>
  Object.fromEntries(SECURITY.map((name) => [name, answer.all(name)]));

describe.skipIf(!hasNginx())('headers', () => {
  let app: TestApp;
  let web: Edge;
  let edge: Edge;
  let expected: Record<string, string[]>;

  beforeAll(async () => {
    app = await startTestApp({ env: { TRUSTED_PROXIES: '127.0.0.1', ALLOWED_HOSTS: SERVER_NAME } });
    const api = [new URL(app.url).host];
    web = await startEdge({ nginx: { tls: false, files: 'local' }, upstreams: { api }, web: WEB });
    edge = await startEdge({
      nginx: { tls: true, files: 'proxy', serverNames: [SERVER_NAME], maxBodyMegabytes: 1 },
      upstreams: { api, web: [new URL(web.url).host] },
    });
    const own = await ask(`${app.url}/api/v1/session`);
    expected = pick(own);
  });
  afterAll(async () => {
    await edge?.close();
    await web?.close();
    await app?.close();
  });

  const overTls = (path: string, asked: Parameters<typeof ask>[1] = {}): Promise<Answered> =>
    ask(`https://127.0.0.1:${edge.tlsPort}${path}`, {
      ...asked,
      headers: { host: SERVER_NAME, ...asked.headers },
    });

  test('the API has one of each, so there is something to compare with', () => {
    for (const name of SECURITY) expect(expected[name], name).toHaveLength(1);
  });

  test.each([
    ['the page', '/', 200],
    ['an address of the page', '/radar', 200],
    ['a file', '/theme.js', 200],
    ['an asset', asset, 200],
    ['an asset that is missing', '/assets/none.js', 404],
    ['a file that is hidden', '/.git/config', 404],
    ['an answer of the API', '/livez', 200],
    ['a refusal of the API', '/api/v1/session', 401],
    ['an unknown address of the API', '/api/none', 404],
    ['a redirect of the API', '/login', 303],
    ['what is closed', '/metrics', 404],
  ])('%s carries each security header once, from either nginx', async (_, path, status) => {
    const direct = await ask(`${web.url}${path}`);
    expect(direct.status).toBe(status);
    expect(pick(direct)).toEqual(expected);
    expect(direct.all('strict-transport-security')).toEqual([]);
    expect(direct.all('cache-control')).toHaveLength(1);
    const throughBoth = await overTls(path);
    expect(throughBoth.status).toBe(status);
    expect(pick(throughBoth)).toEqual(expected);
    expect(throughBoth.all('strict-transport-security')).toEqual(['max-age=31536000']);
    expect(throughBoth.all('cache-control')).toHaveLength(1);
    expect(throughBoth.all('x-request-id')).toHaveLength(1);
    expect(throughBoth.headers.server).toBe('nginx');
  });

  test('what was not modified carries them as well', async () => {
    const first = await overTls(asset);
    const again = await overTls(asset, { headers: { 'if-none-match': first.headers.etag ?? '' } });
    expect(again.status).toBe(304);
    expect(pick(again)).toEqual(expected);
    expect(again.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  });

  test('a body that is too large is refused with them, in words', async () => {
    const refused = await overTls('/api/v1/documents', {
      method: 'POST',
      body: Buffer.alloc(2 * 1024 * 1024),
    });
    expect(refused.status).toBe(413);
    expect(pick(refused)).toEqual(expected);
    expect(refused.headers['content-type']).toBe('application/problem+json');
    expect(refused.json()).toMatchObject({ code: 'too-large', status: 413 });
  });

  test('a file can only be read', async () => {
    const refused = await ask(`${web.url}/`, { method: 'POST', body: 'x' });
    expect(refused.status).toBe(405);
    expect(pick(refused)).toEqual(expected);
    expect(refused.json()).toMatchObject({ code: 'method-not-allowed' });
  });

  test('the page of the API description keeps its own policy', async () => {
    const page = await overTls('/api/docs/');
    const own = await ask(`${app.url}/api/docs/`);
    expect(page.status).toBe(200);
    expect(page.all('content-security-policy')).toEqual(own.all('content-security-policy'));
    expect(page.text).toBe(own.text);
  });

  test('plain HTTP leads to HTTPS with them, and without a promise that only TLS can make', async () => {
    const moved = await ask(`${edge.url}/radar?ring=hold`, { headers: { host: SERVER_NAME } });
    expect(moved.status).toBe(308);
    expect(moved.headers.location).toBe(`https://${SERVER_NAME}/radar?ring=hold`);
    expect(pick(moved)).toEqual(expected);
    expect(moved.all('strict-transport-security')).toEqual([]);
  });

  test('a name that is not ours is told so with them', async () => {
    const refused = await ask(edge.url, { headers: { host: 'evil.example' } });
    expect(refused.status).toBe(421);
    expect(pick(refused)).toEqual(expected);
    expect(refused.json()).toMatchObject({ code: 'host-refused' });
  });
});

describe.skipIf(!hasNginx())('headers of what nginx says because the API can not', () => {
  let api: FakeUpstream;
  let edge: Edge;
  beforeAll(async () => {
    api = await startFake(echo('api'));
    edge = await startEdge({
      nginx: { tls: false, files: 'local', limits: { api: { rate: 1, burst: 1 } } },
      upstreams: { api: [api.address] },
    });
  });
  afterAll(async () => {
    await edge?.close();
    await api?.close();
  });

  test('what an upstream does not send is added', async () => {
    const answer = await ask(`${edge.url}/health`);
    expect(answer.status).toBe(200);
    for (const name of SECURITY) expect(answer.all(name), name).toHaveLength(1);
  });

  test('too many requests: 429 with a problem, Retry-After and the headers', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => ask(`${edge.url}/api/v1/session`)));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
    for (const answer of refused) {
      for (const name of SECURITY) expect(answer.all(name), name).toHaveLength(1);
      expect(answer.all('retry-after')).toEqual(['1']);
      expect(answer.headers['content-type']).toBe('application/problem+json');
      expect(answer.json()).toMatchObject({ status: 429, code: 'too-many-requests' });
    }
  });

  test('nobody there: 502 with a problem, Retry-After and the headers', async () => {
    await api.close();
    const answer = await ask(`${edge.url}/health`);
    expect(answer.status).toBe(502);
    for (const name of SECURITY) expect(answer.all(name), name).toHaveLength(1);
    expect(answer.all('retry-after')).toEqual(['5']);
    expect(answer.all('cache-control')).toEqual(['no-store']);
    const problem = answer.json();
    expect(problem).toMatchObject({ status: 502, code: 'unavailable' });
    expect(problem.requestId).toBe(answer.headers['x-request-id']);
  });
});
