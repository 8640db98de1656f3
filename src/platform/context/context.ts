import type { Reading, Scope, Taken, Tx } from '#platform/database/index.ts';
import { callerGone } from '#platform/errors/index.ts';
import type { Logger } from '#platform/telemetry/index.ts';
import type { Actor, Platform, Role } from './platform.ts';

/** On whose behalf, in which project, until when: the first argument of every service function. */
export interface Context {
  platform: Platform;
  projectId: string;
  role: Role;
  actor: Actor;
  /** Aborts when the caller goes away, a job is cancelled or the process stops. */
  signal: AbortSignal;
  log: Logger;
  /** The only way to a query. No network, git or index call inside; never nested. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** One read-only transaction of statements that are known beforehand, in one message: for hot routes. */
  read<const T extends readonly Reading<unknown>[]>(...readings: T): Promise<Taken<T>>;
  /**
   * What `load` reads, kept until something of the project changes and for a minute at most. `key` tells the
   * answers of a kind apart. Whoever may read in the project may read it, so the role is no part of it.
   */
  cached<T>(answer: string, key: string, load: () => Promise<T>): Promise<T>;
  /** The same as `read` with changes: all of them are made, or none and the first failure is thrown. */
  change<const T extends readonly Reading<unknown>[]>(...readings: T): Promise<Taken<T>>;
}

export interface ContextInput {
  projectId: string;
  role: Role;
  actor: Actor;
  /** The caller only reads: a fault of the database in between is then hidden by beginning again. */
  readOnly?: boolean;
  /** For work that outlasts a restore: what `database.replacements` said when it began. */
  epoch?: number;
  signal?: AbortSignal;
  log?: Logger;
}

/** Codes of failures before which nothing was sent. */
const NOTHING_DONE = new Set<unknown>(['database-busy', 'caller-gone', 'database-replaced']);
const NEVER = new AbortController().signal;
const MINUTE_MS = 60_000;

export function createContext(platform: Platform, input: ContextInput): Context {
  const { projectId, role, readOnly, epoch } = input;
  const { database, cache, clock } = platform;
  /** Reads only: what has begun to change something goes on, so that it can be told under its Idempotency-Key. */
  const scope: Scope = { projectId, role, readOnly, epoch, signal: readOnly ? input.signal : undefined };
  const forget = (): Promise<void> => cache.invalidate(projectId);
  /** An attempt whose outcome is unknown may have changed something. */
  const forgetAnyway = async (error: unknown): Promise<never> => {
    if (!NOTHING_DONE.has((error as { code?: unknown }).code)) await forget();
    throw error;
  };
  return {
    platform,
    projectId,
    role,
    actor: input.actor,
    signal: input.signal ?? NEVER,
    log: input.log ?? platform.log,
    transaction: (work) => {
      if (readOnly) return database.transaction(scope, work);
      const changing = (tx: Tx) => {
        // Before anybody is told of the change.
        database.afterCommit(forget);
        return work(tx);
      };
      return database.transaction(scope, changing).catch(forgetAnyway);
    },
    read: (...readings) => database.read(scope, readings),
    cached: (answer, key, load) => {
      if (scope.signal?.aborted) return Promise.reject(callerGone());
      // Others may wait for the same, so it is loaded to its end.
      scope.signal = undefined;
      const minute = Math.floor(clock.now().getTime() / MINUTE_MS);
      return cache.read({ projectId, answer, key: `${key}@${minute}` }, load);
    },
    change: async (...readings) => {
      const taken = await database.change({ projectId, role, epoch }, readings).catch(forgetAnyway);
      await forget();
      return taken;
    },
  };
}
