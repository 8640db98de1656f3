import { existsSync } from 'node:fs';
import type { Platform } from '#platform/context/index.ts';
import type { ComponentFacts, HealthComponent } from '#platform/health/index.ts';
import type { GaugeReading } from '#platform/telemetry/index.ts';
import { selectInstallation } from '../store.ts';
import { isStale } from './schedule.ts';
import { type OperationState, readOperation } from './schedule-state.ts';
import { backupFolder } from './set-folder.ts';
import type { SetSummary } from './sets.ts';

/** Health is asked for every few seconds, and sets change once a day. */
const FRESH_MS = 15_000;

export interface BackupFacts {
  readonly sets: readonly SetSummary[];
  readonly state: OperationState;
  readonly stale: boolean;
}

/** What is known of sets at this moment, without the key. */
export function readBackups(platform: Platform): Promise<BackupFacts> {
  const facts = gather(platform);
  readers.set(platform, { at: performance.now(), facts });
  facts.catch(() => readers.delete(platform));
  return facts;
}

async function gather({ config, database, clock }: Platform): Promise<BackupFacts> {
  const folder = backupFolder(config);
  const [{ sets, times }, state, installation] = await Promise.all([
    readSets(folder),
    readOperation(folder),
    selectInstallation(database),
  ]);
  const stale =
    installation !== undefined &&
    isStale(
      { cron: config.backupSchedule, installation: installation.id },
      { installedAt: installation.installedAt, sets: times },
      clock.now(),
    );
  return { sets, state, stale };
}

/** What reads sets is loaded when there are some: it would hold up the first answer of a server. */
async function readSets(folder: string): Promise<{ sets: readonly SetSummary[]; times: Date[] }> {
  if (!existsSync(folder)) return { sets: [], times: [] };
  const { listSets } = await import('./index.ts');
  const { toRoundSets } = await import('./schedule-parts.ts');
  const sets = await listSets(folder);
  const round = toRoundSets(sets, folder);
  return { sets, times: round.flatMap(({ at, state }) => (state === 'failed' ? [] : [at])) };
}

const readers = new WeakMap<Platform, { at: number; facts: Promise<BackupFacts> }>();

function keptFacts(platform: Platform): Promise<BackupFacts> {
  const kept = readers.get(platform);
  if (kept && performance.now() - kept.at < FRESH_MS) return kept.facts;
  return readBackups(platform);
}

/** Degraded while a step has failed and not worked since, and while a set is missing that the schedule wanted. */
export function backupHealth(platform: Platform): HealthComponent {
  return {
    name: 'backup',
    essential: false,
    check: async () => judge(await keptFacts(platform), platform),
  };
}

function judge({ sets, state, stale }: BackupFacts, { config }: Platform): ComponentFacts {
  const whole = sets.filter(({ state: each }) => each === 'whole');
  const newest = whole.at(-1);
  const verified = whole.filter(({ verification }) => verification?.held).at(-1);
  const failure = Object.values(state.failures)[0];
  const detail = {
    schedule: config.backupSchedule ?? 'off',
    newest: newest?.takenAt ?? null,
    newestVerified: verified?.takenAt ?? null,
    offSite: state.offSite?.copiedAt ?? null,
  };
  if (failure) return { detail, degraded: `The step "${failure.step}" failed: ${failure.message}` };
  if (stale) {
    const last = newest ? `The newest set is of ${newest.takenAt}.` : 'There is no set yet.';
    return { detail, degraded: `${last} One is missing since the schedule wanted it.` };
  }
  return { detail };
}

const STEPS = ['create', 'verify', 'copy', 'prune', 'check'] as const;

/** What alerts on backups stand on. */
export function backupGauges(platform: Platform): GaugeReading {
  return {
    gauges: [
      { name: 'commandcenter_backup_sets', help: 'Whole sets that are there.' },
      {
        name: 'commandcenter_backup_stale',
        help: 'Whether a set that the schedule wanted is missing for more than three hours (1).',
      },
      { name: 'commandcenter_backup_newest_age_seconds', help: 'Age of the newest whole set.' },
      {
        name: 'commandcenter_backup_newest_verified_age_seconds',
        help: 'Age of the newest set that has been restored and found equal: what would be lost now.',
      },
      {
        name: 'commandcenter_backup_off_site_age_seconds',
        help: 'Time since every verified set was last known to be elsewhere.',
      },
      {
        name: 'commandcenter_backup_off_site_check_age_seconds',
        help: 'Time since a copy was last fetched and found equal.',
      },
      {
        name: 'commandcenter_backup_last_duration_seconds',
        help: 'How long the last round took: making, verifying, copying and pruning.',
      },
      {
        name: 'commandcenter_backup_failed',
        help: 'Whether a step failed and has not worked since (1).',
        labelNames: ['step'],
      },
      {
        name: 'commandcenter_backup_recovery_seconds',
        help: 'How long the newest verified set took to become a database that answers.',
      },
    ],
    async read() {
      const { sets, state, stale } = await keptFacts(platform);
      const whole = sets.filter(({ state: each }) => each === 'whole');
      const verified = whole.filter(({ verification }) => verification?.held).at(-1);
      const age = (at: string | null | undefined): number | undefined =>
        at == null ? undefined : (platform.clock.now().getTime() - new Date(at).getTime()) / 1000;
      return {
        commandcenter_backup_sets: whole.length,
        commandcenter_backup_stale: stale ? 1 : 0,
        commandcenter_backup_newest_age_seconds: age(whole.at(-1)?.takenAt),
        commandcenter_backup_newest_verified_age_seconds: age(verified?.takenAt),
        commandcenter_backup_off_site_age_seconds: age(state.offSite?.copiedAt),
        commandcenter_backup_off_site_check_age_seconds: age(state.offSite?.checkedAt),
        commandcenter_backup_last_duration_seconds: state.lastRound?.seconds,
        commandcenter_backup_failed: STEPS.map((step) => ({
          labels: { step },
          value: state.failures[step] ? 1 : 0,
        })),
        commandcenter_backup_recovery_seconds: verified?.verification?.recoverySeconds,
      };
    },
  };
}
