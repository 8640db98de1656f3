import type pg from 'pg';
import { appError } from '#platform/errors/index.ts';
import type { Backend, EmbeddedOptions, ServerOptions } from './backend.ts';
import { createDatabase, type Database } from './database.ts';
import { type MigrationPlan, migrate, planMigrations, requireMigrated } from './migrate.ts';
import { openPool } from './open-pool.ts';
import { takeConnection } from './take-connection.ts';
import { openSnapshot, type Snapshot, snapshotHeld } from './transfer/index.ts';
import { type DatabaseWatch, watchPool } from './watch-pool.ts';
import { watchReplacements } from './watch-replacements.ts';

/** What is about to be done to a database that is not new, while nobody else can migrate it. */
export interface Upgrade {
  /** The migrations that will be applied. */
  readonly pending: readonly string[];
  /** The database as it is. It has to be closed before the migrations can begin. */
  snapshot(): Promise<Snapshot>;
}

export interface OpenOptions {
  /** `require`: refuse a database that is not migrated, instead of migrating it. */
  migrations?: 'apply' | 'require';
  /** Runs before migrations are applied to a database that is not new; what it throws ends the opening. */
  beforeUpgrade?: ((upgrade: Upgrade) => Promise<void>) | undefined;
  /** Who is told of the statements that run. */
  watch?: DatabaseWatch;
}

/** Opens the embedded database or the server's, with this version's schema. */
export async function openDatabase(
  options: EmbeddedOptions | ServerOptions,
  { migrations = 'apply', watch, beforeUpgrade }: OpenOptions = {},
): Promise<Database> {
  const { pool, backend } = await openPool(options);
  if (watch) watchPool(pool, watch);
  // From the first connection on, which is made below: with only one, nobody would notice that the next leads elsewhere.
  const replacements = backend.exclusive ? () => 0 : watchReplacements(pool);
  try {
    await refuseTooLargePool(pool, backend);
    if (migrations === 'apply') await migrateFor(pool, backend, { beforeUpgrade });
    else await requireMigrated(pool);
  } catch (error) {
    await pool.end();
    await backend.close();
    throw error;
  }
  return createDatabase(pool, backend, { metrics: watch?.metrics, replacements });
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
  beforeUpgrade?: OpenOptions['beforeUpgrade'],
): Promise<string[]> {
  return withPool(options, (pool, backend) => migrateFor(pool, backend, { report, beforeUpgrade }));
}

function migrateFor(
  pool: pg.Pool,
  { options }: Backend,
  { report, beforeUpgrade }: Pick<OpenOptions, 'beforeUpgrade'> & { report?: (name: string) => void },
): Promise<string[]> {
  if (!beforeUpgrade) return migrate(pool, report);
  return migrate(pool, report, (client, pending) =>
    beforeUpgrade({
      pending,
      snapshot: () => ('directory' in options ? snapshotHeld(client, options) : openSnapshot(options)),
    }),
  );
}

/** What `applyMigrations` would do. */
export function readMigrationPlan(options: EmbeddedOptions | ServerOptions): Promise<MigrationPlan> {
  return withPool(options, (pool) => planMigrations(pool));
}

async function withPool<T>(
  options: EmbeddedOptions | ServerOptions,
  work: (pool: pg.Pool, backend: Backend) => Promise<T>,
): Promise<T> {
  const { pool, backend } = await openPool(options);
  try {
    return await work(pool, backend);
  } finally {
    await pool.end();
    await backend.close();
  }
}
