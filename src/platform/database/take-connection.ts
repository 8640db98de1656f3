import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { isConnectionFailure, noConnection } from './explain-error.ts';

/** A connection on loan from the pool. */
export interface Connection {
  readonly client: pg.PoolClient;
  /** Why the connection broke while it was on loan, if it did. */
  lostBecause(): Error | undefined;
  /** The connection is not to be used again. */
  breakOff(cause: Error): void;
  release(): void;
}

// A server that restarts is back within a second or two; whoever waits that long notices nothing.
const PAUSES_MS = [50, 150, 400, 800, 1200];

/**
 * Takes a connection and sends `opening` on it. Nothing has happened yet when that fails because the
 * connection is stale or the server restarts, so it is tried again, for some two seconds at most.
 * Throws AppError 503 `database-unavailable` or `database-busy`.
 */
export async function takeConnection(pool: pg.Pool, opening?: string): Promise<Connection> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await tryConnection(pool, opening);
    } catch (error) {
      const pause = PAUSES_MS[attempt];
      if (!isConnectionFailure(error) || pause === undefined) throw noConnectionOr(error);
      await sleep(pause);
    }
  }
}

async function tryConnection(pool: pg.Pool, opening: string | undefined): Promise<Connection> {
  const connection = watch(await pool.connect());
  if (opening === undefined) return connection;
  try {
    await connection.client.query(opening);
    return connection;
  } catch (error) {
    connection.breakOff(error as Error);
    connection.release();
    throw connection.lostBecause() ?? error;
  }
}

/** A connection that breaks while on loan reports it by an event, which would end the process if nobody listened. */
function watch(client: pg.PoolClient): Connection {
  let lost: Error | undefined;
  const onError = (error: Error): void => {
    lost ??= withCode(error);
  };
  client.on('error', onError);
  return {
    client,
    lostBecause: () => lost,
    breakOff: onError,
    release() {
      client.removeListener('error', onError);
      client.release(lost);
    },
  };
}

/** The driver reports a closed socket without a code; 08006 is the standard's "connection failure". */
function withCode(error: Error): Error {
  return 'code' in error ? error : Object.assign(error, { code: '08006' });
}

function noConnectionOr(error: unknown): unknown {
  const isDriverTimeout = error instanceof Error && !('code' in error);
  return isDriverTimeout || isConnectionFailure(error) ? noConnection(error) : error;
}
