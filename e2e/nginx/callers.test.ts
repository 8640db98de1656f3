import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../../src/testing/index.ts';
import { until } from '../faults/installation.ts';
import { ask } from './ask.ts';
import { type Edge, hasNginx, SERVER_NAME, startEdge } from './edge.ts';
import { echo, type FakeUpstream, startFake } from './fake-upstream.ts';

const CLAIMED = { 'x-forwarded-for': '203.0.113.7', 'x-forwarded-proto': 'https' };

describe.skipIf(!hasNginx())('who asks', () => {
  let api: FakeUpstream;
  let edge: Edge;
  let behindProxy: Edge;
  beforeAll(async () => {
    api = await startFake(echo('api'));
    const upstreams = { api: [api.address] };
    edge = await startEdge({ nginx: { tls: false, files: 'local' }, upstreams });
    behindProxy = await startEdge({
      nginx: { tls: false, files: 'local', trustedProxies: ['127.0.0.0/8'] },
      upstreams,
    });
  });
  afterAll(async () => {
    await behindProxy?.close();
    await edge?.close();
    await api?.close();
  });

  const heardBy = async (nginx: Edge, headers: Record<string, string>): Promise<Record<string, string>> =>
    (await ask(`${nginx.url}/api/v1/session`, { headers })).json().headers;

  test('what a caller claims about itself is overwritten', async () => {
    const heard = await heardBy(edge, {
      ...CLAIMED,
      'x-real-ip': '203.0.113.7',
      'x-forwarded-host': 'evil.example',
      forwarded: 'for=203.0.113.7',
    });
    expect(heard).toMatchObject({
      'x-forwarded-for': '127.0.0.1',
      'x-real-ip': '127.0.0.1',
      'x-forwarded-proto': 'http',
    });
    expect(Object.keys(heard)).not.toContain('x-forwarded-host');
    expect(Object.keys(heard)).not.toContain('forwarded');
  });

  test('a proxy that is trusted is believed, one link of its chain at a time', async () => {
    expect(await heardBy(behindProxy, CLAIMED)).toMatchObject(CLAIMED);
    // What stands before the last address that is not ours was claimed by the caller of the proxy.
    const chain = '198.51.100.1, 203.0.113.7, 127.0.0.9';
    expect(await heardBy(behindProxy, { 'x-forwarded-for': chain })).toMatchObject({
      'x-forwarded-for': '203.0.113.7',
      'x-forwarded-proto': 'http',
    });
    const answer = await ask(`${behindProxy.url}/api/v1/session`, { headers: CLAIMED });
    expect(answer.all('strict-transport-security')).toEqual(['max-age=31536000']);
  });

  test('the name is passed on with its port, and the id of the request with the answer', async () => {
    const headers = { host: 'radar.example.com:8443', 'x-request-id': 'from-before-0123' };
    const answer = await ask(`${edge.url}/api/v1/session`, { headers });
    expect(answer.json().headers).toMatchObject(headers);
    expect(answer.all('x-request-id')).toEqual(['from-before-0123']);
    for (const id of ['short', 'with"quote-and more', `${'x'.repeat(200)}`]) {
      const made = await ask(`${edge.url}/api/v1/session`, { headers: { 'x-request-id': id } });
      expect(made.headers['x-request-id']).toMatch(/^[0-9a-f]{32}$/);
      expect(made.json().headers['x-request-id']).toBe(made.headers['x-request-id']);
    }
  });

  test('the log is a JSON object a line, without queries and without probes', async () => {
    const id = 'looked-for-in-the-log';
    await ask(`${edge.url}/login?code=secret-code`, {
      headers: { 'x-request-id': id, 'user-agent': 'quote " and \\ backslash' },
    });
    await ask(`${edge.url}/health`);
    await ask(`${edge.url}/livez`);
    await until('it is logged', async () =>
      (await edge.accessLog()).some(({ requestId }) => requestId === id),
    );
    const lines = await edge.accessLog();
    expect(lines.find(({ requestId }) => requestId === id)).toMatchObject({
      client: '127.0.0.1',
      method: 'GET',
      path: '/login',
      status: 200,
      seconds: expect.any(Number),
      bytes: expect.any(Number),
      upstream: api.address,
      upstreamStatus: '200',
      userAgent: 'quote " and \\ backslash',
    });
    expect(JSON.stringify(lines)).not.toContain('secret-code');
    expect(lines.some(({ path }) => path === '/health' || path === '/livez')).toBe(false);
  });
});

