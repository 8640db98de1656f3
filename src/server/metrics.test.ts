import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '#platform/config/index.ts';
import { createMetrics } from '#platform/telemetry/index.ts';
import { createTestRepository } from '#testing/git-repository.ts';
import { startTestApp, type TestApp } from '#testing/index.ts';
import { freePort } from '#testing/postgres-server.ts';
import { prepareServer } from '#testing/server-runtime.ts';
import { startWorker } from '../app/index.ts';

const TOKEN = 'monitoring-token-for-tests';

const hasPromtool = spawnSync('promtool', ['--version']).error === undefined;

/** The samples of a metrics page by their name with labels. */
function parse(text: string): Map<string, number> {
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    samples.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))] as const),
  );
}

describe('metrics', () => {
  let app: TestApp;
  let port: number;
  beforeAll(async () => {
    port = await freePort();
    app = await startTestApp({ env: { METRICS_TOKEN: TOKEN, METRICS_PORT: String(port) } });
  });
  afterAll(() => app.close());

  const scrape = async (): Promise<string> => {
    const answer = await fetch(`${app.url}/metrics`, { headers: { authorization: `Bearer ${TOKEN}` } });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    return answer.text();
  };
  const read = async (): Promise<Map<string, number>> => parse(await scrape());

  test('nobody reads them on the ordinary port without the token, the owner neither', async () => {
    expect((await fetch(`${app.url}/metrics`)).status).toBe(401);
    for (const token of ['wrong', app.token]) {
      const answer = await fetch(`${app.url}/metrics`, { headers: { authorization: `Bearer ${token}` } });
      expect(answer.status).toBe(401);
    }
  });

  test('the port of their own serves them and /livez, and nothing else', async () => {
    const own = `http://127.0.0.1:${port}`;
    expect((await fetch(`${own}/livez`)).status).toBe(200);
    expect(await (await fetch(`${own}/metrics`)).text()).toContain('commandcenter_build_info');
    expect((await fetch(`${own}/api/v1/session`)).status).toBe(404);
    expect((await fetch(`${own}/metrics`, { method: 'POST' })).status).toBe(404);
  });

  test.skipIf(!hasPromtool)(
    'promtool finds nothing to say against them (skipped without promtool)',
    async () => {
      await app.request('GET', '/technologies');
      const { stdout, stderr, status } = spawnSync('promtool', ['check', 'metrics'], {
        input: await scrape(),
      });
      expect({ output: `${stdout}${stderr}`, status }).toEqual({ output: '', status: 0 });
    },
  );

  test('requests are told apart by route template, method and class of status, never by path', async () => {
    await app.request('GET', '/repositories/0190b2c4-1111-7222-8333-444455556666');
    await app.request('GET', '/repositories/0190b2c4-1111-7222-8333-444455557777');
    for (const path of ['a', 'b', 'c']) await fetch(`${app.url}/nowhere/${path}`, { method: 'POST' });
    const metrics = await read();
    const labels = 'method="GET",route="/api/v1/repositories/:id",status="4xx"';
    expect(metrics.get(`http_request_duration_seconds_count{${labels}}`)).toBe(2);
    const unknown = [...metrics.keys()].filter((name) => name.includes('nowhere'));
    expect(unknown).toEqual([]);
    expect(metrics.get('http_request_duration_seconds_count{method="POST",route="none",status="4xx"}')).toBe(
      3,
    );
  });

  test('jobs are counted by kind and outcome, with the git commands they run', async () => {
    const repository = await createTestRepository();
    await repository.commit({ 'package.json': '{}' });
    await app.request('POST', '/repositories', { location: repository.directory });
    await app.runJobs();
    const metrics = await read();
    expect(
      metrics.get('commandcenter_job_duration_seconds_count{kind="repositories.sync",outcome="succeeded"}'),
    ).toBe(1);
    const git = [...metrics.keys()].filter((name) =>
      name.startsWith('commandcenter_git_command_duration_seconds'),
    );
    expect(git.some((name) => name.includes('command="fetch",outcome="ok"'))).toBe(true);
    await repository.remove();
  });

  test('the database, the process, the parts and the queue are told', async () => {
    await app.platform.health.refresh();
    const metrics = await read();
    const above = (name: string, than: number) => expect(metrics.get(name), name).toBeGreaterThan(than);
    above('commandcenter_database_statement_duration_seconds_count{outcome="ok"}', 5);
    above('commandcenter_database_transaction_duration_seconds_count{outcome="committed"}', 0);
    above('commandcenter_database_connection_wait_seconds_count', 0);
    above('commandcenter_database_connections_limit', 0);
    above('nodejs_heap_size_used_bytes', 1000);
    above('process_resident_memory_bytes', 1000);
    expect(metrics.has('nodejs_eventloop_lag_p99_seconds')).toBe(true);
    expect(metrics.get('commandcenter_component_up{component="database"}')).toBe(1);
    expect(metrics.get('commandcenter_jobs{kind="repositories.sync",state="failed"}')).toBe(0);
    expect(metrics.get('commandcenter_job_oldest_queued_seconds{kind="repositories.sync"}')).toBe(0);
    expect(metrics.get('commandcenter_repositories{state="unreachable"}')).toBe(0);
    expect(metrics.get('commandcenter_index_waiting_documents')).toBe(0);
    expect(metrics.get('commandcenter_metrics_failures_total')).toBe(0);
  });
});

