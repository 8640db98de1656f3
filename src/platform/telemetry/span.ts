export type Attributes = Readonly<Record<string, string | number | boolean>>;
export type SpanKind = 'internal' | 'server' | 'client' | 'consumer';

/** A span that is under way. */
export interface OpenSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** The W3C header value that makes what happens elsewhere a part of this trace. */
  readonly traceparent: string;
  set(attributes: Attributes): void;
  /** Ends it; with an error it is marked as failed. */
  end(error?: unknown): void;
}
