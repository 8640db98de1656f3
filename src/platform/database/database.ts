import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import { AppError, appError } from '#platform/errors/index.ts';
import { isId } from '#platform/ids/index.ts';
import type { Metrics } from '#platform/telemetry/index.ts';
import type { Backend } from './backend.ts';
import { Batch, type Statement, sendBatch } from './batch.ts';
import {
  databaseReplaced,
  explainDatabaseError,
  isConflict,
  isConnectionFailure,
  isGivenUp,
  outcomeUnknown,
} from './explain-error.ts';
import { createLocalLock, createServerLock, type NamedLock } from './named-lock.ts';
import type { Reading, Row, Taken } from './reading.ts';
import { type Connection, takeConnection } from './take-connection.ts';
import { openSnapshot, type Snapshot, snapshotRunning } from './transfer/index.ts';

/** A transaction: the only thing that can run a query. */
export type Tx = NodePgDatabase<Record<string, never>>;

/** On whose behalf a transaction runs; row-level security lets it see and write nothing else. */
export interface Scope {
  projectId: string;
  role: 'owner' | 'editor' | 'viewer';
  /** Nothing will be written, so a transaction that a fault of the database ends is simply begun again. */
  readOnly?: boolean | undefined;
  /**
   * What `replacements` said when the work began: it writes nothing into another database that has taken the place
   * of the one that it was begun for, and gets `database-replaced`.
   */
  epoch?: number | undefined;
  /** Aborted when nobody waits for the answer any more: what has not begun by then is not begun (`caller-gone`). */
  signal?: AbortSignal | undefined;
}

