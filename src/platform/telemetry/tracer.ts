import { currentWork, runAs } from './current-work.ts';
import type { Attributes, OpenSpan, SpanKind } from './span.ts';

/** Makes spans. Only present when OTEL_EXPORTER_OTLP_ENDPOINT is set. */
export interface Tracer {
  /** `parent` is a span of this process, or the traceparent of a caller. */
  start(
    name: string,
    kind: SpanKind,
    attributes: Attributes,
    parent: OpenSpan | string | undefined,
  ): OpenSpan;
  /** Sends what is left, for a few seconds at most. */
  close(): Promise<void>;
}

// One for the process, like the collector it reports to: whoever opens a span need not carry it along.
let tracer: Tracer | undefined;

export function setTracer(given: Tracer | undefined): void {
  tracer = given;
}

/** Whether spans are made, for callers that would otherwise prepare attributes in vain. */
export function isTracing(): boolean {
  return tracer !== undefined;
}

/** Opens a span without making it the current one; undefined when traces are off. */
export function startSpan(
  name: string,
  kind: SpanKind,
  attributes: Attributes,
  parent: OpenSpan | string | undefined = currentWork()?.span,
): OpenSpan | undefined {
  return tracer?.start(name, kind, attributes, parent);
}

/**
 * Runs `task` in a span below the current one. Without a collector it is a plain call; outside of a request
 * or job there is no trace to belong to, and no span is made either.
 */
export async function withSpan<T>(
  name: string,
  attributes: Attributes,
  task: () => Promise<T>,
  kind: SpanKind = 'internal',
): Promise<T> {
  const work = currentWork();
  if (!tracer || !work?.span) return task();
  const span = tracer.start(name, kind, attributes, work.span);
  try {
    const result = await runAs({ ...work, span }, task);
    span.end();
    return result;
  } catch (error) {
    span.end(error);
    throw error;
  }
}
