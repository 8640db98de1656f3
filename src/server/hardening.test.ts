import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '#testing/index.ts';

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** A request with exactly these headers; fetch would set some by itself. */
function raw(
  app: TestApp,
  path: string,
  headers: Record<string, string> = {},
  { method = 'GET', body = '' } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${app.url}${path}`, { method, headers }, (response) => {
      let text = '';
      response.on('data', (piece: Buffer) => {
        text += piece.toString();
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      );
    });
    request.on('error', reject).end(body);
  });
}

/** Sends the head of a request whose body never comes, and reads what is answered to it. */
async function announce(app: TestApp, head: string[]): Promise<string> {
  const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  let text = '';
  for await (const piece of socket) {
    text += String(piece);
    if (text.includes('"requestId"')) break;
  }
  return text;
}

describe('headers', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.close());

  test.each([
    ['the page', '/', 200],
    ['an address of the page', '/radar', 200],
    ['a file of the page', '/icon.svg', 200],
    ['an asset that is missing', '/assets/none.js', 404],
    ['an answer of the API', '/api/v1/technologies', 200],
    ['a refusal for want of a session', '/api/v1/technologies', 401],
    ['an unknown path of the API', '/api/v1/none', 404],
    ['a bad request', '/api/v1/technologies?limit=x', 400],
    ['the description of the API', '/api/docs', 200],
    ['health', '/health', 200],
    ['a login link', '/login?code=x', 303],
  ])('%s carries all of them', async (_what, path, status) => {
    const authorization = status === 401 ? '' : `Bearer ${app.token}`;
    const { headers, status: got } = await raw(app, path, authorization ? { authorization } : {});
    expect(got).toBe(status);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'permissions-policy': expect.stringContaining('camera=()'),
    });
    const policy = String(headers['content-security-policy']);
    // The description of the API is a page of another make, with a policy of its own.
    if (path === '/api/docs') expect(policy).toContain("default-src 'self'");
    else {
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain('unsafe');
    }
    expect(headers['strict-transport-security']).toBeUndefined();
    if (path.startsWith('/api/v1')) expect(headers['cache-control']).toBe('no-store');
    expect(headers['x-powered-by'] ?? headers['server']).toBeUndefined();
  });
});

describe('behind a proxy', () => {
  let trusting: TestApp;
  let direct: TestApp;
  beforeAll(async () => {
    const env = { PUBLIC_URL: 'https://radar.example.com', TRUSTED_PROXIES: '127.0.0.1,10.0.0.0/8' };
    trusting = await startTestApp({ env });
    direct = await startTestApp();
  });
  afterAll(async () => {
    await trusting.close();
    await direct.close();
  });
  const addressOf = async (app: TestApp, forwarded: string): Promise<string | null> => {
    const { body } = await app.request('POST', '/login-links', {});
    const { headers } = await raw(app, body.path, { 'x-forwarded-for': forwarded });
    const cookie = String(headers['set-cookie']).split(';')[0] ?? '';
    const sessions = await raw(app, '/api/v1/sessions', { cookie });
    return (JSON.parse(sessions.body) as { items: { address: string | null }[] }).items[0]?.address ?? null;
  };

  test('the caller is whom the nearest trusted proxy names, whatever stands before that', async () => {
    expect(await addressOf(trusting, '203.0.113.9')).toBe('203.0.113.9');
    expect(await addressOf(trusting, '1.2.3.4, 203.0.113.9, 10.1.2.3')).toBe('203.0.113.9');
  });

  test('without a trusted proxy nobody can say that he is somebody else', async () => {
    expect(await addressOf(direct, '203.0.113.9')).toMatch(/127\.0\.0\.1$/);
    const { headers } = await raw(direct, '/', { 'x-forwarded-proto': 'https' });
    expect(headers['strict-transport-security']).toBeUndefined();
  });

  test('over TLS browsers are told to stay with it, and the cookie never leaves it', async () => {
    const host = 'radar.example.com';
    const { headers } = await raw(trusting, '/', { host, 'x-forwarded-proto': 'https' });
    expect(headers['strict-transport-security']).toMatch(/^max-age=\d{8}$/);
    const { body } = await trusting.request('POST', '/login-links', {});
    const login = await raw(trusting, body.path, { host, 'x-forwarded-proto': 'https' });
    expect(String(login.headers['set-cookie'])).toMatch(/; Secure/);
  });

  test('the published name is answered, others are not', async () => {
    expect((await raw(trusting, '/', { host: 'radar.example.com' })).status).toBe(200);
    expect((await raw(direct, '/', { host: 'radar.example.com' })).status).toBe(403);
    expect((await raw(trusting, '/', { host: 'radar.example.com.evil.example' })).status).toBe(403);
  });

  test('a change from another origin is refused, one from the page is not', async () => {
    const change = (origin: string) =>
      raw(
        trusting,
        '/api/v1/login-links',
        { host: 'radar.example.com', origin, authorization: `Bearer ${trusting.token}` },
        { method: 'POST' },
      );
    expect((await change('https://evil.example')).status).toBe(403);
    expect((await change('null')).status).toBe(403);
    expect((await change('https://radar.example.com')).status).toBe(201);
  });
});

describe('limits', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ env: { RATE_LIMIT_PER_MINUTE: '40' } });
  });
  afterAll(() => app.close());

  test('who asks too often is told when to go on; probes and the page are never refused', async () => {
    const first = await app.request('GET', '/session');
    expect(first.headers.get('ratelimit-policy')).toBe('"caller";q=40;w=60');
    expect(first.headers.get('ratelimit')).toMatch(/^"caller";r=39;t=\d+$/);
    const statuses: number[] = [];
    for (let n = 0; n < 45; n++) statuses.push((await app.request('GET', '/session')).status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(39);
    const refused = await app.request('GET', '/session');
    expect([refused.status, refused.body.code]).toEqual([429, 'too-many-requests']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(60);
    for (const path of ['/livez', '/readyz', '/health', '/', '/icon.svg']) {
      expect((await raw(app, path)).status, path).toBe(200);
    }
  });

  test('who shows nothing valid is limited by address, and sooner', async () => {
    const statuses: number[] = [];
    for (let n = 0; n < 14; n++) {
      statuses.push((await raw(app, '/api/v1/session', { authorization: 'Bearer wrong' })).status);
    }
    expect(statuses.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 401));
    expect(statuses.slice(10)).toEqual([429, 429, 429, 429]);
  });
});

describe('sizes', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.close());

  test('a body and a line of headers beyond all use are refused', async () => {
    const large = await announce(app, [
      'POST /api/v1/technologies HTTP/1.1',
      `host: ${new URL(app.url).host}`,
      `authorization: Bearer ${app.token}`,
      'content-type: application/json',
      'content-length: 2000000',
    ]);
    expect(large).toMatch(/^HTTP\/1\.1 413 /);
    expect(large).toContain('"code":"too-large"');
    const long = await announce(app, [
      'GET /api/v1/session HTTP/1.1',
      `host: ${new URL(app.url).host}`,
      `x-long: ${'x'.repeat(400_000)}`,
    ]).catch((error: NodeJS.ErrnoException) => error.code);
    // The connection may be closed before all of the line has been sent, and the sender hears only that.
    expect(long).toSatisfy(
      (got: string) => got.startsWith('HTTP/1.1 431') || got === 'ECONNRESET' || got === 'EPIPE',
    );
  });

  test('documents may be larger than other requests', async () => {
    const text = 'Backups are made every night. '.repeat(70_000);
    const { status } = await app.request('POST', '/documents:batch', {
      documents: [{ externalId: 'large', title: 'Large', text }],
    });
    expect(status).toBe(200);
  });
});
