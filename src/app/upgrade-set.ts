import type { SetProgress } from '#features/operations/index.ts';
import type { Config } from '#platform/config/index.ts';
import type { Upgrade } from '#platform/database/index.ts';
import { version } from './version.ts';

export interface UpgradeWatch {
  /** Says in a sentence what was saved, or why nothing. */
  tell(sentence: string): void;
  /** Begins to show how far it is, and to hear who wants it to stop; ends when it is saved. */
  watch?(): { report: SetProgress; signal: AbortSignal; end(): void };
}

/** What is done before migrations change a database that is not new: it is saved. */
export function savingBefore(
  config: Config,
  { tell, watch }: UpgradeWatch,
): (upgrade: Upgrade) => Promise<void> {
  return async (upgrade) => {
    const { makeUpgradeSet } = await import('#features/operations/index.ts');
    const shown = watch?.();
    try {
      await makeUpgradeSet({ config, version, upgrade, tell, report: shown?.report, signal: shown?.signal });
    } finally {
      shown?.end();
    }
  };
}
