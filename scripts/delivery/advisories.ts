import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import cvss from 'ae-cvss-calculator';
import semver from 'semver';
import { compareDebianVersions } from './debian-version.ts';

export type Severity = 'unknown' | 'low' | 'medium' | 'high' | 'critical';

/** An advisory in the format of OSV (https://ossf.github.io/osv-schema), as far as it is used. */
export interface Advisory {
  id: string;
  aliases?: string[];
  summary?: string;
  details?: string;
  withdrawn?: string;
  severity?: { type: string; score: string }[];
  database_specific?: { severity?: string };
  affected?: {
    package?: { ecosystem: string; name: string };
    versions?: string[];
    ranges?: { type: string; events: Record<string, string>[] }[];
    severity?: { type: string; score: string }[];
    ecosystem_specific?: { urgency?: string; severity?: string };
  }[];
}

type Affected = NonNullable<Advisory['affected']>[number];
/** A package as advisories name it: "npm" or "Debian:12". */
export interface Package {
  ecosystem: string;
  name: string;
  version: string;
}

/** The advisories in a folder of JSON files about the packages with these keys. Withdrawn ones are left out. */
export function readAdvisories(folder: string, wanted: Set<string>): Map<string, Advisory[]> {
  const found = new Map<string, Advisory[]>();
  let read = 0;
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.json')) continue;
    const advisory = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Advisory;
    read += 1;
    if (advisory.withdrawn) continue;
    for (const key of new Set(advisory.affected?.map((affected) => keyOf(affected.package)))) {
      if (wanted.has(key)) found.set(key, [...(found.get(key) ?? []), advisory]);
    }
  }
  if (read === 0) throw new Error(`There are no advisories in ${folder}: nothing would be checked.`);
  return found;
}

/** Under which name a package's advisories stand in the map. */
export function keyOf(named: { ecosystem: string; name: string } | undefined): string {
  return `${named?.ecosystem} ${named?.name}`;
}

/** The entry of an advisory that says that this version of the package is vulnerable. */
export function findAffected(advisory: Advisory, found: Package): Affected | undefined {
  return advisory.affected?.find(
    (affected) =>
      keyOf(affected.package) === keyOf(found) &&
      (affected.versions?.includes(found.version) ||
        affected.ranges?.some(({ type, events }) => type !== 'GIT' && isInRange(events, found))),
  );
}

function isInRange(events: Record<string, string>[], { ecosystem, version }: Package): boolean {
  const compare = (a: string, b: string): number => {
    if (a === b) return 0;
    if (a === '0' || b === '0') return a === '0' ? -1 : 1;
    return ecosystem === 'npm' ? semver.compare(a, b) : compareDebianVersions(a, b);
  };
  let inside = false;
  const ordered = events
    .flatMap((event) => Object.entries(event).map(([kind, at]) => ({ kind, at })))
    .sort((a, b) => compare(a.at, b.at));
  for (const { kind, at } of ordered) {
    const order = compare(version, at);
    if (kind === 'introduced' && order >= 0) inside = true;
    if (kind === 'fixed' && order >= 0) inside = false;
    if (kind === 'last_affected' && order > 0) inside = false;
  }
  return inside;
}

/** The first version without it, if there is one. */
export function fixedVersions(affected: Affected): string[] {
  return (affected.ranges ?? []).flatMap(({ events }) => events.flatMap(({ fixed }) => fixed ?? []));
}

/** How bad an advisory is: its own word, else the worst of its CVSS vectors. A malicious package is critical. */
export function severityOf(advisory: Advisory, affected: Affected): Severity {
  if (advisory.id.startsWith('MAL-')) return 'critical';
  const word = [
    affected.ecosystem_specific?.severity,
    advisory.database_specific?.severity,
    affected.ecosystem_specific?.urgency,
  ]
    .map((text) => text?.toLowerCase().replace('moderate', 'medium').replace('unimportant', 'low'))
    .find((text): text is Severity => ['low', 'medium', 'high', 'critical'].includes(text ?? ''));
  if (word) return word;
  const vectors = [...(affected.severity ?? []), ...(advisory.severity ?? [])];
  if (vectors.length === 0) return 'unknown';
  const scores = vectors.flatMap(({ score }) => cvss.fromVector(score)?.calculateScores().base ?? []);
  // Of what can't be read somebody has to look.
  if (scores.length === 0) return 'high';
  const score = Math.max(...scores);
  if (score >= 9) return 'critical';
  if (score >= 7) return 'high';
  return score >= 4 ? 'medium' : 'low';
}
