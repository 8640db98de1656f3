import type pg from 'pg';
import { appError } from '#platform/errors/index.ts';
import { type Backend, createDatabase, type Database } from './database.ts';
import { type MigrationPlan, migrate, planMigrations, requireMigrated } from './migrate.ts';
import { type EmbeddedOptions, openPool } from './open-pool.ts';
import type { ServerOptions } from './server/open.ts';
import { takeConnection } from './take-connection.ts';
import { type DatabaseWatch, watchPool } from './watch-pool.ts';

export interface OpenOptions {
  /** `require`: refuse a database that is not migrated, instead of migrating it. */
  migrations?: 'apply' | 'require';
  /** Who is told of the statements that run. */
  watch?: DatabaseWatch;
}

/** Opens the embedded database or the server's, with this version's schema. */
export async function openDatabase(
  options: EmbeddedOptions | ServerOptions,
  { migrations = 'apply', watch }: OpenOptions = {},
): Promise<Database> {
  const { pool, backend } = await openPool(options);
  if (watch) watchPool(pool, watch);
  try {
    await refuseTooLargePool(pool, backend);
    if (migrations === 'apply') await migrate(pool);
    else await requireMigrated(pool);
  } catch (error) {
    await pool.end();
    await backend.close();
    throw error;
  }
  return createDatabase(pool, backend, watch?.metrics);
}

/** A pool larger than what the server lets in fails only under load; better to say so at once. */
async function refuseTooLargePool(pool: pg.Pool, backend: Backend): Promise<void> {
  if (backend.runtime !== 'server') return;
  const connection = await takeConnection(pool);
  try {
    const { rows } = await connection.client.query<{ free: number }>(
      "select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int as free",
    );
    const [wanted, free] = [pool.options.max ?? 0, rows[0]?.free ?? 0];
    if (wanted <= free) return;
    throw appError(
      'config-invalid',
      500,
      `DATABASE_POOL_SIZE is ${wanted}, but PostgreSQL lets in ${free}.`,
      {
        remedy: 'Lower it: all processes together need fewer connections than max_connections.',
      },
    );
  } finally {
    connection.release();
  }
}

/** Applies what is pending; says the name of each migration before it begins. */
export function applyMigrations(
  options: EmbeddedOptions | ServerOptions,
  report: (name: string) => void,
): Promise<string[]> {
  return withPool(options, (pool) => migrate(pool, report));
}

/** What `applyMigrations` would do. */
export function readMigrationPlan(options: EmbeddedOptions | ServerOptions): Promise<MigrationPlan> {
  return withPool(options, planMigrations);
}

async function withPool<T>(
  options: EmbeddedOptions | ServerOptions,
  work: (pool: pg.Pool) => Promise<T>,
): Promise<T> {
  const { pool, backend } = await openPool(options);
  try {
    return await work(pool);
  } finally {
    await pool.end();
    await backend.close();
  }
}
