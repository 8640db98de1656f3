import { currentWork, type Spent } from './current-work.ts';
import type { Metrics } from './metrics.ts';
import type { Attributes } from './span.ts';
import { withSpan } from './tracer.ts';

/** A call to something outside of this process, or as slow as if it were. */
export interface Call {
  /** Name of its span, of which there are few: no ids, no paths. */
  readonly name: string;
  readonly attributes: Attributes;
  /** The part of a request's time that it counts as. */
  readonly part?: Exclude<keyof Spent, 'statements'>;
  /** Counts it. */
  readonly record?: (metrics: Metrics, seconds: number, outcome: 'ok' | 'failed') => void;
}

/** Makes a call in a span, counted and timed as a part of the request or job that it is for. */
export async function watchCall<T>(call: Call, task: () => Promise<T>): Promise<T> {
  const work = currentWork();
  if (!work) return task();
  const begin = performance.now();
  let outcome: 'ok' | 'failed' = 'failed';
  try {
    const result = await withSpan(call.name, call.attributes, task, 'client');
    outcome = 'ok';
    return result;
  } finally {
    const ms = performance.now() - begin;
    if (call.part) work.spent[call.part] += ms;
    call.record?.(work.metrics, ms / 1000, outcome);
  }
}
