import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answered, ask } from './ask.ts';
import { type Edge, hasNginx, startEdge } from './edge.ts';
import { echo, type FakeUpstream, startFake } from './fake-upstream.ts';

describe.skipIf(!hasNginx())('limits', () => {
  let api: FakeUpstream;
  let edge: Edge;
  beforeAll(async () => {
    api = await startFake((incoming, response) => {
      if (!incoming.url?.endsWith('/events')) return echo('api')(incoming, response);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: first\n\n');
    });
    edge = await startEdge({
      nginx: {
        tls: false,
        files: 'proxy',
        trustedProxies: ['127.0.0.1'],
        limits: {
          signIn: { rate: 1, burst: 2 },
          api: { rate: 1, burst: 10 },
          files: { rate: 1, burst: 10 },
          connections: 2,
        },
      },
      upstreams: { api: [api.address], web: [api.address] },
    });
  });
  afterAll(async () => {
    await edge?.close();
    await api?.close();
  });

  /** One after the other, so that the limit on what is under way at once is not met. */
  async function repeat(times: number, path: string, from: string, method = 'GET'): Promise<Answered[]> {
    const answers: Answered[] = [];
    for (let n = 0; n < times; n++) {
      answers.push(await ask(`${edge.url}${path}`, { method, headers: { 'x-forwarded-for': from } }));
    }
    return answers;
  }
  const refused = (answers: Answered[]): number => answers.filter(({ status }) => status === 429).length;

  test.each(['/api/v1/session', '/api/v1/invitation'])('tries to sign in at %s are few', async (path) => {
    const from = `198.51.100.${path.length}`;
    expect(refused(await repeat(20, path, from, 'POST'))).toBeGreaterThan(0);
    // To look who is signed in is none, and another address has its own count.
    expect(refused(await repeat(1, path, from))).toBe(0);
    expect(refused(await repeat(1, path, '198.51.100.99', 'POST'))).toBe(0);
  });

  test('links that sign in and ways back from a provider are tries as well', async () => {
    expect(refused(await repeat(20, '/login?code=guess', '198.51.100.101'))).toBeGreaterThan(0);
    expect(refused(await repeat(20, '/auth/oidc/callback?code=guess', '198.51.100.102'))).toBeGreaterThan(0);
  });

  test('a page may ask for many things at once, a flood is refused', async () => {
    expect(refused(await repeat(8, '/api/v1/radar', '198.51.100.103'))).toBe(0);
    expect(refused(await repeat(40, '/api/v1/radar', '198.51.100.104'))).toBeGreaterThan(0);
    expect(refused(await repeat(40, '/radar', '198.51.100.105'))).toBeGreaterThan(0);
  });

  test('probes are never refused', async () => {
    for (const path of ['/health', '/livez', '/readyz']) {
      expect(refused(await repeat(30, path, '198.51.100.106'))).toBe(0);
    }
  });

  test('only so many requests of one address are under way at once', async () => {
    const headers = { 'x-forwarded-for': '198.51.100.107' };
    const streams: IncomingMessage[] = [];
    for (let n = 0; n < 3; n++) {
      const asking = request(`${edge.url}/api/v1/jobs/1/events`, { headers, agent: false });
      asking.end();
      const [answer] = (await once(asking, 'response')) as [IncomingMessage];
      streams.push(answer);
    }
    expect(streams.map(({ statusCode }) => statusCode)).toEqual([200, 200, 429]);
    for (const stream of streams) stream.destroy();
  });
});
