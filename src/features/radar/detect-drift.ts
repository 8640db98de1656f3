import { type Comparison, compareToStandard, readStandard, type Standard } from './compare-versions.ts';
import type { Kind, Ring } from './rings.ts';

export const DRIFT_KINDS = [
  'hold-used',
  'version-behind',
  'adopted-unused',
  'unreviewed-used',
  'review-overdue',
] as const;
export type DriftKind = (typeof DRIFT_KINDS)[number];
export type Severity = 'high' | 'medium' | 'low';

/** One live detection of a technology in a repository. */
export interface Use {
  id: string;
  technologySlug: string;
  repositoryId: string;
  repositoryName: string;
  component: string | null;
  scope: string;
  ecosystem: string | null;
  versionDeclared: string | null;
  versionLocked: string | null;
  /** How many lines of evidence it has. */
  lines: number;
}

export interface JudgedTechnology {
  id: string;
  slug: string;
  name: string;
  kind: Kind;
  ring: Ring | null;
  catalogued: boolean;
  standardVersion: string | null;
  /** ISO date. */
  reviewDate: string | null;
  /** The move that put it into its ring. */
  decision: Decision | null;
}

export interface Decision {
  ring: Ring;
  reason: string;
  by: string;
  at: string;
}

export interface DriftItem {
  kind: DriftKind;
  severity: Severity;
  technology: { id: string; slug: string; name: string; ring: Ring | null };
  summary: string;
  /** The uses that make it so, at most {@link USES_SHOWN}; none where the lack of one is the drift. */
  uses: Use[];
  /** How many lines of evidence all its uses have. */
  evidenceTotal: number;
  /** The judgement that the code departs from. */
  decision: Decision | null;
  standardVersion: string | null;
  reviewDate: string | null;
}

/** A use whose version can't be compared with the standard: neither drift nor proof of its absence. */
export interface NotCompared {
  technology: { id: string; slug: string; name: string; ring: Ring | null };
  standardVersion: string;
  repositoryName: string;
  component: string | null;
  version: string | null;
  why: string;
}

export interface DriftInput {
  technologies: readonly JudgedTechnology[];
  uses: readonly Use[];
  /** How many repositories have been scanned: with none, nothing can be called unused. */
  scannedRepositories: number;
  /** ISO date. */
  today: string;
}

export interface Drift {
  items: DriftItem[];
  counts: Record<DriftKind, number>;
  notCompared: NotCompared[];
}

export const USES_SHOWN = 10;

const SEVERITY_ORDER: Record<Severity, number> = { high: 0, medium: 1, low: 2 };
const KIND_ORDER = Object.fromEntries(DRIFT_KINDS.map((kind, index) => [kind, index])) as Record<
  DriftKind,
  number
>;
const DAY = 86_400_000;
const LONG_OVERDUE_DAYS = 180;

/** Where the code and the radar's judgements part, the gravest first. Pure: the same input gives the same list. */
export function detectDrift(input: DriftInput): Drift {
  const uses = groupByTechnology(input.uses);
  const items: DriftItem[] = [];
  const notCompared: NotCompared[] = [];
  for (const technology of input.technologies) {
    const own = uses.get(technology.slug) ?? [];
    const found = [
      detectHoldUsed(technology, own),
      detectUnreviewedUsed(technology, own),
      detectAdoptedUnused(technology, own, input.scannedRepositories),
      detectVersionBehind(technology, own, notCompared),
      detectReviewOverdue(technology, own, input.today),
    ];
    for (const item of found) if (item) items.push(item);
  }
  items.sort(compareItems);
  notCompared.sort(
    (a, b) =>
      compareText(a.technology.slug, b.technology.slug) ||
      compareText(a.repositoryName, b.repositoryName) ||
      compareText(a.component ?? '', b.component ?? ''),
  );
  return { items, counts: countByKind(items), notCompared };
}

function groupByTechnology(uses: readonly Use[]): Map<string, Use[]> {
  const groups = new Map<string, Use[]>();
  for (const use of uses) {
    const group = groups.get(use.technologySlug);
    if (group) group.push(use);
    else groups.set(use.technologySlug, [use]);
  }
  return groups;
}

function detectHoldUsed(technology: JudgedTechnology, uses: Use[]): DriftItem | undefined {
  if (technology.ring !== 'hold' || uses.length === 0) return undefined;
  const severity = uses.some((use) => use.scope === 'runtime') ? 'high' : 'medium';
  const only = severity === 'medium' ? ' for development' : '';
  return itemOf(
    'hold-used',
    severity,
    technology,
    uses,
    `${technology.name} is on hold, yet it is used in ${inRepositories(uses)}${only}.`,
  );
}

function detectUnreviewedUsed(technology: JudgedTechnology, uses: Use[]): DriftItem | undefined {
  if (technology.ring !== null || uses.length === 0) return undefined;
  // Hundreds of small libraries are normal; an unjudged database or framework is a choice somebody made.
  const severity = technology.catalogued && technology.kind !== 'library' ? 'medium' : 'low';
  return itemOf(
    'unreviewed-used',
    severity,
    technology,
    uses,
    `${technology.name} is used in ${inRepositories(uses)}, and nobody has judged it yet.`,
  );
}

function detectAdoptedUnused(
  technology: JudgedTechnology,
  uses: Use[],
  scannedRepositories: number,
): DriftItem | undefined {
  // No detector can see a technique, so that none is found says nothing.
  if (technology.ring !== 'adopt' || technology.kind === 'technique') return undefined;
  if (uses.length > 0 || scannedRepositories === 0) return undefined;
  const where =
    scannedRepositories === 1
      ? 'the one scanned repository does not use it'
      : `none of the ${scannedRepositories} scanned repositories uses it`;
  return itemOf('adopted-unused', 'medium', technology, [], `${technology.name} is adopted, but ${where}.`);
}

