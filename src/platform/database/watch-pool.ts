import type pg from 'pg';
import {
  currentWork,
  isTracing,
  type Logger,
  type Metrics,
  type OpenSpan,
  startSpan,
} from '#platform/telemetry/index.ts';
import { Batch } from './batch.ts';
import { createSlowStatements, type SlowStatements } from './slow-statements.ts';

/** Who is told of the statements that run. */
export interface DatabaseWatch {
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly slowQueryMs: number;
}

/** Times every statement and every wait for a connection, traces them, and has the slow ones logged. */
export function watchPool(pool: pg.Pool, watch: DatabaseWatch): void {
  const slow = createSlowStatements(pool, watch.log);
  watchWaits(pool, watch.metrics);
  pool.on('connect', (client) => watchClient(client, watch, slow));
}

function watchWaits(pool: pg.Pool, metrics: Metrics): void {
  const connect = pool.connect.bind(pool) as (callback?: unknown) => Promise<pg.PoolClient>;
  const timed = async (): Promise<pg.PoolClient> => {
    const begin = performance.now();
    const spent = currentWork()?.spent;
    try {
      return await connect();
    } finally {
      const ms = performance.now() - begin;
      metrics.connectionWaits.observe(ms / 1000);
      if (spent) spent.connection += ms;
    }
  };
  pool.connect = ((callback?: unknown) => (callback ? connect(callback) : timed())) as typeof pool.connect;
}

type Query = (query: string | { text: string } | Batch, ...rest: unknown[]) => Promise<pg.QueryResult>;

function watchClient(client: pg.PoolClient, watch: DatabaseWatch, slow: SlowStatements): void {
  const send = client.query.bind(client) as unknown as Query;
  let opening = 'begin';
  const query: Query = (given, ...rest) => {
    if (given instanceof Batch) {
      watchBatch(given, client, watch, slow);
      return send(given, ...rest);
    }
    const text = typeof given === 'string' ? given : given.text;
    // Statements in other forms, such as a stream of rows, say their end in other ways.
    if (typeof text !== 'string' || typeof rest.at(-1) === 'function') return send(given, ...rest);
    if (text.startsWith('begin')) opening = text;
    const spent = currentWork()?.spent;
    const span = isTracing() ? openSpan(text) : undefined;
    const begin = performance.now();
    const end = (outcome: 'ok' | 'failed', error?: unknown): void => {
      const ms = performance.now() - begin;
      watch.metrics.statements.observe(ms / 1000, outcome);
      span?.end(error);
      if (spent) {
        spent.database += ms;
        spent.statements += 1;
      }
      if (ms >= watch.slowQueryMs) slow.report({ text, opening, ms, client });
    };
    return send(given, ...rest).then(
      (result) => {
        end('ok');
        return result;
      },
      (error: unknown) => {
        end('failed', error);
        throw error;
      },
    );
  };
  client.query = query as unknown as typeof client.query;
}

/** The statements of one message end one after the other. */
function watchBatch(batch: Batch, client: pg.PoolClient, watch: DatabaseWatch, slow: SlowStatements): void {
  const spent = currentWork()?.spent;
  const spans = isTracing() ? batch.statements.map(({ text }) => openSpan(text)) : [];
  batch.onStatementEnd = (at, ms, error) => {
    watch.metrics.statements.observe(ms / 1000, error ? 'failed' : 'ok');
    if (spent) {
      spent.database += ms;
      spent.statements += 1;
    }
    spans[at]?.end(error);
    const text = batch.statements[at]?.text;
    if (ms >= watch.slowQueryMs && text) slow.report({ text, opening: batch.opening, ms, client });
  };
}

const CONTROL = /^(begin|commit|rollback)\b/;

/** The text of a statement has no values in it, except for the opening of a transaction, which is left out. */
function openSpan(text: string): OpenSpan | undefined {
  const span = currentWork()?.span;
  if (!span) return undefined;
  const operation = (/^\s*(\w+)/.exec(text)?.[1] ?? 'query').toUpperCase();
  return startSpan(
    `postgresql ${operation}`,
    'client',
    {
      'db.system.name': 'postgresql',
      'db.operation.name': operation,
      ...(CONTROL.test(text) ? {} : { 'db.query.text': text }),
    },
    span,
  );
}
