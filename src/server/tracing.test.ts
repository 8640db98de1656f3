import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createModels } from '#platform/models/index.ts';
import { createLink } from '#platform/redis/link.ts';
import type { ReceivedSpan, ReceiverMessage } from '#platform/telemetry/fixtures/otlp-receiver.ts';
import { createLogger, runAs, startSpan, startWork } from '#platform/telemetry/index.ts';
import { createTestRepository, type TestRepository } from '#testing/git-repository.ts';
import { startTestApp, type TestApp } from '#testing/index.ts';
import { startModelServer } from '#testing/model-server.ts';
import { hasRedis, startRedis } from '#testing/redis-server.ts';

const RECEIVER = fileURLToPath(new URL('../platform/telemetry/fixtures/otlp-receiver.ts', import.meta.url));

interface Receiver {
  url: string;
  spans: ReceivedSpan[];
  process: ChildProcess;
}

/** A collector as a process of its own. */
async function startReceiver(...argv: string[]): Promise<Receiver> {
  const child = fork(RECEIVER, argv, { execArgv: [] });
  const spans: ReceivedSpan[] = [];
  const [first] = (await once(child, 'message')) as [ReceiverMessage];
  child.on('message', (message: ReceiverMessage) => {
    if ('spans' in message) spans.push(...message.spans);
  });
  return { url: `http://127.0.0.1:${'port' in first ? first.port : 0}`, spans, process: child };
}

async function until(holds: () => boolean, what: string): Promise<void> {
  for (const end = Date.now() + 20_000; !holds(); await sleep(50)) {
    if (Date.now() > end) throw new Error(`Not within 20 s: ${what}`);
  }
}

const traceparent = (trace: string, flags = '01'): string => `00-${trace}-1111222233334444-${flags}`;

