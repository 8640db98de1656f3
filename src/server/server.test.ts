import { readFile, stat } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { onServer, startTestApp, type TestApp } from '#testing/index.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

/** A request with exactly these headers; fetch would set Host by itself. */
function raw(
  path: string,
  headers: Record<string, string>,
  method = 'GET',
): Promise<{ status: number; headers: Record<string, unknown> }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${app.url}${path}`, { method, headers }, (response) => {
      response
        .resume()
        .on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers }));
    });
    request.on('error', reject).end();
  });
}

describe('who may ask', () => {
  test.skipIf(onServer)(
    'the API needs the owner token, which only its owner can read from the disk',
    async () => {
      expect((await raw('/api/v1/session', {})).status).toBe(401);
      expect((await raw('/api/v1/session', { authorization: 'Bearer wrong' })).status).toBe(401);
      const path = join(app.dataDir, 'owner-token');
      expect((await stat(path)).mode & 0o777).toBe(0o600);
      const token = (await readFile(path, 'utf8')).trim();
      expect((await raw('/api/v1/session', { authorization: `Bearer ${token}` })).status).toBe(200);
    },
  );

  test('a login link works once and leaves a session that scripts cannot read', async () => {
    const { body } = await app.request('POST', '/login-links');
    const first = await raw(body.path, {});
    expect(first.status).toBe(303);
    expect(first.headers['location']).toBe('/');
    const cookie = String(first.headers['set-cookie']);
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Lax/);
    const session = { cookie: cookie.split(';')[0] ?? '' };
    expect((await raw('/api/v1/session', session)).status).toBe(200);
    const again = await raw(body.path, {});
    expect(again.headers['set-cookie']).toBeUndefined();
    expect((await raw('/api/v1/session', session, 'DELETE')).status).toBe(204);
    expect((await raw('/api/v1/session', session)).status).toBe(401);
  });

  test('a foreign Host or Origin is refused, the own one is not', async () => {
    const authorization = `Bearer ${app.token}`;
    const own = new URL(app.url);
    expect((await raw('/api/v1/session', { authorization, host: 'evil.example' })).status).toBe(403);
    expect((await raw('/login?code=x', { host: `evil.example:${own.port}` })).status).toBe(403);
    expect((await raw('/api/v1/session', { authorization, host: `localhost:${own.port}` })).status).toBe(200);
    expect((await raw('/api/v1/session', { authorization, origin: 'https://evil.example' })).status).toBe(
      403,
    );
    expect((await raw('/api/v1/session', { authorization, origin: 'http://127.0.0.1:1' })).status).toBe(403);
    expect((await raw('/api/v1/session', { authorization, origin: 'null' })).status).toBe(403);
    expect((await raw('/api/v1/session', { authorization, origin: own.origin })).status).toBe(200);
  });
});

describe('what is answered', () => {
  test('errors are problem details with a code, a sentence and a request id', async () => {
    const { status, body, headers } = await app.request('GET', '/jobs?limit=100000');
    expect(status).toBe(400);
    expect(headers.get('content-type')).toContain('application/problem+json');
    expect(body).toMatchObject({ code: 'invalid-request', status: 400, requestId: expect.any(String) });
    expect((await app.request('GET', '/nothing-here')).body).toMatchObject({ code: 'not-found' });
    expect((await app.request('GET', '/jobs?cursor=x')).body).toMatchObject({ code: 'cursor-invalid' });
  });

  test('security headers stand on every kind of answer', async () => {
    for (const path of ['/', '/api/v1/session', '/assets/missing.js', '/livez', '/login']) {
      const { headers } = await raw(path, {});
      expect(headers['content-security-policy'], path).toContain("default-src 'none'");
      expect(headers['x-content-type-options'], path).toBe('nosniff');
      expect(headers['referrer-policy'], path).toBe('no-referrer');
    }
  });

  test('every route of the API declares who may use it, and is described', async () => {
    const { body } = await app.request('GET', '/api/docs/json');
    expect(body.openapi).toBe('3.1.0');
    for (const [path, methods] of Object.entries<Record<string, { summary?: string }>>(body.paths)) {
      for (const [method, operation] of Object.entries(methods)) {
        expect(operation.summary, `${method} ${path}`).toBeTruthy();
      }
    }
  });

  test('the page is there at every address that a person may type', async () => {
    for (const path of ['/', '/radar', '/technologies/node.js-like', '/assets/']) {
      const page = await raw(path, {});
      expect([path, page.status, page.headers['content-type']]).toEqual([
        path,
        200,
        'text/html; charset=utf-8',
      ]);
    }
  });

  test('an unknown asset or API path is a 404 and never the page', async () => {
    expect((await raw('/assets/none.js', {})).status).toBe(404);
    expect((await raw('/api/v2/anything', {})).status).toBe(404);
  });
});

test.skipIf(onServer)('a second start on the same embedded database says who holds it', async () => {
  await expect(startTestApp({ dataDir: app.dataDir })).rejects.toMatchObject({
    code: 'data-directory-in-use',
    message: expect.stringContaining(app.url),
  });
});

test('listening on every address still gives a link that is answered', async () => {
  const open = await startTestApp({ env: { HOST: '0.0.0.0' } });
  expect((await open.request('GET', '/session')).status).toBe(200);
  await open.close();
});

test('a taken port is said so, and leaves the data directory free', async () => {
  const port = new URL(app.url).port;
  await expect(startTestApp({ env: { PORT: port } })).rejects.toMatchObject({ code: 'port-in-use' });
});
