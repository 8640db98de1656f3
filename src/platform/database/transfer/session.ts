import type pg from 'pg';
import type { Backend, EmbeddedOptions, ServerOptions } from '../backend.ts';
import { openPool } from '../open-pool.ts';
import { takeConnection } from '../take-connection.ts';

/** One connection of the schema's owner, for work that takes as long as it takes. */
export interface Session {
  readonly pool: pg.Pool;
  readonly client: pg.PoolClient;
  readonly runtime: Backend['runtime'];
  /** A second connection; the embedded database has none. */
  addClient(): Promise<pg.PoolClient>;
  close(): Promise<void>;
}

// What contents look like as text must not depend on how a server, a role or a database is configured.
const SETTINGS = `
  set statement_timeout = 0; set lock_timeout = 0; set idle_in_transaction_session_timeout = 0;
  set datestyle = 'ISO, YMD'; set intervalstyle = 'postgres'; set timezone = 'UTC'; set bytea_output = 'hex';
  set extra_float_digits = 1; set client_encoding = 'UTF8'; set row_security = off; set synchronous_commit = off`;

const WITHOUT_LIMITS: pg.PoolConfig = {
  statement_timeout: 0,
  query_timeout: 0,
  lock_timeout: 0,
  idle_in_transaction_session_timeout: 0,
  idleTimeoutMillis: 0,
  maxLifetimeSeconds: 0,
};

/** Sets the session up again after something has changed its settings. */
export async function applySettings(client: pg.ClientBase): Promise<void> {
  await client.query(SETTINGS);
}

export async function openSession(options: EmbeddedOptions | ServerOptions): Promise<Session> {
  const { pool, backend } = await openPool(options, {
    ...WITHOUT_LIMITS,
    ...('url' in options ? { max: 2 } : {}),
  });
  const close = async (): Promise<void> => {
    await pool.end();
    await backend.close();
  };
  try {
    const connection = await takeConnection(pool, { opening: SETTINGS });
    const taken = [connection];
    let closed: Promise<void> | undefined;
    return {
      pool,
      client: connection.client,
      runtime: backend.runtime,
      async addClient() {
        const added = await takeConnection(pool, { opening: SETTINGS });
        taken.push(added);
        return added.client;
      },
      close() {
        if (!closed) for (const each of taken) each.release();
        closed ??= close();
        return closed;
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}
