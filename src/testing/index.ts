import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { keepLocalToken } from '#features/identity/index.ts';
import type { Clock } from '#platform/clock/index.ts';
import { loadConfig } from '#platform/config/index.ts';
import type { Platform } from '#platform/context/index.ts';
import { countUnfinishedJobs } from '#platform/jobs/index.ts';
import type { Logger } from '#platform/telemetry/index.ts';
import { type RunningApp, startApp } from '../app/index.ts';
import { prepareServer } from './server-runtime.ts';
import type { TestAnswer, TestApp } from './test-app.ts';

export { addPerson, openBrowser, TEST_PASSWORD, type TestBrowser, type TestPerson } from './people.ts';
export { onServer } from './server-runtime.ts';
export type { TestAnswer, TestApp };

export interface TestAppOptions {
  env?: Record<string, string>;
  /** A data directory to start on; a new one, removed at the end, if not given. */
  dataDir?: string;
  /** The time as the application sees it. */
  clock?: Clock;
  /** Where its log lines go; nowhere if not given. */
  log?: Logger;
}

const JOBS_TIMEOUT_MS = 120_000;
const REDIS_TIMEOUT_MS = 30_000;

/** A whole application on a free port, with its own data directory (and database, with TEST_RUNTIME=server). */
export async function startTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'commandcenter-')));
  const server = await prepareServer(dataDir);
  const config = loadConfig({
    LOG_LEVEL: 'silent',
    PORT: '0',
    DATA_DIR: dataDir,
    ...server?.env,
    ...options.env,
  });
  const app: RunningApp = await startApp(config, {
    // What is done every ten seconds would be done in the middle of some test; who tests it does it by hand.
    keepFigures: false,
    ...(options.clock ? { clock: options.clock } : {}),
    ...(options.log ? { log: options.log } : {}),
  });
  // A test that happens to run at a full five minutes is no other test than before.
  await app.platform.database.ownerQuery('delete from pgboss.schedule');
  if (!options.env?.['REDIS_URL']) await waitForRedis(app.platform);
  const token = app.ownerToken ?? (await keepLocalToken(app.platform, app.context.actor));
  return {
    url: app.url,
    token,
    dataDir,
    platform: app.platform,
    context: app.context,
    async request(method, path, body, headers = {}) {
      const response = await fetch(`${app.url}${path.startsWith('/api') ? '' : '/api/v1'}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const isJson = response.headers.get('content-type')?.includes('json');
      return { status: response.status, body: isJson ? JSON.parse(text) : text, headers: response.headers };
    },
    async runJobs() {
      for (const end = Date.now() + JOBS_TIMEOUT_MS; ; await sleep(50)) {
        if ((await countUnfinishedJobs(app.context)) === 0) return;
        if (Date.now() > end) throw new Error('Jobs did not end in time.');
      }
    },
    async close() {
      await app.close();
      if (options.dataDir) return;
      await server?.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** A server answers before Redis is there, and until then counts and keeps by itself: tests would see either. */
async function waitForRedis({ redis }: Platform): Promise<void> {
  for (const end = Date.now() + REDIS_TIMEOUT_MS; redis.states().some(({ status }) => status !== 'up'); ) {
    if (Date.now() > end) throw new Error('Redis was not reached in time.');
    await sleep(10);
  }
}
