import type { Platform } from '#platform/context/index.ts';
import type { GaugeReading } from '#platform/telemetry/index.ts';

const COUNTED = ['queued', 'running', 'failed'] as const;

const BY_KIND = `
  select kind, state, count(*) as jobs, extract(epoch from now() - min(created_at))::float8 as age
  from jobs where state in ('queued', 'running', 'failed') group by kind, state`;

/** What waits, runs and has failed for good, in the whole installation; every process tells the same. */
export function queueGauges({ database, jobs }: Platform): GaugeReading {
  return {
    gauges: [
      {
        name: 'commandcenter_jobs',
        help: 'Background jobs that wait, run, or have failed and wait for a person to retry or drop them.',
        labelNames: ['kind', 'state'],
      },
      {
        name: 'commandcenter_job_oldest_queued_seconds',
        help: 'How long the oldest waiting job has been waiting; 0 if none is.',
        labelNames: ['kind'],
      },
    ],
    async read() {
      const { rows } = await database.ownerQuery(BY_KIND);
      const find = (kind: string, state: string) =>
        rows.find((row) => row['kind'] === kind && row['state'] === state);
      const kinds = [...jobs.definitions.keys()];
      return {
        commandcenter_jobs: kinds.flatMap((kind) =>
          COUNTED.map((state) => ({
            labels: { kind, state },
            value: Number(find(kind, state)?.['jobs'] ?? 0),
          })),
        ),
        commandcenter_job_oldest_queued_seconds: kinds.map((kind) => ({
          labels: { kind },
          value: Number(find(kind, 'queued')?.['age'] ?? 0),
        })),
      };
    },
  };
}
