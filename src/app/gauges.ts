import type { Platform } from '#platform/context/index.ts';
import { queueGauges } from '#platform/jobs/index.ts';
import type { GaugeReading } from '#platform/telemetry/index.ts';
import { featureGauges } from './features.ts';

/** The figures that are read whenever somebody asks for the metrics. */
export function registerGauges(platform: Platform): void {
  const readings = [poolGauges, componentGauges, queueGauges, indexGauges, ...featureGauges];
  for (const reading of readings) platform.metrics.addGauges(reading(platform));
}

function poolGauges({ database }: Platform): GaugeReading {
  return {
    gauges: [
      {
        name: 'commandcenter_database_connections',
        help: 'Connections of this process to the database.',
        labelNames: ['state'],
      },
      {
        name: 'commandcenter_database_connections_limit',
        help: 'Most connections that this process opens.',
      },
      {
        name: 'commandcenter_database_connections_waiting',
        help: 'Callers that wait for a connection.',
      },
    ],
    read() {
      const { total, idle, waiting, max } = database.connections();
      return {
        commandcenter_database_connections: [
          { labels: { state: 'idle' }, value: idle },
          { labels: { state: 'busy' }, value: total - idle },
        ],
        commandcenter_database_connections_limit: max,
        commandcenter_database_connections_waiting: waiting,
      };
    },
  };
}

/** What `/health` tells, for alerts: the database, Redis, the index, the disk. */
function componentGauges({ health }: Platform): GaugeReading {
  return {
    gauges: [
      {
        name: 'commandcenter_component_up',
        help: 'Whether a part works (1) or is lost (0), as the last check found.',
        labelNames: ['component'],
      },
      {
        name: 'commandcenter_component_degraded',
        help: 'Whether a part works, but not fully.',
        labelNames: ['component'],
      },
      {
        name: 'commandcenter_component_check_seconds',
        help: 'How long the last check of a part took.',
        labelNames: ['component'],
      },
    ],
    read() {
      const checked = health.report().components.filter(({ status }) => status !== 'unknown');
      return {
        commandcenter_component_up: checked.map(({ name, status }) => ({
          labels: { component: name },
          value: status === 'down' ? 0 : 1,
        })),
        commandcenter_component_degraded: checked.map(({ name, status }) => ({
          labels: { component: name },
          value: status === 'degraded' ? 1 : 0,
        })),
        commandcenter_component_check_seconds: checked.flatMap(({ name, latencyMs }) =>
          latencyMs === null ? [] : [{ labels: { component: name }, value: latencyMs / 1000 }],
        ),
      };
    },
  };
}

/** Only while this process has the index open: opening it takes memory that telling its size is not worth. */
function indexGauges({ retrievalIndex }: Platform): GaugeReading {
  return {
    gauges: [
      { name: 'commandcenter_index_rows', help: 'Rows of the retrieval index, of all projects.' },
      {
        name: 'commandcenter_index_unindexed_rows',
        help: 'Rows that the full-text index has not taken in yet; they are found, slowly.',
      },
    ],
    async read() {
      if (!retrievalIndex.isLoaded()) return {};
      const [rows, unindexed] = await Promise.all([
        retrievalIndex.countAllRows(),
        retrievalIndex.countUnindexedRows(),
      ]);
      return { commandcenter_index_rows: rows, commandcenter_index_unindexed_rows: unindexed };
    },
  };
}