describe('with a collector', () => {
  let receiver: Receiver;
  let app: TestApp;
  let repository: TestRepository;
  const lines: Record<string, unknown>[] = [];
  beforeAll(async () => {
    receiver = await startReceiver();
    repository = await createTestRepository();
    await repository.commit({ 'package.json': '{"dependencies":{"fastify":"^5"}}' });
    const log = createLogger('info', { write: (line) => void lines.push(JSON.parse(line)) });
    app = await startTestApp({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url }, log });
  });
  afterAll(async () => {
    await app.close();
    receiver.process.kill();
    await repository.remove();
  });
  const ofTrace = (trace: string) => receiver.spans.filter(({ traceId }) => traceId === trace);

  test('one trace runs from the caller’s span over the request and its SQL to the job and its git commands', async () => {
    const trace = 'aaaabbbbccccddddaaaabbbbccccdddd';
    const answer = await app.request(
      'POST',
      '/repositories',
      { location: repository.directory, name: 'a-name-that-is-a-value' },
      { traceparent: traceparent(trace) },
    );
    expect(answer.status).toBeLessThan(300);
    await app.runJobs();
    const named = (name: string) => ofTrace(trace).find((span) => span.name === name);
    await until(
      () => named('job repositories.sync') !== undefined && named('POST /api/v1/repositories') !== undefined,
      'request and job arrive',
    );
    const request = named('POST /api/v1/repositories');
    expect(request).toMatchObject({
      service: 'commandcenter',
      parentSpanId: '1111222233334444',
      failed: false,
      attributes: { 'http.route': '/api/v1/repositories', 'http.response.status_code': answer.status },
    });
    const job = named('job repositories.sync');
    expect(job).toMatchObject({ parentSpanId: request?.spanId, attributes: { 'job.outcome': 'succeeded' } });
    const below = (parent: ReceivedSpan | undefined) =>
      ofTrace(trace).filter(({ parentSpanId }) => parentSpanId === parent?.spanId);
    expect(below(request).map(({ name }) => name)).toContain('postgresql INSERT');
    expect(below(job).some(({ name }) => name.startsWith('git '))).toBe(true);
    expect(below(job).some(({ name }) => name.startsWith('postgresql '))).toBe(true);

    const insert = below(request).find(({ name }) => name === 'postgresql INSERT');
    expect(insert?.attributes['db.query.text']).toMatch(/insert into .*\$1/);
    expect(JSON.stringify(receiver.spans)).not.toContain('a-name-that-is-a-value');
  });

  test('log lines carry the trace, the request, and in a job both of them and the job', async () => {
    const requestLine = lines.find((line) => line['msg'] === 'request' && line['method'] === 'POST');
    const request = receiver.spans.find(({ name }) => name === 'POST /api/v1/repositories');
    expect(requestLine).toMatchObject({ traceId: request?.traceId, spanId: request?.spanId });
    const jobLine = lines.find((line) => line['jobKind'] === 'repositories.sync');
    expect(jobLine).toMatchObject({
      traceId: request?.traceId,
      requestId: requestLine?.['requestId'],
      jobId: expect.any(String),
    });
  });

  test('fetches, model calls and Redis commands are spans of the work that they are for', async () => {
    const { metrics } = app.platform;
    const above = startSpan('test work', 'internal', {});
    const work = startWork({ requestId: 'r', job: undefined, metrics, span: above });
    const model = await startModelServer('openai-compatible', () => ({ kind: 'answer', pieces: ['Yes.'] }));
    const { language } = createModels({
      modelProvider: 'openai-compatible',
      modelName: 'test-model',
      modelApiKey: 'k',
      modelBaseUrl: model.url,
      modelTimeoutSeconds: 10,
    });
    await runAs(work, async () => {
      await app.platform.http.fetch(`${model.url}/page?token=hunter2`).catch(() => {});
      const request = {
        instructions: '',
        prompt: 'hunter2',
        maxOutputTokens: 9,
        signal: AbortSignal.timeout(9000),
      };
      for await (const _piece of language?.stream(request) ?? []);
    });
    above?.end();
    await model.close();
    const children = () => receiver.spans.filter(({ parentSpanId }) => parentSpanId === above?.spanId);
    await until(() => children().length >= 2, 'the spans arrive');
    expect(children().map(({ name }) => name)).toEqual(
      expect.arrayContaining(['HTTP GET', 'chat test-model']),
    );
    expect(JSON.stringify(receiver.spans)).not.toContain('hunter2');
    expect(work.spent.model).toBeGreaterThan(0);
  });

  test.skipIf(!hasRedis())('a Redis command is a span too (skipped without redis-server)', async () => {
    const redis = await startRedis();
    const link = createLink({ name: 'redis', url: redis.url, log: app.platform.log });
    link.open();
    for (let tries = 0; !link.connected && tries < 200; tries++) await sleep(25);
    const above = startSpan('test work', 'internal', {});
    const { metrics } = app.platform;
    const work = startWork({ requestId: 'r', job: undefined, metrics, span: above });
    await runAs(work, () => link.run((client) => client.set('key', 'hunter2')));
    above?.end();
    await until(() => receiver.spans.some((span) => span.parentSpanId === above?.spanId), 'the span arrives');
    expect(receiver.spans.find((span) => span.parentSpanId === above?.spanId)).toMatchObject({
      name: 'redis',
      attributes: { 'db.system.name': 'redis' },
    });
    expect(JSON.stringify(receiver.spans)).not.toContain('hunter2');
    await link.close();
    await redis.close();
  });

  test('a caller that does not sample is followed', async () => {
    const trace = 'eeeeffffeeeeffffeeeeffffeeeeffff';
    await app.request('GET', '/repositories', undefined, { traceparent: traceparent(trace, '00') });
    const own = await app.request('GET', '/jobs', undefined, { traceparent: 'nonsense' });
    expect(own.status).toBe(200);
    await until(
      () => receiver.spans.some(({ name }) => name === 'GET /api/v1/jobs'),
      'the later request arrives',
    );
    expect(ofTrace(trace)).toEqual([]);
  });
});

describe('a collector in trouble', () => {
  test('one that never answers holds up no request and no stop', async () => {
    const receiver = await startReceiver('hang');
    const app = await startTestApp({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url } });
    await app.request('GET', '/jobs');
    await until(() => receiver.spans.length > 0, 'the collector got something and keeps it');
    const begin = performance.now();
    await Promise.all(Array.from({ length: 50 }, () => app.request('GET', '/jobs')));
    expect(performance.now() - begin).toBeLessThan(10_000);
    const stop = performance.now();
    await app.close();
    expect(performance.now() - stop).toBeLessThan(15_000);
    receiver.process.kill();
  });

  test('one that is away is told once in the log, and requests go on', async () => {
    const lines: Record<string, unknown>[] = [];
    const log = createLogger('warn', { write: (line) => void lines.push(JSON.parse(line)) });
    const app = await startTestApp({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }, log });
    const told = () => lines.filter((line) => line['msg'] === 'traces can’t be delivered');
    expect((await app.request('GET', '/jobs')).status).toBe(200);
    await until(() => told().length > 0, 'the log tells it');
    expect((await app.request('GET', '/jobs')).status).toBe(200);
    await sleep(2500);
    expect(told().length).toBe(1);
    await app.close();
  });
});
