import {
  listUses,
  summarizeUsage as summarizeDetections,
  type TechnologyUsage,
} from '#features/evidence/index.ts';
import type { Context } from '#platform/context/index.ts';
import type { Usage } from './choose-blips.ts';
import type { Use } from './detect-drift.ts';

export const NO_USAGE: Usage = {
  repositories: 0,
  detections: 0,
  versions: [],
  confidence: 0,
  runtime: false,
};

/** What code uses, by slug; one technology's alone if it is named. */
export async function readUsage(context: Context, technology?: string): Promise<Map<string, Usage>> {
  const rows = await summarizeDetections(context, technology === undefined ? {} : { technology });
  return new Map(rows.map((row) => [row.slug, toUsage(row)]));
}

/** What code uses and what the detectors say that it is. */
export async function readFound(context: Context): Promise<TechnologyUsage[]> {
  return summarizeDetections(context);
}

/** Every present detection, for drift. */
export async function readUses(context: Context): Promise<Use[]> {
  const uses = await listUses(context);
  return uses.map(({ technology, ...use }) => ({ ...use, technologySlug: technology }));
}

function toUsage({ repositories, detections, versions, confidence, runtime }: TechnologyUsage): Usage {
  return { repositories, detections, versions, confidence, runtime };
}
