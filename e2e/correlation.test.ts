import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ReceivedSpan, ReceiverMessage } from '#platform/telemetry/fixtures/otlp-receiver.ts';
import { launcher } from '#testing/built-server.ts';
import { buildWeb, chromiumPath, launchBrowser } from './browser.ts';

const RECEIVER = fileURLToPath(
  new URL('../src/platform/telemetry/fixtures/otlp-receiver.ts', import.meta.url),
);
const WAIT_MS = 120_000;
const title = chromiumPath
  ? 'one request id'
  : 'one request id (skipped: there is no Chromium in /usr/bin; on Debian, apt-get install chromium)';

type Line = Record<string, unknown>;

describe.skipIf(!chromiumPath)(title, { timeout: 3 * WAIT_MS }, () => {
  let folder: string;
  let collector: ChildProcess;
  let server: ChildProcess;
  let browser: Browser;
  let url: string;
  const spans: ReceivedSpan[] = [];
  const lines: Line[] = [];

  beforeAll(async () => {
    await buildWeb();
    folder = await mkdtemp(join(tmpdir(), 'commandcenter-correlation-'));
    collector = fork(RECEIVER, [], { execArgv: [] });
    const [first] = (await once(collector, 'message')) as [ReceiverMessage];
    collector.on('message', (message: ReceiverMessage) => {
      if ('spans' in message) spans.push(...message.spans);
    });
    const env = {
      ...process.env,
      DATA_DIR: folder,
      PORT: '0',
      LOG_LEVEL: 'info',
      OUTGOING_ALLOW_HOSTS: '127.0.0.1',
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${'port' in first ? first.port : 0}`,
    };
    server = spawn(launcher, ['start'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    let rest = '';
    let ready: string | undefined;
    server.stdout?.on('data', (piece: Buffer) => {
      const texts = (rest + piece.toString()).split('\n');
      rest = texts.pop() ?? '';
      for (const text of texts) {
        if (text.startsWith('{')) lines.push(JSON.parse(text));
        else ready ??= /ready: (\S+)/.exec(text)?.[1];
      }
    });
    url = new URL(await until(() => ready)).origin;
    browser = await launchBrowser();
  }, WAIT_MS);

  afterAll(async () => {
    await browser?.close();
    server?.kill('SIGTERM');
    if (server) await once(server, 'exit');
    collector?.kill();
    await rm(folder, { recursive: true, force: true });
  }, WAIT_MS);

  const spanOf = (requestId: string, name: string) =>
    spans.find((span) => span.attributes['commandcenter.request_id'] === requestId && span.name === name);

  async function signedIn() {
    const token = (await readFile(join(folder, 'owner-token'), 'utf8')).trim();
    const answer = await fetch(`${url}/api/v1/login-links`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    });
    const { path } = (await answer.json()) as { path: string };
    const page = await (await browser.newContext({ baseURL: url })).newPage();
    page.setDefaultTimeout(WAIT_MS);
    await page.goto(path);
    return page;
  }

  test('leads from the error on a page to the answer, the log and the trace', async () => {
    const page = await signedIn();
    // A file in the place of the folder of uploads: nothing foresees that.
    await writeFile(join(folder, 'files'), '');
    await page.goto('/documents');
    const answered = page.waitForResponse((response) => response.status() >= 500);
    const file = { name: 'a.md', mimeType: 'text/markdown', buffer: Buffer.from('# Backups') };
    await page.getByLabel('Files to add').setInputFiles(file);
    const headers = (await answered).headers();
    const shown = page.getByText(/^Request /).locator('code');
    await shown.waitFor();
    const requestId = (await shown.textContent()) ?? '';
    expect(requestId).toMatch(/^[\w-]+$/);
    expect(headers['x-request-id']).toBe(requestId);
    const told = () => lines.filter((line) => line['requestId'] === requestId);
    await until(() => told().find(({ msg }) => msg === 'request'));
    expect(told().map(({ msg }) => msg)).toEqual(expect.arrayContaining(['request failed', 'request']));
    const span = await until(() => spanOf(requestId, 'POST /api/v1/documents'));
    expect(told()[0]).toMatchObject({ traceId: span.traceId });
    await page.context().close();
  });

  test('leads from a failed job on a page to the request that started it, their log lines and one trace', async () => {
    const page = await signedIn();
    const started = await page.evaluate(
      `fetch('/api/v1/repositories', { method: 'POST', headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ location: 'http://127.0.0.1:9/a.git' }) }).then(({ status }) => status)`,
    );
    expect(started).toBe(201);
    await page.goto('/jobs');
    const failed = page.locator('[data-state="failed"]').first();
    await failed.waitFor();
    const requestId = (await failed.locator('code').textContent()) ?? '';
    const told = () => lines.filter((line) => line['requestId'] === requestId);
    const request = await until(() => told().find(({ msg }) => msg === 'request'));
    expect(request).toMatchObject({ method: 'POST', route: '/api/v1/repositories', status: 201 });
    const ofJob = await until(() => told().find(({ msg }) => msg === 'job failed'));
    expect(ofJob).toMatchObject({ jobKind: 'repositories.sync', jobId: expect.any(String) });
    const above = await until(() => spanOf(requestId, 'POST /api/v1/repositories'));
    const below = await until(() => spanOf(requestId, 'job repositories.sync'));
    expect(below).toMatchObject({ traceId: above.traceId, attributes: { 'job.id': ofJob['jobId'] } });
    expect([request['traceId'], ofJob['traceId']]).toEqual([above.traceId, above.traceId]);
    const token = (await readFile(join(folder, 'owner-token'), 'utf8')).trim();
    const answer = await fetch(`${url}/api/v1/jobs/${ofJob['jobId']}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(await answer.json()).toMatchObject({ requestId });
    await page.context().close();
  });
});

async function until<T>(read: () => T | undefined): Promise<T> {
  for (const end = Date.now() + WAIT_MS; ; await sleep(50)) {
    const value = read();
    if (value !== undefined) return value;
    if (Date.now() > end) throw new Error('Not in time.');
  }
}
