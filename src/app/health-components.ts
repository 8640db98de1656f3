import { statfs } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Platform } from '#platform/context/index.ts';
import { appError } from '#platform/errors/index.ts';
import type { ComponentFacts } from '#platform/health/index.ts';
import { readQueueState } from '#platform/jobs/index.ts';
import { checkLink } from '#platform/redis/index.ts';
import { featureHealth } from './features.ts';

/** Shorter than the limit of a check. */
const BUSY_AFTER_MS = 1500;
const FREE_BYTES_WANTED = 512 * 1024 ** 2;

/** The parts whose state `/health` tells. */
export function registerHealthComponents(platform: Platform): void {
  const { health } = platform;
  health.register({ name: 'database', essential: true, check: () => checkDatabase(platform) });
  health.register({ name: 'retrieval index', essential: false, check: () => checkIndex(platform) });
  health.register({ name: 'jobs', essential: false, check: () => readQueueState(platform) });
  const { state, listener, cache } = platform.redis;
  for (const link of [state, listener, cache]) {
    if (!link) continue;
    health.register({ name: link.state().name, essential: false, check: async () => checkLink(link) });
    link.onConnected(() => void health.refresh());
  }
  for (const component of featureHealth) health.register(component(platform));
  health.register({ name: 'disk', essential: false, check: () => checkDisk(platform.config.dataDir) });
}

async function checkDatabase({ database }: Platform): Promise<ComponentFacts> {
  const begin = performance.now();
  const asked = database.ownerQuery(
    `select current_setting('server_version') as version,
            pg_is_in_recovery() or current_setting('default_transaction_read_only')::bool as "readOnly"`,
  );
  const answer = await Promise.race([asked, sleep(BUSY_AFTER_MS, undefined, { ref: false })]);
  if (!answer && database.answersOthers(begin)) {
    asked.catch(() => {});
    return {
      degraded: 'It answers, but all connections of this process are in use.',
      detail: { runtime: database.runtime, ...database.connections() },
    };
  }
  const { rows } = await asked;
  const readOnly = rows[0]?.['readOnly'] === true;
  return {
    version: String(rows[0]?.['version']),
    degraded: readOnly ? 'It takes no changes: it is read-only.' : database.trouble(),
    detail: { runtime: database.runtime, ...database.connections() },
  };
}

async function checkIndex({ retrievalIndex }: Platform): Promise<ComponentFacts> {
  if (!(await retrievalIndex.exists())) return { detail: { state: 'not built yet' } };
  if (retrievalIndex.isDamaged()) {
    throw appError('index-damaged', 503, 'It can’t be read, and is built again from the database.');
  }
  return { detail: { state: 'ready', loaded: retrievalIndex.isLoaded() } };
}

async function checkDisk(folder: string): Promise<ComponentFacts> {
  const { bavail, bsize, blocks } = await statfs(folder);
  const freeBytes = bavail * bsize;
  return {
    degraded: freeBytes < FREE_BYTES_WANTED ? 'The disk of the data directory is almost full.' : undefined,
    detail: { freeBytes, totalBytes: blocks * bsize },
  };
}
