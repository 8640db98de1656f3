import { spawnSync } from 'node:child_process';
import { loadConfig } from '#platform/config/index.ts';
import { buildTemplate, migrateDatabase } from '../app/index.ts';
import { startPostgres } from './postgres-server.ts';
import { startRedis } from './redis-server.ts';
import { TEMPLATE_DATABASE } from './server-runtime.ts';

/**
 * Vitest's global setup: one prepared database for all tests, which each copies. With TEST_RUNTIME=server
 * that is a database of a private PostgreSQL beside a private Redis. Their addresses go by the environment, so that processes which
 * tests start know it as well.
 */
export async function setup(): Promise<(() => Promise<void>) | undefined> {
  await buildTemplate();
  if (spawnSync('make', ['--question', 'build']).status === 1)
    process.stderr.write(
      'What is built is older than the source, and tests in e2e look at it: `make build`.\n',
    );
  if (process.env['TEST_RUNTIME'] !== 'server') return undefined;
  const postgres = await startPostgres();
  await postgres.query(`create database ${TEMPLATE_DATABASE}`);
  const config = loadConfig({
    DATABASE_URL: postgres.url(TEMPLATE_DATABASE),
    SECRET_KEY: '0'.repeat(64),
    LOG_LEVEL: 'silent',
  });
  await migrateDatabase(config, () => {});
  process.env['TEST_POSTGRES_URL'] = postgres.url();
  const redis = await startRedis();
  process.env['TEST_REDIS_URL'] = redis.url;
  return async () => {
    await redis.close();
    await postgres.close();
  };
}