describe.skipIf(!hasNginx())('with the real API', () => {
  let app: TestApp;
  let edge: Edge;
  let behindProxy: Edge;
  beforeAll(async () => {
    // An address without a session may ask twice a minute.
    app = await startTestApp({
      env: { TRUSTED_PROXIES: '127.0.0.1', ALLOWED_HOSTS: SERVER_NAME, RATE_LIMIT_PER_MINUTE: '8' },
    });
    const upstreams = { api: [new URL(app.url).host] };
    edge = await startEdge({ nginx: { tls: true, files: 'local' }, upstreams });
    behindProxy = await startEdge({
      nginx: { tls: false, files: 'local', trustedProxies: ['127.0.0.1'] },
      upstreams,
    });
  });
  afterAll(async () => {
    await behindProxy?.close();
    await edge?.close();
    await app?.close();
  });

  const statusesFrom = async (url: string, addresses: string[]): Promise<number[]> => {
    const statuses: number[] = [];
    for (const address of addresses) {
      const headers = { 'x-forwarded-for': address, host: SERVER_NAME };
      statuses.push((await ask(`${url}/api/v1/session`, { headers })).status);
    }
    return statuses;
  };

  test('the API counts the address that really asked, not the one that was claimed', async () => {
    const claimed = ['203.0.113.1', '203.0.113.2', '203.0.113.3', '203.0.113.4'];
    expect(await statusesFrom(`https://127.0.0.1:${edge.tlsPort}`, claimed)).toEqual([401, 401, 429, 429]);
    const real = ['203.0.113.1', '203.0.113.1', '203.0.113.1', '203.0.113.2'];
    expect(await statusesFrom(behindProxy.url, real)).toEqual([401, 401, 429, 401]);
  });

  test('a link that signs in leaves a cookie that only travels over TLS', async () => {
    const made = await app.request('POST', '/login-links');
    const signedIn = await ask(`https://127.0.0.1:${edge.tlsPort}${made.body.path}`, {
      headers: { host: SERVER_NAME, 'x-forwarded-for': '203.0.113.50' },
    });
    // Its address has used up its requests above: the limit of the API holds for links too.
    expect(signedIn.status).toBe(429);
    const other = await ask(`${behindProxy.url}${made.body.path}`, {
      headers: { host: SERVER_NAME, 'x-forwarded-for': '203.0.113.50', 'x-forwarded-proto': 'https' },
    });
    expect([other.status, other.headers.location]).toEqual([303, '/']);
    expect(other.headers['set-cookie']?.[0]).toMatch(/HttpOnly.*Secure|Secure.*HttpOnly/);
  });

  test('anybody sees the status of /health, its parts only who may', async () => {
    const answer = await ask(`https://127.0.0.1:${edge.tlsPort}/health`, { headers: { host: SERVER_NAME } });
    expect(Object.keys(answer.json())).toEqual(['status']);
    const full = await ask(`https://127.0.0.1:${edge.tlsPort}/health`, {
      headers: { host: SERVER_NAME, authorization: `Bearer ${app.token}` },
    });
    expect(full.json().components.length).toBeGreaterThan(0);
  });

  test('a refusal names the request as the log of nginx does', async () => {
    const answer = await ask(`${behindProxy.url}/api/none`, { headers: { host: SERVER_NAME } });
    const { requestId } = answer.json();
    expect(answer.all('x-request-id')).toEqual([requestId]);
    await until('it is logged', async () =>
      (await behindProxy.accessLog()).some((line) => line['requestId'] === requestId),
    );
  });

  test('a document of a megabyte is taken in', async () => {
    const form = new FormData();
    form.set('file', new Blob(['# Queues\n\nWe use PostgreSQL for queues.\n'.repeat(27_000)]), 'queues.md');
    const sent = await fetch(`${behindProxy.url}/api/v1/documents`, {
      method: 'POST',
      body: form,
      headers: { authorization: `Bearer ${app.token}` },
    });
    expect(sent.status).toBe(202);
  });
});
