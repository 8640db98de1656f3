import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { takeConnection } from './take-connection.ts';

const ASK_AGAIN_MS = 500;

/** Runs `work` while no other process on this data runs work under the same name. */
export type NamedLock = <T>(name: string, work: () => Promise<T>, signal?: AbortSignal) => Promise<T>;

/** For a process that is alone on its data: whoever comes later waits in this process. */
export function createLocalLock(): NamedLock {
  const last = new Map<string, Promise<unknown>>();
  return async (name, work, signal) => {
    const before = last.get(name) ?? Promise.resolve();
    const run = before.then(() => {
      signal?.throwIfAborted();
      return work();
    });
    last.set(
      name,
      run.catch(() => undefined),
    );
    return run;
  };
}

/**
 * For several processes: an advisory lock of PostgreSQL, which goes with its connection. It is asked for
 * again and again, so that those who wait hold no connection.
 */
export function createServerLock(pool: pg.Pool): NamedLock {
  return async (name, work, signal) => {
    const key = createHash('sha256').update(name).digest().readBigInt64BE().toString();
    for (;;) {
      signal?.throwIfAborted();
      const connection = await takeConnection(pool);
      try {
        const { rows } = await connection.client.query<{ locked: boolean }>(
          'select pg_try_advisory_lock($1) as locked',
          [key],
        );
        if (rows[0]?.locked) {
          return await work().finally(() =>
            connection.client.query('select pg_advisory_unlock($1)', [key]).catch(connection.breakOff),
          );
        }
      } finally {
        connection.release();
      }
      await sleep(ASK_AGAIN_MS, undefined, { signal });
    }
  };
}
