import { LRUCache } from 'lru-cache';
import type { Context, Reading } from '#platform/context/index.ts';
import { compareToStandard, readStandard } from './compare-versions.ts';
import { type Drift, whyForeignVersion } from './detect-drift.ts';
import type { Ring } from './rings.ts';
import { type RadarFigures, readFigures, readStandardUses, type StandardUse } from './technology-store.ts';

export type { RadarFigures, StandardUse };

/** What `countRings` and `countDrift` count from. */
export function radarFigures(context: Context): readonly [Reading<RadarFigures>, Reading<StandardUse[]>] {
  const today = context.platform.clock.now().toISOString().slice(0, 10);
  return [readFigures(today), readStandardUses()];
}

/** How many technologies stand in each ring; the unreviewed ones that code uses under `unreviewed`. */
export function countRings({ rings, unreviewed }: RadarFigures): Record<Ring | 'unreviewed', number> {
  const counts = { adopt: 0, trial: 0, assess: 0, hold: 0, unreviewed };
  for (const { ring, count } of rings) counts[ring] += count;
  return counts;
}

/** How much drift of each kind there is: as many as `detectDrift` finds, without looking at each use. */
export function countDrift(
  { rings, unreviewed, adoptedUnused, overdue }: RadarFigures,
  standards: readonly StandardUse[],
  scannedRepositories: number,
): Drift['counts'] {
  return {
    'hold-used': rings.find(({ ring, used }) => ring === 'hold' && used)?.count ?? 0,
    'version-behind': standards.filter(isBehind).length,
    'adopted-unused': scannedRepositories > 0 ? adoptedUnused : 0,
    'unreviewed-used': unreviewed,
    'review-overdue': overdue,
  };
}

const REMEMBERED = 5000;
const behind = new LRUCache<string, boolean>({ max: REMEMBERED });

/** The same versions are compared with the same standard again and again. */
function isBehind(use: StandardUse): boolean {
  const key = `${use.standardVersion}\n${use.kind}\n${use.catalogued}\n${use.uses}`;
  const known = behind.get(key);
  if (known !== undefined) return known;
  const found = compareUses(use);
  behind.set(key, found);
  return found;
}

function compareUses({ standardVersion, kind, catalogued, uses }: StandardUse): boolean {
  const standard = readStandard(standardVersion);
  const each = JSON.parse(uses) as [ecosystem: string, declared: string | null, locked: string | null][];
  return each.some(
    ([ecosystem, declared, locked]) =>
      whyForeignVersion({ kind, catalogued }, { ecosystem }) === undefined &&
      compareToStandard(standard, { locked, declared, ecosystem }).result === 'behind',
  );
}
