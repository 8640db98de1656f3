import { summarizeUsage as summarizeDetections, type TechnologyUsage } from '#features/evidence/index.ts';
import type { Context } from '#platform/context/index.ts';
import type { Usage } from './choose-blips.ts';

export const NO_USAGE: Usage = {
  repositories: 0,
  detections: 0,
  versions: [],
  confidence: 0,
  runtime: false,
};

/** How code uses a technology. */
export async function readUsage(context: Context, technology: string): Promise<Usage> {
  const [row] = await summarizeDetections(context, { technology });
  return row ? toUsage(row) : NO_USAGE;
}

/** What code uses and what the detectors say that it is. */
export async function readFound(context: Context): Promise<TechnologyUsage[]> {
  return summarizeDetections(context);
}

function toUsage({ repositories, detections, versions, confidence, runtime }: TechnologyUsage): Usage {
  return { repositories, detections, versions, confidence, runtime };
}
