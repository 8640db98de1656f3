import { AsyncLocalStorage } from 'node:async_hooks';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import { appError } from '#platform/errors/index.ts';
import { openEmbedded } from './embedded/open.ts';
import { migrate } from './migrate.ts';

/** A transaction: the only thing that can run a query. */
export type Tx = NodePgDatabase<Record<string, never>>;

/** On whose behalf a transaction runs; row-level security lets it see and write nothing else. */
export interface Scope {
  projectId: string;
  role: 'owner' | 'editor' | 'viewer';
}

export interface Database {
  /**
   * Runs `work` in one transaction under the application's role, limited to the scope's project.
   * Opening one inside another is an error: on one connection it would wait for itself.
   */
  transaction<T>(scope: Scope, work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Runs `done` once the surrounding transaction has committed; at once outside of one. */
  afterCommit(done: () => void): void;
  /** One statement as the owner of the schema. For the platform itself (job queue, health), never a feature. */
  ownerQuery(text: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
  /** Whether this process is the only one on the data, so that work it finds unfinished is its own. */
  readonly exclusive: boolean;
  close(): Promise<void>;
}

export interface OpenDatabaseOptions {
  /** Folder of the embedded database; the caller holds its lock. */
  directory: string;
  /** A prepared database to copy when the folder is new; see createTemplate. */
  template?: string | undefined;
}

const INT8 = 20;
const types = {
  // int8 counts rows and bytes here, far below 2^53, and both drivers must give the same type.
  getTypeParser: ((oid: number, format: 'text' | 'binary') =>
    oid === INT8 && format !== 'binary'
      ? Number
      : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
};

/** Opens the database, migrated to this version's schema. */
export async function openDatabase(options: OpenDatabaseOptions): Promise<Database> {
  const backend = await openEmbedded(options);
  const pool = new pg.Pool({ ...backend.poolConfig, types });
  pool.on('error', () => {});
  try {
    await migrate(pool);
  } catch (error) {
    await pool.end();
    await backend.close();
    throw error;
  }
  return createDatabase(pool, backend);
}

interface Current {
  afterCommit: (() => void)[];
}

function createDatabase(pool: pg.Pool, backend: { exclusive: boolean; close(): Promise<void> }): Database {
  const current = new AsyncLocalStorage<Current>();

  async function inTransaction<T>(scope: Scope, work: (tx: Tx) => Promise<T>): Promise<T> {
    const client = await pool.connect();
    let broken: Error | undefined;
    try {
      await client.query('begin');
      await client.query(
        "select set_config('app.project_id', $1, true), set_config('app.role', $2, true), set_config('role', 'commandcenter_app', true)",
        [scope.projectId, scope.role],
      );
      const result = await work(drizzle(client));
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback').catch((failure: Error) => {
        broken = failure;
      });
      throw error;
    } finally {
      client.release(broken);
    }
  }

  return {
    exclusive: backend.exclusive,
    async transaction(scope, work) {
      if (current.getStore()) {
        throw appError('nested-transaction', 500, 'A transaction was opened inside another one.', {
          remedy: 'Pass the open transaction on instead of opening a second.',
        });
      }
      const store: Current = { afterCommit: [] };
      const result = await current.run(store, () => inTransaction(scope, work));
      for (const done of store.afterCommit) done();
      return result;
    },
    afterCommit(done) {
      const store = current.getStore();
      if (store) store.afterCommit.push(done);
      else done();
    },
    async ownerQuery(text, values) {
      if (current.getStore())
        throw appError('nested-transaction', 500, 'A query was sent past the open transaction.');
      return pool.query(text, values);
    },
    async close() {
      await pool.end();
      await backend.close();
    },
  };
}
