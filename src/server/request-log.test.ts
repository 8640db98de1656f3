import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLogger, watchCall } from '#platform/telemetry/index.ts';
import { createTestRepository } from '#testing/git-repository.ts';
import { startTestApp, type TestApp } from '#testing/index.ts';

type Line = Record<string, unknown>;

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    if (tries > 500) throw new Error('Not within 10 s.');
    await sleep(20);
  }
}

describe('the log of requests', () => {
  let app: TestApp;
  const lines: Line[] = [];
  beforeAll(async () => {
    const log = createLogger('info', { write: (line) => void lines.push(JSON.parse(line)) });
    app = await startTestApp({ log, env: { SLOW_REQUEST_MS: '1' } });
  });
  afterAll(() => app.close());
  const find = (msg: string, route: string): Line[] =>
    lines.filter((line) => line['msg'] === msg && line['route'] === route);

  test('one line a request: method, route, status, time, and who asked in which project', async () => {
    const id = '0190b2c4-1111-7222-8333-444455556666';
    const { body } = await app.request('GET', `/jobs/${id}?with=a-question`);
    await until(() => find('request', '/api/v1/jobs/:id').length > 0);
    const [line, ...more] = find('request', '/api/v1/jobs/:id');
    expect(more).toEqual([]);
    expect(line).toMatchObject({
      level: 'info',
      method: 'GET',
      status: 404,
      durationMs: expect.any(Number),
      requestId: body.requestId,
      projectId: app.context.projectId,
      actor: expect.stringMatching(/^(user|token):/),
    });
    expect(JSON.stringify(line)).not.toContain('a-question');
  });

  test('a caller that goes away before the answer is told too', async () => {
    const real = app.platform.retrievalIndex.search;
    app.platform.retrievalIndex.search = () => sleep(1500).then(() => []);
    const asking = fetch(`${app.url}/api/v1/search?q=fastify`, {
      headers: { authorization: `Bearer ${app.token}` },
      signal: AbortSignal.timeout(400),
    });
    await expect(asking).rejects.toThrow();
    await until(() => find('request', '/api/v1/search').length > 0);
    app.platform.retrievalIndex.search = real;
    const [line] = find('request', '/api/v1/search');
    expect(line).toMatchObject({ status: 499, actor: expect.any(String) });
  });

  test('an event stream is one line at its end, and not slow', async () => {
    const repository = await createTestRepository();
    await repository.commit({ 'package.json': '{}' });
    await app.request('POST', '/repositories', { location: repository.directory });
    const { body } = await app.request('GET', '/jobs');
    const { id } = body.items[0];
    const answer = await fetch(`${app.url}/api/v1/jobs/${id}/events`, {
      headers: { authorization: `Bearer ${app.token}` },
    });
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    await answer.text();
    await app.runJobs();
    await repository.remove();
    await until(() => find('request', '/api/v1/jobs/:id/events').length > 0);
    expect(find('request', '/api/v1/jobs/:id/events')).toMatchObject([{ status: 200 }]);
    expect(find('slow request', '/api/v1/jobs/:id/events')).toEqual([]);
  });

  test('probes are not logged', async () => {
    await fetch(`${app.url}/livez`);
    await fetch(`${app.url}/readyz`);
    expect(lines.filter((line) => /livez|readyz/.test(String(line['route'])))).toEqual([]);
  });

  test('a slow request is told with its parts', async () => {
    await app.request('POST', '/technologies', { name: 'Slow', quadrant: 'tools' });
    const slow = () => find('slow request', '/api/v1/technologies');
    await until(() => slow().length > 0);
    const [line] = slow();
    expect(line).toMatchObject({
      level: 'warn',
      parts: {
        databaseMs: expect.any(Number),
        connectionMs: expect.any(Number),
        // Redis, where there is one, is told of the change.
        cacheMs: expect.any(Number),
        indexMs: 0,
        modelMs: 0,
        restMs: expect.any(Number),
        statements: expect.any(Number),
      },
    });
    const parts = (line as { parts: { databaseMs: number; statements: number } }).parts;
    // What runs after the body was read belongs to the request too.
    expect(parts.databaseMs).toBeGreaterThan(0);
    expect(parts.statements).toBeGreaterThan(3);
  });

  test('what fails on the server is told with the request’s id and its cause', async () => {
    const real = app.platform.retrievalIndex.search;
    app.platform.retrievalIndex.search = () =>
      watchCall({ name: 'x', attributes: {} }, () => Promise.reject(new Error('the disk said no')));
    const { status, body } = await app.request('GET', '/search?q=fastify');
    app.platform.retrievalIndex.search = real;
    expect(status).toBe(500);
    expect(JSON.stringify(body)).not.toContain('disk');
    const [line] = lines.filter((line) => line['msg'] === 'request failed');
    expect(line).toMatchObject({
      level: 'error',
      requestId: body.requestId,
      err: { message: 'the disk said no' },
    });
  });
});
