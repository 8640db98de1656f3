import type { PoolConfig } from 'pg';
import type { Backend, ServerOptions } from '../backend.ts';

const KEEP_ALIVE_DELAY_MS = 10_000;
/** A server that is frozen can't time a statement out itself; this long after it should have, we stop waiting. */
const FROZEN_SERVER_MARGIN_MS = 2000;

/** The pool's configuration for a PostgreSQL server; it connects when the first query comes. */
export function openServer(options: ServerOptions): Backend & { poolConfig: PoolConfig } {
  const { url, settings } = options;
  const ms = (seconds: number): number => seconds * 1000;
  return {
    runtime: 'server',
    exclusive: false,
    options,
    poolConfig: {
      connectionString: url,
      application_name: 'commandcenter',
      max: settings.databasePoolSize,
      connectionTimeoutMillis: ms(settings.databaseConnectTimeoutSeconds),
      idleTimeoutMillis: ms(settings.databaseIdleSeconds),
      maxLifetimeSeconds: settings.databaseLifetimeSeconds,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_DELAY_MS,
      statement_timeout: ms(settings.databaseStatementTimeoutSeconds),
      query_timeout: ms(settings.databaseStatementTimeoutSeconds) + FROZEN_SERVER_MARGIN_MS,
      lock_timeout: ms(settings.databaseLockTimeoutSeconds),
      idle_in_transaction_session_timeout: ms(settings.databaseIdleTransactionSeconds),
    },
    close: async () => {},
  };
}
