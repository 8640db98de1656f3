import type { Platform } from '#platform/context/index.ts';
import { findByProcesses } from './alert-rules.ts';
import { findByFigures } from './figure-rules.ts';
import { reconcileIncidents } from './incidents-store.ts';
import { findBurning } from './judge-objectives.ts';
import { deleteOld, selectProcesses, selectWindows } from './watch-store.ts';

/** Looks at everything that is known, notes what begins and ends to be wrong, and removes what is old. */
export async function evaluate({ database, metrics, clock }: Platform): Promise<void> {
  const now = clock.now();
  const processes = await selectProcesses(database);
  const windows = await selectWindows(database, now);
  const families = await metrics.readGauges();
  const alerts = [...findByProcesses(processes), ...findByFigures(families), ...findBurning(windows)];
  await reconcileIncidents(database, alerts, now);
  await deleteOld(database, now);
}
