import type { Platform } from '#platform/context/index.ts';
import type { GaugeReading } from '#platform/telemetry/index.ts';

const COUNTED = ['queued', 'running', 'failed'] as const;

const BY_KIND = `
  select kind, state, count(*) as jobs, extract(epoch from now() - min(created_at))::float8 as age
  from jobs where state in ('queued', 'running', 'failed') group by kind, state`;

/** How many jobs of a kind are in a state that somebody may wait for or has to look at. */
export interface JobsOfKind {
  readonly kind: string;
  readonly state: (typeof COUNTED)[number];
  readonly jobs: number;
  /** Of the one that has waited longest. */
  readonly ageSeconds: number;
}

/** The same for every kind of which there are any, in the whole installation. */
export async function readJobsByKind({ database }: Platform): Promise<JobsOfKind[]> {
  const { rows } = await database.ownerQuery(BY_KIND);
  return rows.map(({ kind, state, jobs, age }) => ({
    kind: String(kind),
    state: state as JobsOfKind['state'],
    jobs: Number(jobs),
    ageSeconds: Number(age),
  }));
}

/** What waits, runs and has failed for good, in the whole installation; every process tells the same. */
export function queueGauges(platform: Platform): GaugeReading {
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
      const found = await readJobsByKind(platform);
      const find = (kind: string, state: string) =>
        found.find((one) => one.kind === kind && one.state === state);
      const kinds = [...platform.jobs.kinds.keys()];
      return {
        commandcenter_jobs: kinds.flatMap((kind) =>
          COUNTED.map((state) => ({
            labels: { kind, state },
            value: find(kind, state)?.jobs ?? 0,
          })),
        ),
        commandcenter_job_oldest_queued_seconds: kinds.map((kind) => ({
          labels: { kind },
          value: find(kind, 'queued')?.ageSeconds ?? 0,
        })),
      };
    },
  };
}
