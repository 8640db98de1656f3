import { collectDefaultMetrics, type Metric, Registry } from 'prom-client';
import type { Family } from './recorders.ts';

// Memory, processor and event loop belong to the process, however many applications run in it.
let ofProcess: Registry | undefined;

/** Writes families, and the figures of the process itself, in the text format of Prometheus. */
export async function writeFamilies(
  families: readonly Family[],
): Promise<{ contentType: string; text: string }> {
  const registry = new Registry();
  for (const family of families) registry.registerMetric(asMetric(family));
  const texts = await Promise.all([registry.metrics(), processRegistry().metrics()]);
  return { contentType: registry.contentType, text: texts.join('\n') };
}

function processRegistry(): Registry {
  if (!ofProcess) {
    ofProcess = new Registry();
    collectDefaultMetrics({ register: ofProcess });
    // Gauges named like counters, which Prometheus' own check refuses; the same by type is there without the suffix.
    for (const what of ['handles', 'requests', 'resources'])
      ofProcess.removeSingleMetric(`nodejs_active_${what}_total`);
  }
  return ofProcess;
}

/** The part of a prom-client metric that its registry reads. */
function asMetric({ name, help, type, samples }: Family): Metric {
  const get = async () => ({ name, help, type, values: samples(), aggregator: 'sum' });
  return { name, get } as unknown as Metric;
}