describe('a worker', () => {
  test('serves /metrics and /livez on the port of their own, and tells how its jobs end', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'commandcenter-worker-'));
    const runtime = await prepareServer(dataDir);
    const port = await freePort();
    const config = loadConfig({
      LOG_LEVEL: 'silent',
      DATA_DIR: dataDir,
      METRICS_PORT: String(port),
      ...runtime?.env,
    });
    const worker = await startWorker(config);
    expect((await fetch(`http://127.0.0.1:${port}/livez`)).status).toBe(200);
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    expect(parse(text).get('commandcenter_jobs{kind="repositories.sync",state="queued"}')).toBe(0);
    await worker.close();
    await expect(fetch(`http://127.0.0.1:${port}/livez`)).rejects.toThrow();
    await runtime?.drop();
    await rm(dataDir, { recursive: true });
  });
});

describe('without settings for them', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.close());

  test('there are no metrics to ask for', async () => {
    const answer = await fetch(`${app.url}/metrics`, { headers: { authorization: `Bearer ${app.token}` } });
    expect(answer.status).toBe(404);
  });
});

describe('gathering', () => {
  test('figures that hang or fail are left out in time, are not asked for twice at once, and the loss is counted', async () => {
    const metrics = createMetrics('1.0.0');
    let asked = 0;
    metrics.addGauges({
      gauges: [{ name: 'hanging', help: 'Never comes.' }],
      read: () => {
        asked += 1;
        return new Promise(() => {});
      },
    });
    metrics.addGauges({
      gauges: [{ name: 'failing', help: 'Fails.' }],
      read: () => Promise.reject(new Error('no')),
    });
    metrics.addGauges({ gauges: [{ name: 'there', help: 'Is there.' }], read: () => ({ there: 7 }) });
    const begin = performance.now();
    await Promise.all([metrics.render(), metrics.render()]);
    expect(performance.now() - begin).toBeLessThan(5000);
    const third = parse((await metrics.render()).text);
    expect(asked).toBe(1);
    expect(third.get('there')).toBe(7);
    expect(third.has('hanging')).toBe(false);
    expect(third.get('commandcenter_metrics_failures_total')).toBeGreaterThanOrEqual(2);
  });

  test('label values that somebody invents can’t grow without bound', async () => {
    const metrics = createMetrics('1.0.0');
    for (let n = 0; n < 3000; n++) metrics.cacheReads.add(`topic ${n}`, 'hit');
    const lines = (await metrics.render()).text
      .split('\n')
      .filter((line) => line.includes('cache_reads_total{'));
    expect(lines.length).toBeLessThanOrEqual(1001);
    expect(lines.at(-1)).toBe('commandcenter_cache_reads_total{answer="other",outcome="other"} 2000');
  });
});