function detectVersionBehind(
  technology: JudgedTechnology,
  uses: Use[],
  notCompared: NotCompared[],
): DriftItem | undefined {
  const standard = technology.standardVersion;
  if (standard === null) return undefined;
  const floor = readStandard(standard);
  const behind: Use[] = [];
  for (const use of uses) {
    const comparison = compareUse(floor, technology, use);
    if (comparison.result === 'behind') behind.push(use);
    if (comparison.result === 'unknown')
      notCompared.push(toNotCompared(technology, standard, use, comparison));
  }
  if (behind.length === 0) return undefined;
  const versions = [...new Set(behind.map(versionOf))].sort(compareVersionText);
  const severity = behind.some((use) => use.scope === 'runtime') ? 'medium' : 'low';
  const summary = `The standard for ${technology.name} is ${standard}, but ${listShort(versions)} is used in ${inRepositories(behind)}.`;
  return itemOf('version-behind', severity, technology, behind, summary);
}

function compareUse(standard: Standard, technology: JudgedTechnology, use: Use): Comparison {
  const foreign = whyForeignVersion(technology, use);
  if (foreign) return { result: 'unknown', version: use.versionLocked ?? use.versionDeclared, why: foreign };
  return compareToStandard(standard, {
    locked: use.versionLocked,
    declared: use.versionDeclared,
    ecosystem: use.ecosystem,
  });
}

const PACKAGE_ECOSYSTEMS = new Set(['npm', 'pypi', 'go', 'cargo']);
const RUN_ELSEWHERE = new Set<Kind>(['database', 'infrastructure', 'service', 'ci']);

/** The version of a driver says nothing of the server's, nor that of an action of what it sets up. */
export function whyForeignVersion(
  { kind, catalogued }: Pick<JudgedTechnology, 'kind' | 'catalogued'>,
  { ecosystem }: Pick<Use, 'ecosystem'>,
): string | undefined {
  // What the catalogue doesn't know stands for the package itself.
  if (!catalogued || ecosystem === null) return undefined;
  if (ecosystem === 'github-actions') return 'it is the version of an action';
  if (RUN_ELSEWHERE.has(kind) && PACKAGE_ECOSYSTEMS.has(ecosystem))
    return 'it is the version of a client library';
  return undefined;
}

function toNotCompared(
  technology: JudgedTechnology,
  standardVersion: string,
  use: Use,
  comparison: { version: string | null; why: string },
): NotCompared {
  const { repositoryName, component } = use;
  const { version, why } = comparison;
  return { technology: subjectOf(technology), standardVersion, repositoryName, component, version, why };
}

function detectReviewOverdue(
  technology: JudgedTechnology,
  uses: Use[],
  today: string,
): DriftItem | undefined {
  const due = technology.reviewDate;
  if (due === null || due >= today) return undefined;
  const days = Math.round((Date.parse(today) - Date.parse(due)) / DAY);
  const severity = days > LONG_OVERDUE_DAYS && uses.length > 0 ? 'medium' : 'low';
  const late = days === 1 ? '1 day ago' : `${days} days ago`;
  return itemOf(
    'review-overdue',
    severity,
    technology,
    uses,
    `The review of ${technology.name} was due on ${due}, ${late}.`,
  );
}

function itemOf(
  kind: DriftKind,
  severity: Severity,
  technology: JudgedTechnology,
  uses: Use[],
  summary: string,
): DriftItem {
  return {
    kind,
    severity,
    technology: subjectOf(technology),
    summary,
    uses: [...uses].sort(compareUses).slice(0, USES_SHOWN),
    evidenceTotal: uses.reduce((total, use) => total + use.lines, 0),
    decision: technology.decision,
    standardVersion: technology.standardVersion,
    reviewDate: technology.reviewDate,
  };
}

function subjectOf(technology: JudgedTechnology): DriftItem['technology'] {
  const { id, slug, name, ring } = technology;
  return { id, slug, name, ring };
}

function compareUses(a: Use, b: Use): number {
  return (
    compareText(a.repositoryName, b.repositoryName) ||
    compareText(a.component ?? '', b.component ?? '') ||
    compareText(a.id, b.id)
  );
}

function inRepositories(uses: Use[]): string {
  const names = [...new Set(uses.map((use) => use.repositoryName))].sort(compareText);
  if (names.length === 1) return names[0] ?? '';
  if (names.length === 2) return `${names[0]} and ${names[1]}`;
  return `${names.length} repositories`;
}

function versionOf(use: Use): string {
  return use.versionLocked ?? use.versionDeclared ?? 'an unknown version';
}

function listShort(values: string[]): string {
  const shown = values.slice(0, 3).join(', ');
  return values.length > 3 ? `${shown} and ${values.length - 3} more` : shown;
}

function compareItems(a: DriftItem, b: DriftItem): number {
  return (
    SEVERITY_ORDER[a.severity] - SEVERITY_ORDER[b.severity] ||
    KIND_ORDER[a.kind] - KIND_ORDER[b.kind] ||
    b.evidenceTotal - a.evidenceTotal ||
    compareText(a.technology.slug, b.technology.slug)
  );
}

// By code units: the same order on every machine, and many times faster than a locale's.
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const naturalOrder = new Intl.Collator('en', { numeric: true });
function compareVersionText(a: string, b: string): number {
  return naturalOrder.compare(a, b);
}

function countByKind(items: DriftItem[]): Record<DriftKind, number> {
  const counts = Object.fromEntries(DRIFT_KINDS.map((kind) => [kind, 0])) as Record<DriftKind, number>;
  for (const item of items) counts[item.kind] += 1;
  return counts;
}
