import type { Logger } from './logger.ts';
import { setTracer } from './tracer.ts';

/**
 * Begins to report traces, if a collector is configured; returns what ends that.
 * The SDK is loaded only then: it takes time and memory that others need not spend.
 */
export async function startTracing(
  settings: { traceEndpoint: string | undefined; traceSampleRatio: number },
  parts: { version: string; log: Logger },
): Promise<() => Promise<void>> {
  if (settings.traceEndpoint === undefined) return async () => {};
  const { openTracer } = await import('./open-tracer.ts');
  const tracer = openTracer({
    endpoint: settings.traceEndpoint,
    sampleRatio: settings.traceSampleRatio,
    version: parts.version,
    onFailure: (problem) => parts.log.warn({ problem }, 'traces can’t be delivered'),
  });
  setTracer(tracer);
  return async () => {
    setTracer(undefined);
    await tracer.close();
  };
}
