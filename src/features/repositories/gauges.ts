import type { Platform } from '#platform/context/index.ts';
import type { GaugeReading } from '#platform/telemetry/index.ts';
import { selectSyncAges } from './store.ts';

/** How fresh the mirrors are. Told for all repositories together: one series each would grow without bound. */
export function syncGauges({ database }: Platform): GaugeReading {
  return {
    gauges: [
      {
        name: 'commandcenter_repositories',
        help: 'Tracked repositories by what the last sync found.',
        labelNames: ['state'],
      },
      {
        name: 'commandcenter_repository_oldest_sync_age_seconds',
        help: 'Time since the last sync that worked, of the repository for which it is longest ago.',
      },
      {
        name: 'commandcenter_repositories_overdue',
        help: 'Tracked repositories whose last working sync is longer ago than twice their interval.',
      },
    ],
    async read() {
      const found = await selectSyncAges(database);
      return {
        commandcenter_repositories: Object.entries(found.states).map(([state, value]) => ({
          labels: { state },
          value,
        })),
        commandcenter_repository_oldest_sync_age_seconds: found.oldestSeconds,
        commandcenter_repositories_overdue: found.overdue,
      };
    },
  };
}
