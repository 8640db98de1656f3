import type { Band } from './layout.ts';
import { type Kind, RINGS, type Ring } from './rings.ts';

export interface Usage {
  repositories: number;
  detections: number;
  versions: string[];
  /** Of the surest detection; 0 without any. */
  confidence: number;
  /** Whether something beyond development uses it. */
  runtime: boolean;
}

export interface Candidate {
  slug: string;
  name: string;
  kind: Kind;
  quadrant: string;
  ring: Ring | null;
  catalogued: boolean;
  usage: Usage;
}

export interface Chosen<T> {
  blips: { technology: T; band: Band; number: number }[];
  /** All unreviewed technologies that code uses, drawn or not. */
  unreviewed: number;
}

const KIND_WEIGHT: Record<Kind, number> = {
  language: 3,
  framework: 3,
  database: 3,
  infrastructure: 2.5,
  service: 2.5,
  ci: 2,
  tool: 1.5,
  technique: 1,
  library: 1,
};
const CATALOGUED_WEIGHT = 4;
// Packages nobody has heard of may take this part of the band, so that they can't drown the rest.
const UNKNOWN_SHARE = 0.2;

/**
 * Every judged technology, and of the unreviewed ones the most telling: known before unknown, languages and
 * databases before libraries, widely used before seldom used. Each quadrant gets an equal part of `cap`
 * before one takes what others leave.
 */
export function chooseBlips<T extends Candidate>(
  technologies: readonly T[],
  quadrantIds: readonly string[],
  cap: number,
): Chosen<T> {
  const known = technologies.filter((technology) => quadrantIds.includes(technology.quadrant));
  const judged = known.filter((technology) => technology.ring !== null);
  const candidates = known.filter(
    (technology) => technology.ring === null && technology.usage.detections > 0,
  );
  const shown = new Set<T>([...judged, ...chooseUnreviewed(candidates, quadrantIds, cap)]);
  return { blips: numberBlips([...shown], quadrantIds), unreviewed: candidates.length };
}

function chooseUnreviewed<T extends Candidate>(
  candidates: readonly T[],
  quadrantIds: readonly string[],
  cap: number,
): T[] {
  const ranked = candidates
    .map((technology) => ({ technology, score: telling(technology) }))
    .sort((a, b) => b.score - a.score || compareText(a.technology.slug, b.technology.slug))
    .map(({ technology }) => technology);
  const limited = limitUnknown(ranked, Math.ceil(cap * UNKNOWN_SHARE));
  const share = Math.floor(cap / quadrantIds.length);
  const taken = new Map<string, number>();
  const first: T[] = [];
  const rest: T[] = [];
  for (const technology of limited) {
    const count = taken.get(technology.quadrant) ?? 0;
    taken.set(technology.quadrant, count + 1);
    (count < share ? first : rest).push(technology);
  }
  return [...first, ...rest].slice(0, cap);
}

function limitUnknown<T extends Candidate>(ranked: readonly T[], most: number): T[] {
  let unknown = 0;
  return ranked.filter((technology) => {
    if (technology.catalogued || technology.kind !== 'library') return true;
    unknown += 1;
    return unknown <= most;
  });
}

function telling({ kind, catalogued, usage }: Candidate): number {
  return (
    (catalogued ? CATALOGUED_WEIGHT : 0) +
    KIND_WEIGHT[kind] +
    1.5 * Math.log2(1 + usage.repositories) +
    0.5 * Math.log2(1 + usage.detections) +
    2 * usage.confidence +
    (usage.runtime ? 1 : 0)
  );
}

/** Numbers as the legend is read: quadrant by quadrant, from the centre outward, by name. */
function numberBlips<T extends Candidate>(
  technologies: T[],
  quadrantIds: readonly string[],
): Chosen<T>['blips'] {
  const order = (technology: T) => (technology.ring === null ? RINGS.length : RINGS.indexOf(technology.ring));
  technologies.sort(
    (a, b) =>
      quadrantIds.indexOf(a.quadrant) - quadrantIds.indexOf(b.quadrant) ||
      order(a) - order(b) ||
      compareText(a.name.toLowerCase(), b.name.toLowerCase()) ||
      compareText(a.slug, b.slug),
  );
  return technologies.map((technology, index) => ({
    technology,
    band: technology.ring ?? 'unreviewed',
    number: index + 1,
  }));
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
