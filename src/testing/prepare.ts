import type { TestProject } from 'vitest/node';
import { loadConfig } from '#platform/config/index.ts';
import { buildTemplate, migrateDatabase } from '../app/index.ts';
import { startPostgres } from './postgres-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The servers of `TEST_RUNTIME=server`; null when tests run on the embedded database. */
    servers: { postgresUrl: string; redisUrl: string | null } | null;
  }
}

/** Which database a new test database is copied from. */
export const TEMPLATE_DATABASE = 'commandcenter_template';

/**
 * Vitest's global setup: one prepared database for all tests, which each copies. With TEST_RUNTIME=server
 * that is a database of a private PostgreSQL, and a private Redis stands beside it.
 */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  await buildTemplate();
  if (process.env['TEST_RUNTIME'] !== 'server') {
    project.provide('servers', null);
    return undefined;
  }
  const postgres = await startPostgres();
  await postgres.query(`create database ${TEMPLATE_DATABASE}`);
  const config = loadConfig({
    DATABASE_URL: postgres.url(TEMPLATE_DATABASE),
    SECRET_KEY: '0'.repeat(64),
    LOG_LEVEL: 'silent',
  });
  await migrateDatabase(config, () => {});
  project.provide('servers', { postgresUrl: postgres.url(), redisUrl: null });
  return async () => {
    await postgres.close();
  };
}
