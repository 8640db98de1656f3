import { randomUUID } from 'node:crypto';
import {
  type Context,
  SpanKind as Kind,
  ROOT_CONTEXT,
  type Span,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import {
  ATTR_ERROR_TYPE,
  ATTR_SERVICE_INSTANCE_ID,
  ATTR_SERVICE_NAME,
  ATTR_SERVICE_VERSION,
} from '@opentelemetry/semantic-conventions';
import { redactSecrets } from './redact.ts';
import type { OpenSpan, SpanKind } from './span.ts';
import type { Tracer } from './tracer.ts';

export interface TracerOptions {
  /** Base URL of the collector. */
  endpoint: string;
  sampleRatio: number;
  version: string;
  /** Told when traces can't be delivered, at most once in a while. */
  onFailure: (problem: string) => void;
}

const EXPORT_TIMEOUT_MS = 5000;
const CLOSE_LIMIT_MS = 3000;
const BATCH_DELAY_MS = 1000;
/** Spans beyond this are dropped: a collector that is slow or away costs memory up to here and no time. */
const QUEUE_SPANS = 4096;
const FAILURE_PAUSE_MS = 300_000;
const MOST_VALUE_CHARACTERS = 4000;

const KINDS: Readonly<Record<SpanKind, Kind>> = {
  internal: Kind.INTERNAL,
  server: Kind.SERVER,
  client: Kind.CLIENT,
  consumer: Kind.CONSUMER,
};

/** Connects to an OpenTelemetry collector. Loaded only where one is configured. */
export function openTracer(options: TracerOptions): Tracer {
  const exporter = new OTLPTraceExporter({
    url: `${options.endpoint.replace(/\/+$/, '')}/v1/traces`,
    timeoutMillis: EXPORT_TIMEOUT_MS,
    concurrencyLimit: 2,
  });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      [ATTR_SERVICE_NAME]: 'commandcenter',
      [ATTR_SERVICE_VERSION]: options.version,
      [ATTR_SERVICE_INSTANCE_ID]: randomUUID(),
    }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(options.sampleRatio) }),
    spanLimits: { attributeValueLengthLimit: MOST_VALUE_CHARACTERS },
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: tellingFailures(exporter, options.onFailure),
        maxQueueSize: QUEUE_SPANS,
        scheduledDelayMillis: BATCH_DELAY_MS,
        exportTimeoutMillis: EXPORT_TIMEOUT_MS,
      }),
    ],
  });
  const tracer = provider.getTracer('commandcenter', options.version);
  const contexts = new WeakMap<OpenSpan, Context>();
  return {
    start(name, kind, attributes, parent) {
      const above = typeof parent === 'string' ? contextOf(parent) : parent && contexts.get(parent);
      const span = tracer.startSpan(
        name,
        { kind: KINDS[kind], attributes: { ...attributes } },
        above ?? ROOT_CONTEXT,
      );
      const open = openSpan(span);
      contexts.set(open, trace.setSpan(ROOT_CONTEXT, span));
      return open;
    },
    async close() {
      const limit = new Promise<void>((resolve) => setTimeout(resolve, CLOSE_LIMIT_MS).unref());
      await Promise.race([provider.shutdown().catch(() => {}), limit]);
    },
  };
}

function openSpan(span: Span): OpenSpan {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return {
    traceId,
    spanId,
    traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`,
    set: (attributes) => void span.setAttributes({ ...attributes }),
    end(error) {
      if (error !== undefined) {
        span.setAttribute(ATTR_ERROR_TYPE, errorType(error));
        span.setStatus({ code: SpanStatusCode.ERROR, message: redactSecrets(messageOf(error)) });
      }
      span.end();
    },
  };
}

function errorType(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: unknown };
  return String(code ?? name ?? typeof error);
}

/** The first line: what follows may hold a statement's values. */
function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
}

const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-|$)/;

/** The caller's span as a parent; undefined if the header is not one. */
function contextOf(traceparent: string): Context | undefined {
  const [, traceId = '', spanId = '', flags = ''] = TRACEPARENT.exec(traceparent) ?? [];
  if (/^0*$/.test(traceId) || /^0*$/.test(spanId) || traceparent.startsWith('ff')) return undefined;
  const traceFlags = Number.parseInt(flags, 16) & 1;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}

/** Says that deliveries fail once in a while, and not for each batch. */
function tellingFailures(exporter: SpanExporter, tell: (problem: string) => void): SpanExporter {
  let toldAt = Number.NEGATIVE_INFINITY;
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        if (result.error && performance.now() - toldAt > FAILURE_PAUSE_MS) {
          toldAt = performance.now();
          tell(result.error.message);
        }
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
    ...(exporter.forceFlush ? { forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve() } : {}),
  };
}
