import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Platform } from '#platform/context/index.ts';
import type { App } from '#platform/http/index.ts';
import { runAs, type Spent, startSpan, startWork, type Work } from '#platform/telemetry/index.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** What the request's statements, jobs and log lines know it by. */
    work: Work | null;
    /** Called when the request is answered or its caller has gone, by the one listener that each request has for it. */
    onEnd: (() => void) | null;
  }
}

/** Label of requests that no route answers, whatever paths their senders invent. */
const NO_ROUTE = 'none';
const METHODS_WITH_BODY = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
const STATUS_CLASSES = ['', '1xx', '2xx', '3xx', '4xx', '5xx'];
/** As nginx says it: the caller went away before the answer was there. */
const GONE = 499;

/** Counts, times, traces and logs each request, once it is answered or its caller has gone. */
export function registerRequestTelemetry(app: App, platform: Platform): void {
  app.decorateRequest('work', null);
  app.decorateRequest('onEnd', null);
  app.addHook('onRequest', (request, reply, done) => {
    const { metrics } = platform;
    const begin = performance.now();
    const work = startWork({ requestId: request.id, job: undefined, metrics, span: openSpan(request) });
    request.work = work;
    // A hook would hear of answers only; this hears of callers that don't wait for one as well.
    reply.raw.once('close', () => {
      request.onEnd?.();
      endRequest(platform, { request, reply, work, begin });
    });
    runAs(work, done);
  });
  // What comes after a body was read belongs to the connection, so the request is taken up again.
  app.addHook('preValidation', (request, _reply, done) => {
    if (request.work && METHODS_WITH_BODY.has(request.method)) runAs(request.work, done);
    else done();
  });
}

function openSpan(request: FastifyRequest) {
  // Probes and readings of the metrics come every few seconds and tell nothing.
  if (request.routeOptions.logLevel === 'silent') return undefined;
  const { traceparent } = request.headers;
  return startSpan(
    `${request.method} ${routeOf(request)}`,
    'server',
    {
      'http.request.method': request.method,
      'http.route': routeOf(request),
      'url.path': pathOf(request),
      'commandcenter.request_id': request.id,
    },
    typeof traceparent === 'string' ? traceparent : undefined,
  );
}

interface EndedRequest {
  request: FastifyRequest;
  reply: FastifyReply;
  work: Work;
  begin: number;
}

function endRequest(platform: Platform, { request, reply, work, begin }: EndedRequest): void {
  const ms = performance.now() - begin;
  const isStream = String(reply.getHeader('content-type') ?? '').startsWith('text/event-stream');
  const status = isStream || reply.raw.writableFinished ? reply.statusCode : GONE;
  if (work.span) {
    work.span.set({ 'http.response.status_code': status });
    work.span.end(status >= 500 ? `HTTP ${status}` : undefined);
  }
  const route = routeOf(request);
  if (!isStream) {
    platform.metrics.requests.observe(
      ms / 1000,
      request.method,
      route,
      STATUS_CLASSES[(status / 100) | 0] ?? '',
    );
  }
  if (request.routeOptions.logLevel === 'silent') return;
  const line = describeRequest(request, route, status, ms);
  platform.log.info(line, 'request');
  const slow = !isStream && ms >= platform.config.slowRequestMs;
  if (slow || status >= 500) noteRequest(platform, { line, slow, parts: partsOf(work.spent, ms) });
}

/** What is worth a look each: in the log, and for the page of operations. */
function noteRequest(
  { clock, log, metrics }: Platform,
  { line, slow, parts }: { line: Described; slow: boolean; parts: Record<string, number> },
): void {
  if (slow) log.warn({ ...line, parts }, 'slow request');
  const { method, route, status, durationMs, requestId, traceId } = line;
  metrics.noted.add({
    at: clock.now(),
    why: status >= 500 ? 'failed' : 'slow',
    method,
    route,
    status,
    durationMs,
    requestId,
    traceId,
    parts,
  });
}

type Described = ReturnType<typeof describeRequest>;

/** The line leaves out the URL, whose query may hold a login code or a question. */
function describeRequest(request: FastifyRequest, route: string, status: number, ms: number) {
  const actor = (request.context ?? request.caller)?.actor;
  return {
    method: request.method,
    route: route === NO_ROUTE ? pathOf(request) : route,
    status,
    durationMs: round(ms),
    requestId: request.id,
    traceId: request.work?.span?.traceId,
    spanId: request.work?.span?.spanId,
    actor: actor && `${actor.kind}:${actor.id}`,
    projectId: request.context?.projectId,
  };
}

/** Where the time went; what is left over is the product's own work and waiting for its turn. */
function partsOf(spent: Spent, ms: number): Record<string, number> {
  const { statements, ...times } = spent;
  const known = Object.values(times).reduce((sum, part) => sum + part, 0);
  const rounded = Object.entries(times).map(([part, time]) => [`${part}Ms`, round(time)]);
  return { ...Object.fromEntries(rounded), restMs: round(Math.max(0, ms - known)), statements };
}

const round = (ms: number): number => Math.round(ms * 10) / 10;

const pathOf = (request: FastifyRequest): string => request.url.split('?', 1)[0] ?? '';

const routeOf = (request: FastifyRequest): string => request.routeOptions.url ?? NO_ROUTE;
