import type { Platform } from '#platform/context/index.ts';
import { selectInstallation } from '../store.ts';
import {
  backupFolder,
  createSet,
  isOrdinary,
  listSets,
  removeSet,
  type SetSummary,
  verifySet,
} from './index.ts';
import type { RoundParts, RoundSet } from './schedule-round.ts';

/** How sets are made and verified inside a server. */
export function roundParts(
  platform: Platform,
  { signal, report }: { signal: AbortSignal; report: (step: string, done: number, total: number) => void },
): RoundParts {
  const { config, database } = platform;
  const folder = backupFolder(config);
  const about = { config, version: platform.health.report().version, signal, report };
  return {
    list: async () => toRoundSets(await listSets(folder), folder),
    async create() {
      const { name } = await createSet({
        ...about,
        unhurried: true,
        takeSnapshot: () => database.snapshot(),
      });
      return name;
    },
    async verify(name) {
      await verifySet({ ...about, folder: `${folder}/${name}`, template: database.template });
    },
    remove: (name) => removeSet(folder, name),
    async databaseTime() {
      return (await selectInstallation(database))?.databaseTime ?? platform.clock.now();
    },
  };
}

/** Those that retention decides on: what is no set, was never finished or is a safety set is none of its business. */
export function toRoundSets(sets: readonly SetSummary[], folder: string): RoundSet[] {
  return sets.flatMap((set) => {
    const { name, takenAt, verification } = set;
    if (!isOrdinary(set) || takenAt === null) return [];
    const found = verification === null ? 'unverified' : verification.held ? 'verified' : 'failed';
    return [{ name, at: new Date(takenAt), state: found, folder: `${folder}/${name}` } as const];
  });
}
