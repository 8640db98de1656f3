import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createCache } from '#platform/cache/index.ts';
import { type Clock, systemClock } from '#platform/clock/index.ts';
import type { Config } from '#platform/config/index.ts';
import type { Platform } from '#platform/context/index.ts';
import {
  type Database,
  type DatabaseWatch,
  lockDataDirectory,
  openDatabase,
  type Upgrade,
} from '#platform/database/index.ts';
import { createEvents } from '#platform/events/index.ts';
import { createFiles } from '#platform/files/index.ts';
import { createHealth } from '#platform/health/index.ts';
import { createHttpClient } from '#platform/http-client/index.ts';
import { createJobs } from '#platform/jobs/index.ts';
import { createModels } from '#platform/models/index.ts';
import { createRateLimits } from '#platform/rate-limits/index.ts';
import { createRedisConnections } from '#platform/redis/index.ts';
import { createRetrievalIndex } from '#platform/retrieval-index/index.ts';
import { createSecrets } from '#platform/secrets/index.ts';
import {
  createLogger,
  createMetrics,
  type Logger,
  startMetricsServer,
  startTracing,
} from '#platform/telemetry/index.ts';
import type { Closers } from './closers.ts';
import { featureJobs } from './features.ts';
import { registerGauges } from './gauges.ts';
import { registerHealthComponents } from './health-components.ts';
import { templateFolder } from './template.ts';
import { savingBefore } from './upgrade-set.ts';
import { version } from './version.ts';

export interface StartOptions {
  clock?: Clock;
  log?: Logger;
  /** `require`: refuse a database that lacks migrations, because a step before the start applies them. */
  migrations?: 'apply' | 'require';
  /** Whether this process runs background jobs. */
  work?: boolean;
  /** Whether it keeps its own figures, alerts and history; true if not given. */
  keepFigures?: boolean;
}

export interface StartedPlatform {
  platform: Platform;
  /** Tells others on this machine where the server is that holds the data directory. */
  announce(url: string): void;
  /** Opens the queue; with `work` this process takes jobs as well. */
  startJobs(options: { work: boolean }): Promise<void>;
  /** Ends what would go on for as long as its reader wants, such as event streams. */
  endStreams(): void;
}

/** Starts everything that features stand on, in the order in which each part needs the one before. */
export async function startPlatform(
  config: Config,
  options: StartOptions,
  closers: Closers,
): Promise<StartedPlatform> {
  const log = options.log ?? createLogger(config.logLevel);
  const clock = options.clock ?? systemClock;
  closers.add(await startTracing(config, { version, log }));
  const metrics = createMetrics(version);
  const watch = { metrics, log, slowQueryMs: config.slowQueryMs };
  const beforeUpgrade = savingBefore(config, { tell: (sentence) => log.info(sentence) });
  const { database, announce } = await openData(config, { ...options, watch, beforeUpgrade }, closers);
  const http = createHttpClient({ allowHosts: config.outgoingAllowHosts });
  closers.add(() => http.close());
  const retrievalIndex = createRetrievalIndex({ uri: join(config.dataDir, 'rag_storage'), log });
  closers.add(() => retrievalIndex.close());
  const redis = createRedisConnections({ config, log });
  closers.add(() => redis.close());
  const shared = { redis, prefix: config.redisKeyPrefix, alone: database.exclusive, log };
  const health = createHealth({ version, clock });
  closers.add(() => health.stop());
  const jobs = createJobs(featureJobs);
  const stopping = new AbortController();
  const platform: Platform = {
    config,
    log,
    metrics,
    clock,
    database,
    health,
    redis,
    cache: createCache({ ...shared, enabled: config.answerCache === 'on', count: metrics.cacheReads.add }),
    events: createEvents(shared),
    rateLimits: createRateLimits(shared),
    stopping: stopping.signal,
    jobs,
    files: createFiles(join(config.dataDir, 'files')),
    secrets: createSecrets(config.dataDir, config.secretKey, config.previousSecretKeys),
    http,
    models: createModels(config),
    retrievalIndex,
  };
  registerHealthComponents(platform);
  registerGauges(platform);
  if (config.metricsPort > 0) {
    const server = await startMetricsServer(metrics, { host: config.metricsHost, port: config.metricsPort });
    closers.add(() => server.close());
  }
  closers.add(() => jobs.stop());
  return {
    platform,
    announce,
    startJobs: (options) => jobs.start(platform, options),
    endStreams: () => stopping.abort(),
  };
}

/** The embedded database, which this process alone may open, or the server that DATABASE_URL names. */
async function openData(
  config: Config,
  options: StartOptions & { watch: DatabaseWatch; beforeUpgrade: (upgrade: Upgrade) => Promise<void> },
  closers: Closers,
): Promise<{ database: Database; announce: (url: string) => void }> {
  const { watch, beforeUpgrade } = options;
  if (config.databaseUrl !== undefined) {
    const database = await openDatabase(
      { url: config.databaseUrl, settings: config },
      { migrations: options.migrations ?? 'apply', watch, beforeUpgrade },
    );
    closers.add(() => database.close());
    return { database, announce: () => {} };
  }
  const lock = await lockDataDirectory(config.dataDir);
  closers.add(() => lock.release());
  await finishRestore(config.dataDir);
  const database = await openDatabase(
    { directory: join(config.dataDir, 'postgres'), template: templateFolder },
    { watch, beforeUpgrade },
  );
  closers.add(() => database.close());
  return { database, announce: (url) => lock.describe({ url }) };
}

/** Between the two renames of a restore there is no database, and an empty one must not be made in its place. */
async function finishRestore(dataDir: string): Promise<void> {
  if (!existsSync(join(dataDir, 'restore.json'))) return;
  const { finishFolderSwap } = await import('#features/operations/index.ts');
  await finishFolderSwap(dataDir);
}
