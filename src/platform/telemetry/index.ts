export { currentWork, runAs, type Spent, startWork, type Work } from './current-work.ts';
export { createLogger, type Logger } from './logger.ts';
export { createMetrics, type GaugeReading, type Metrics } from './metrics.ts';
export { startMetricsServer } from './metrics-server.ts';
export type { NotedRequest } from './noted-requests.ts';
export { recentLines } from './recent-lines.ts';
export type { Distribution, Family, Histogram } from './recorders.ts';
export { redactSecrets, redactUrl } from './redact.ts';
export { startTracing } from './start-tracing.ts';
export {
  type Attributes,
  isTracing,
  type OpenSpan,
  startSpan,
  type Tracer,
} from './tracer.ts';
export { type Call, watchCall } from './watch-call.ts';
