import { LRUCache } from 'lru-cache';
import type pg from 'pg';
import type { Logger } from '#platform/telemetry/index.ts';
import { takeConnection } from './take-connection.ts';

export interface SlowStatement {
  readonly text: string;
  /** How its transaction began: under which role, in which project. */
  readonly opening: string;
  readonly ms: number;
  readonly client: pg.PoolClient;
}

export interface SlowStatements {
  report(statement: SlowStatement): void;
}

const AGAIN_AFTER_MS = 10 * 60_000;
const MOST_SHAPES = 500;
const EXPLAINED = 'commandcenter_explained';

/**
 * Logs statements that took long: each shape once in ten minutes, with the plan that PostgreSQL would choose for
 * it whatever its values are. The plan is asked for on a connection of its own, one at a time, and only if
 * one is free: nobody waits for it.
 */
export function createSlowStatements(pool: pg.Pool, log: Logger): SlowStatements {
  const told = new LRUCache<string, true>({ max: MOST_SHAPES, ttl: AGAIN_AFTER_MS });
  const asking = new WeakSet<pg.PoolClient>();
  let busy = false;

  const planOf = async ({ text, opening }: SlowStatement): Promise<string[] | undefined> => {
    if (busy || !isExplainable(text) || !hasFreeConnection(pool)) return undefined;
    busy = true;
    try {
      const connection = await takeConnection(pool);
      asking.add(connection.client);
      try {
        return await explain(connection.client, opening, text);
      } catch (error) {
        connection.breakOff(error as Error);
        throw error;
      } finally {
        asking.delete(connection.client);
        connection.release();
      }
    } catch (error) {
      log.debug({ err: error }, 'plan could not be read');
      return undefined;
    } finally {
      busy = false;
    }
  };
  return {
    report(statement) {
      const shape = shapeOf(statement.text);
      if (asking.has(statement.client) || told.has(shape)) return;
      told.set(shape, true);
      const line = { statement: readable(statement.text), durationMs: Math.round(statement.ms) };
      // The one connection of the embedded database is slow for its own reasons, which no plan tells.
      if ((pool.options.max ?? 1) === 1) log.debug(line, 'slow query');
      else void planOf(statement).then((plan) => log.warn({ ...line, plan }, 'slow query'));
    },
  };
}

/** The text on one line. Lists of values differ in their length only; the opening of a transaction holds values. */
function readable(text: string): string {
  if (text.startsWith('begin')) return 'begin';
  return text
    .replace(/\$\d+(?:\s*,\s*\$\d+)+/g, '$n, …')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Equal for statements that differ in constants only, such as the name of a queue. */
function shapeOf(text: string): string {
  return readable(text).replace(/'(?:[^']|'')*'/g, "'…'");
}

/** Several statements in one text would run, where only the first one is prepared. */
function isExplainable(text: string): boolean {
  return /^\s*(select|with|insert|update|delete)\b/i.test(text) && !text.includes(';');
}

function hasFreeConnection(pool: pg.Pool): boolean {
  const max = pool.options.max ?? 1;
  return max > 1 && pool.waitingCount === 0 && (pool.idleCount > 0 || pool.totalCount < max);
}

/** A generic plan needs no values, so none has to be kept; nothing is executed. */
async function explain(client: pg.PoolClient, opening: string, text: string): Promise<string[]> {
  try {
    await client.query(
      `${opening}; set local statement_timeout = '2s'; set local lock_timeout = '500ms'; set local plan_cache_mode = force_generic_plan`,
    );
    await client.query(`prepare ${EXPLAINED} as ${text}`);
    const { rows: counted } = await client.query<{ n: number }>(
      'select cardinality(parameter_types) as n from pg_prepared_statements where name = $1',
      [EXPLAINED],
    );
    const nulls = Array.from({ length: counted[0]?.n ?? 0 }, () => 'null').join(', ');
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(
      `explain execute ${EXPLAINED}${nulls && `(${nulls})`}`,
    );
    return rows.map((row) => row['QUERY PLAN']);
  } finally {
    // A prepared statement outlives its transaction.
    await client.query(`rollback; deallocate ${EXPLAINED}`);
  }
}
