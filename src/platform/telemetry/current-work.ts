import { AsyncLocalStorage } from 'node:async_hooks';
import type { Metrics } from './metrics.ts';
import type { OpenSpan } from './span.ts';

/** Where the time of a request went, in ms. Parts that run side by side add up to more than the whole. */
export interface Spent {
  database: number;
  /** Waiting for a connection to the database. */
  connection: number;
  cache: number;
  index: number;
  model: number;
  /** How many SQL statements. */
  statements: number;
}

/** The request or job that the code at hand works for. */
export interface Work {
  readonly requestId: string | undefined;
  readonly job: { readonly id: string; readonly kind: string } | undefined;
  readonly spent: Spent;
  /** Of the application that works. */
  readonly metrics: Metrics;
  /** The innermost span that is open; undefined when traces are off. */
  readonly span: OpenSpan | undefined;
}

const current = new AsyncLocalStorage<Work>();

export function startWork(of: Omit<Work, 'spent'>): Work {
  return { ...of, spent: { database: 0, connection: 0, cache: 0, index: 0, model: 0, statements: 0 } };
}

/** Runs `task`, and whatever it sets off, as part of `work`. */
export function runAs<T>(work: Work, task: () => T): T {
  return current.run(work, task);
}

/** The request or job that this code works for, if any. */
export function currentWork(): Work | undefined {
  return current.getStore();
}

/** What a log line tells of the work that it belongs to. */
export function workFields(): Record<string, string> {
  const work = current.getStore();
  if (!work) return {};
  return {
    ...(work.requestId === undefined ? {} : { requestId: work.requestId }),
    ...(work.job ? { jobId: work.job.id, jobKind: work.job.kind } : {}),
    ...(work.span ? { traceId: work.span.traceId, spanId: work.span.spanId } : {}),
  };
}
