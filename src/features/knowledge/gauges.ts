import type { Platform } from '#platform/context/index.ts';
import type { GaugeReading } from '#platform/telemetry/index.ts';
import { selectIndexLag } from './indexing/index-store.ts';

/** How far the retrieval index is behind the documents. */
export function indexLagGauges({ database }: Platform): GaugeReading {
  return {
    gauges: [
      {
        name: 'commandcenter_index_waiting_documents',
        help: 'Documents whose present content is not in the retrieval index yet.',
      },
      {
        name: 'commandcenter_index_lag_seconds',
        help: 'How long the oldest document has been waiting for the retrieval index; 0 if none is.',
      },
    ],
    async read() {
      const { documents, oldestSeconds } = await selectIndexLag(database);
      return {
        commandcenter_index_waiting_documents: documents,
        commandcenter_index_lag_seconds: oldestSeconds,
      };
    },
  };
}
