import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { callerGone } from '#platform/errors/index.ts';
import {
  explainDatabaseError,
  isConnectionFailure,
  NOT_SIGNED_IN,
  noConnection,
  sqlState,
} from './explain-error.ts';

/** A connection on loan from the pool. */
export interface Connection {
  readonly client: pg.PoolClient;
  /** Why the connection broke while it was on loan, if it did. */
  lostBecause(): Error | undefined;
  /** The connection is not to be used again. */
  breakOff(cause: Error): void;
  release(): void;
}

/** Why connections broke. A connection may break at any moment, on loan or not. */
const losses = new WeakMap<pg.PoolClient, Error>();

/**
 * Listens to every connection for as long as it lives. The pool listens only while nobody has it, and there
 * is a moment between the two: an error in it would end the process.
 */
export function watchConnections(pool: pg.Pool): void {
  pool.on('connect', (client) => client.on('error', (error) => lose(client, error)));
  // An idle connection that breaks is dropped by the pool itself, which tells of it.
  pool.on('error', () => {});
}

function lose(client: pg.PoolClient, error: Error): void {
  if (!losses.has(client)) losses.set(client, withCode(error));
}

// A server that restarts is back within a second or two; whoever waits that long notices nothing.
const PAUSES_MS = [50, 150, 400, 800, 1200];
/** "No such database", which is also what those are told who come while a restore renames it. */
const BEING_RENAMED = '3D000';

interface Begin {
  /** What is sent on the connection first. */
  opening?: string;
  /** Aborted when nobody wants the connection any more. */
  signal?: AbortSignal | undefined;
}

/**
 * Takes a connection and sends `opening` on it. Nothing has happened yet when that fails because the
 * connection is stale or the server restarts, so it is tried again, for some two seconds at most.
 * Throws AppError 503 `database-unavailable` or `database-busy`, or `caller-gone` for who went while waiting.
 */
export async function takeConnection(pool: pg.Pool, begin: Begin = {}): Promise<Connection> {
  for (let attempt = 0; ; attempt++) {
    if (begin.signal?.aborted) throw callerGone();
    try {
      return await tryConnection(pool, begin);
    } catch (error) {
      const pause = PAUSES_MS[attempt];
      const passing = isConnectionFailure(error) || sqlState(error) === BEING_RENAMED;
      if (!passing || pause === undefined) throw noConnectionOr(error);
      await sleep(pause);
    }
  }
}

async function tryConnection(pool: pg.Pool, { opening, signal }: Begin): Promise<Connection> {
  const connection = lend(await pool.connect().catch(nameFailure));
  if (signal?.aborted) {
    connection.release();
    throw callerGone();
  }
  try {
    const lost = connection.lostBecause();
    if (lost) throw lost;
    if (opening !== undefined) await connection.client.query(opening);
    return connection;
  } catch (error) {
    connection.breakOff(error as Error);
    connection.release();
    throw connection.lostBecause() ?? error;
  }
}

function lend(client: pg.PoolClient): Connection {
  return {
    client,
    lostBecause: () => losses.get(client),
    breakOff: (cause) => lose(client, cause),
    release: () => client.release(losses.get(client)),
  };
}

/** The driver reports a closed socket without a code; 08006 is the standard's "connection failure". */
function withCode(error: Error, code = '08006'): Error {
  return 'code' in error ? error : Object.assign(error, { code });
}

/** What the driver tells of by words alone: that a server which restarts hung up, and that it asked for a password. */
function nameFailure(error: Error): never {
  if (error.message === 'Connection terminated unexpectedly') throw withCode(error);
  throw /client password must be/.test(error.message) ? withCode(error, NOT_SIGNED_IN) : error;
}

/** A new connection was not answered in time; that none of the pool became free is another matter. */
const isUnanswered = (error: Error): boolean =>
  error.message === 'Connection terminated due to connection timeout';

function noConnectionOr(error: unknown): unknown {
  if (error instanceof Error && isUnanswered(error)) return noConnection(withCode(error));
  const isDriverTimeout = error instanceof Error && !('code' in error);
  return isDriverTimeout || isConnectionFailure(error)
    ? noConnection(error)
    : (explainDatabaseError(error) ?? error);
}