export interface Database {
  /**
   * Runs `work` in one transaction under the application's role, limited to the scope's project.
   * Opening one inside another is an error: on one connection it would wait for itself.
   * What is wrong with the database itself (away, full, read-only, too slow) is thrown as an AppError 503.
   */
  transaction<T>(scope: Scope, work: (tx: Tx) => Promise<T>): Promise<T>;
  /**
   * One transaction for what belongs to the installation and to no single project: people, sessions, tokens,
   * projects, members. Its role sees those tables only.
   */
  identityTransaction<T>(
    work: (tx: Tx) => Promise<T>,
    options?: { readOnly?: boolean | undefined },
  ): Promise<T>;
  /**
   * The same as `transaction` for statements that are known beforehand: one read-only transaction in one
   * message, which a hot route can afford.
   */
  read<const T extends readonly Reading<unknown>[]>(scope: Scope, readings: T): Promise<Taken<T>>;
  /** The same with changes: all statements take effect, or the first failure is thrown and none does. */
  change<const T extends readonly Reading<unknown>[]>(scope: Scope, readings: T): Promise<Taken<T>>;
  /** One reading of what belongs to the installation; see `identityTransaction`. */
  identityRead<T>(reading: Reading<T>): Promise<T>;
  /**
   * Counts the changes that this process has made, or may have made, to what belongs to the installation:
   * what was read of it before the last one may be old.
   */
  identityChanges(): number;
  /** Counts how often another database was found in the place of this one, as a restore puts it there. */
  replacements(): number;
  /**
   * Runs `done` once the surrounding transaction has committed, and waits for it before the transaction's
   * caller goes on; at once outside of one. What it must not do is fail.
   */
  afterCommit(done: AfterCommit): void;
  /** One statement as the owner of the schema. For the platform itself (job queue, health), never a feature. */
  ownerQuery(text: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
  /** One process at a time, of all on this data, runs work under the same name. Never inside a transaction. */
  withLock: NamedLock;
  /** Which backend it is; for people to read, never for a feature to decide by. */
  readonly runtime: 'embedded' | 'server';
  /** Whether this process is the only one on the data, so that work it finds unfinished is its own. */
  readonly exclusive: boolean;
  /** A prepared database that another embedded one may begin from, as this one could. */
  readonly template: string | undefined;
  /**
   * Everything as it is at this moment, to be read while work goes on. The embedded database waits while its files
   * are copied, and what is read is the copy.
   */
  snapshot(): Promise<Snapshot>;
  /** What kept a query from being answered of late though the database is there: it is full or out of memory. */
  trouble(): string | undefined;
  /**
   * Whether callers wait for a connection while others were answered since that moment of `performance.now()`, each
   * of them soon: a database that takes seconds for a statement keeps all connections busy as well.
   */
  answersOthers(since: number): boolean;
  /** Connections now: open, of those unused, and how many callers wait for one. */
  connections(): { total: number; idle: number; waiting: number; max: number };
  close(): Promise<void>;
}

type AfterCommit = () => void | Promise<void>;

interface Current {
  afterCommit: AfterCommit[];
}

const READ_ATTEMPTS = 3;
/** A read that meets a restart of the server waits for it as long as one that looks for a connection. */
const PAUSES_MS = [0, 50, 150, 400, 800, 1200];
const LASTING = new Set(['database-full', 'database-out-of-memory']);
const TOLD_MS = 30_000;
/** A connection that is given back within this time has found a database that answers. */
const ANSWERS_MS = 2000;

/** The database on an open pool whose schema is this version's; `replacements` counts from the pool's first connection on. */
export function createDatabase(
  pool: pg.Pool,
  backend: Backend,
  { metrics, replacements }: { metrics: Metrics | undefined; replacements: () => number },
): Database {
  const current = new AsyncLocalStorage<Current>();
  let lasting = { message: '', until: 0 };

  function refuseNested(): void {
    if (!current.getStore()) return;
    throw appError('nested-transaction', 500, 'A query was sent past the open transaction.', {
      remedy: 'Pass the open transaction on instead of opening a second.',
    });
  }

  /** A full disk or memory is remembered for a while, because a look at the database does not show it. */
  function explain(error: unknown): unknown {
    const explained = explainDatabaseError(error);
    if (!explained) return error;
    if (LASTING.has(explained.code)) lasting = { message: explained.message, until: Date.now() + TOLD_MS };
    return explained;
  }

  async function run<T>(
    opening: string,
    { readOnly, signal, epoch }: Pick<Scope, 'readOnly' | 'signal' | 'epoch'>,
    work: (tx: Tx) => Promise<T>,
  ): Promise<T> {
    refuseNested();
    const begin = performance.now();
    for (let attempt = 1; ; attempt++) {
      const store: Current = { afterCommit: [] };
      try {
        const result = await current.run(store, () =>
          inTransaction(pool, { opening, signal }, (tx) => {
            refuseReplaced(epoch);
            return work(tx);
          }),
        );
        metrics?.transactions.observe((performance.now() - begin) / 1000, 'committed');
        for (const done of store.afterCommit) await done();
        return result;
      } catch (error) {
        const passing = isConnectionFailure(error) || isConflict(error);
        if (readOnly && passing && attempt < READ_ATTEMPTS) continue;
        metrics?.transactions.observe((performance.now() - begin) / 1000, 'rolled-back');
        throw explain(error);
      }
    }
  }

  let answeredAt = 0;
  const takenAt = new WeakMap<pg.PoolClient, number>();
  pool.on('acquire', (client) => void takenAt.set(client, performance.now()));
  pool.on('release', (error, client) => {
    const at = performance.now();
    if (!error && at - (takenAt.get(client) ?? 0) < ANSWERS_MS) answeredAt = at;
  });
  let identityChanges = 0;

  /** For whoever has a connection: one to another database has been counted before anybody gets it. */
  function refuseReplaced(epoch: number | undefined): void {
    if (epoch !== undefined && epoch !== replacements()) throw databaseReplaced();
  }

  async function runBatch<T extends readonly Reading<unknown>[]>(
    opening: Opening,
    readings: T,
    repeatable: boolean,
  ): Promise<Taken<T>> {
    refuseNested();
    const begin = performance.now();
    for (let attempt = 1; ; attempt++) {
      try {
        const [, ...rows] = await inBatch(pool, {
          opening: opening.text,
          statements: [opening.statement, ...readings],
          signal: opening.signal,
          admit: () => refuseReplaced(opening.epoch),
        });
        metrics?.transactions.observe((performance.now() - begin) / 1000, 'committed');
        return readings.map((reading, at) => reading.take(rows[at] ?? [])) as Taken<T>;
      } catch (error) {
        const passing = !(error instanceof AppError) && (isConnectionFailure(error) || isConflict(error));
        const pause = PAUSES_MS[attempt - 1];
        if (repeatable && passing && pause !== undefined) {
          await sleep(pause);
          continue;
        }
        metrics?.transactions.observe((performance.now() - begin) / 1000, 'rolled-back');
        // Without a connection nothing was sent, and it has been said so already.
        if (error instanceof AppError) throw error;
        throw !repeatable && isConnectionFailure(error) ? outcomeUnknown(error) : explain(error);
      }
    }
  }

  return {
    read: (scope, readings) => runBatch(openScope({ ...scope, readOnly: true }), readings, true),
    change: (scope, readings) => runBatch(openScope(scope), readings, false),
    async identityRead(reading) {
      const [taken] = await runBatch(OPEN_IDENTITY, [reading] as const, true);
      return taken as Awaited<ReturnType<typeof reading.take>>;
    },
    identityChanges: () => identityChanges + replacements(),
    replacements,
    withLock: backend.exclusive ? createLocalLock() : createServerLock(pool),
    runtime: backend.runtime,
    exclusive: backend.exclusive,
    template: 'directory' in backend.options ? backend.options.template : undefined,
    transaction: (scope, work) => run(openingOf(scope), scope, work),
    async identityTransaction(work, { readOnly = false } = {}) {
      try {
        return await run(
          `begin${readOnly ? ' read only' : ''}; set local role commandcenter_identity`,
          { readOnly },
          work,
        );
      } finally {
        if (!readOnly) identityChanges += 1;
      }
    },
    afterCommit(done) {
      const store = current.getStore();
      if (store) store.afterCommit.push(done);
      else void done();
    },
    async ownerQuery(text, values) {
      refuseNested();
      const connection = await takeConnection(pool);
      try {
        return await connection.client.query(text, values);
      } catch (error) {
        throw explain(error);
      } finally {
        connection.release();
      }
    },
    async snapshot() {
      refuseNested();
      return 'directory' in backend.options
        ? snapshotRunning(pool, backend.options)
        : openSnapshot(backend.options);
    },
    trouble: () => (Date.now() < lasting.until ? lasting.message : undefined),
    answersOthers: (since) => pool.waitingCount > 0 && answeredAt >= since,
    connections: () => ({
      total: pool.totalCount,
      idle: pool.idleCount,
      waiting: pool.waitingCount,
      max: pool.options.max ?? 0,
    }),
    async close() {
      await pool.end();
      await backend.close();
    },
  };
}

const SET_SCOPE = `set_config('app.project_id', $1, true), set_config('app.role', $2, true),
  set_config('role', 'commandcenter_app', true)`;

/** How a transaction begins: as text, and as a prepared statement. */
interface Opening {
  text: string;
  statement: Statement;
  signal?: AbortSignal | undefined;
  epoch?: number | undefined;
}

/** Who wants to write where nothing can be written is told so by the statement that tries. */
function openScope(scope: Scope): Opening {
  const values = [scope.projectId, scope.role];
  const statement = scope.readOnly
    ? {
        name: 'open scope to read',
        text: `select set_config('transaction_read_only', 'on', true), ${SET_SCOPE}`,
        values,
      }
    : { name: 'open scope', text: `select ${SET_SCOPE}`, values };
  return { text: openingOf(scope), statement, signal: scope.signal, epoch: scope.epoch };
}

const OPEN_IDENTITY: Opening = {
  text: 'begin read only; set local role commandcenter_identity',
  statement: {
    name: 'open identity',
    text: "select set_config('transaction_read_only', 'on', true), set_config('role', 'commandcenter_identity', true)",
    values: [],
  },
};

const ROLES = new Set<string>(['owner', 'editor', 'viewer']);

/** Sent as one message, so values stand in the text: only an id and a known role are let in. */
function openingOf({ projectId, role, readOnly }: Scope): string {
  if (!isId(projectId) || !ROLES.has(role)) {
    throw appError('scope-invalid', 500, 'A transaction needs the id of a project and a role.');
  }
  return `begin${readOnly ? ' read only' : ''}; set local app.project_id = '${projectId}'; set local app.role = '${role}'; set local role commandcenter_app`;
}

async function inBatch(
  pool: pg.Pool,
  parts: {
    opening: string;
    statements: readonly Statement[];
    signal?: AbortSignal | undefined;
    /** Throws if nothing may be sent on the connection that was taken. */
    admit(): void;
  },
): Promise<Row[][]> {
  const connection = await takeConnection(pool, { signal: parts.signal });
  try {
    parts.admit();
    return await sendBatch(connection.client, new Batch(parts));
  } catch (error) {
    // Without a code it is the driver's time limit, after which the connection is still busy.
    if (!(error instanceof Error && 'code' in error)) connection.breakOff(error as Error);
    throw connection.lostBecause() ?? error;
  } finally {
    connection.release();
  }
}

async function inTransaction<T>(
  pool: pg.Pool,
  begin: { opening: string; signal?: AbortSignal | undefined },
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  const connection = await takeConnection(pool, begin);
  try {
    const result = await work(drizzle(connection.client));
    await commit(connection);
    return result;
  } catch (error) {
    await connection.client.query('rollback').catch(connection.breakOff);
    throw connection.lostBecause() ?? error;
  } finally {
    connection.release();
  }
}

async function commit(connection: Connection): Promise<void> {
  try {
    await connection.client.query('commit');
  } catch (error) {
    const lost = connection.lostBecause();
    throw lost || isConnectionFailure(error) || isGivenUp(error) ? outcomeUnknown(error) : error;
  }
}
