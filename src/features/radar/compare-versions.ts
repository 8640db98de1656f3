import semver from 'semver';

/** The version of one use: what the lockfile resolved, what the manifest asks for, and by whose rules. */
export interface UsedVersion {
  locked: string | null;
  declared: string | null;
  ecosystem?: string | null;
}

export type Comparison =
  | { result: 'behind' | 'current'; version: string }
  | { result: 'unknown'; version: string | null; why: string };

interface ExactVersion {
  numbers: number[];
  prerelease: string | null;
}

type Reading =
  | { form: 'exact'; exact: ExactVersion }
  | { form: 'range'; range: semver.Range }
  | { form: 'unreadable'; why: string };

const SOURCE = /^(git|https?|file|link|portal|patch|ssh|github|gitlab|bitbucket|catalog)[+:]/i;
const NO_VERSION = new Set([
  '',
  '*',
  'x',
  'latest',
  'stable',
  'current',
  'node',
  'any',
  'main',
  'master',
  'edge',
  'nightly',
]);
const EXACT = /^[v=\s]*(\d+(?:\.\d+)*)(?:[-+._]?([a-z0-9][\w.+-]*))?$/i;
const PRERELEASE =
  /^(alpha|beta|rc|cr|pre|preview|canary|next|dev|snapshot|nightly|insiders?|experimental|unstable|milestone|[abcm]\d|0\.\d{14})/i;
// In these, semantic versioning decides: whatever follows a dash comes before the release.
const SEMVER_ECOSYSTEMS = new Set(['npm', 'cargo', 'go', 'rust']);

/** A standard, read once for many comparisons. */
export interface Standard {
  text: string;
  /** Undefined if the text names no lowest version. */
  floor: ExactVersion | undefined;
}

export function readStandard(text: string): Standard {
  return { text, floor: readFloor(text) };
}

/**
 * Tells whether a use is behind the standard's lowest allowed version. The locked version wins over the
 * declared one. A range that allows both older and newer versions, a tag or a commit is `unknown`, with the reason.
 */
export function compareToStandard(standard: Standard, used: UsedVersion): Comparison {
  const version = used.locked ?? used.declared;
  if (version === null) return { result: 'unknown', version, why: 'no version is given' };
  const { floor, text } = standard;
  if (!floor) return { result: 'unknown', version, why: `the standard "${text}" is not a version` };
  const reading = readVersion(version, used.ecosystem ?? null, used.locked !== null);
  if (reading.form === 'unreadable') return { result: 'unknown', version, why: reading.why };
  const outcome =
    reading.form === 'exact' ? compareExact(reading.exact, floor) : compareRange(reading.range, floor);
  if (outcome === 'unknown') {
    return { result: 'unknown', version, why: `"${version}" allows ${text} and older versions alike` };
  }
  return { result: outcome, version };
}

/** Whether a text can serve as a standard: it names a lowest version. */
export function isComparableStandard(standard: string): boolean {
  return readFloor(standard) !== undefined;
}

function readFloor(standard: string): ExactVersion | undefined {
  const reading = readVersion(standard, null, true);
  if (reading.form === 'exact') return reading.exact;
  if (reading.form === 'unreadable') return undefined;
  const lowest = semver.minVersion(reading.range);
  return lowest ? fromSemver(lowest) : undefined;
}

function fromSemver(version: semver.SemVer): ExactVersion {
  const prerelease = version.prerelease.length > 0 ? version.prerelease.join('.') : null;
  return { numbers: [version.major, version.minor, version.patch], prerelease };
}

function readVersion(text: string, ecosystem: string | null, locked: boolean): Reading {
  const value = stripWrapping(text);
  const why = whyNoVersion(value);
  if (why) return { form: 'unreadable', why };
  const exact = EXACT.exec(value);
  // A bare version in Cargo.toml means ^version.
  const caret = exact && !locked && (ecosystem === 'cargo' || ecosystem === 'rust');
  if (exact && !caret) return { form: 'exact', exact: exactOf(exact, ecosystem) };
  const range = readRange(caret ? `^${value.replace(/^v/, '')}` : value);
  return range
    ? { form: 'range', range }
    : { form: 'unreadable', why: `"${text}" is not a version that can be compared` };
}

function stripWrapping(text: string): string {
  return text
    .trim()
    .replace(/^["']|["']$/g, '')
    .replace(/^npm:(@?[^@]+)@/i, '')
    .replace(/^workspace:/i, '')
    .replace(/^={2,3}\s*(?=\d)/, '')
    .trim();
}

function whyNoVersion(value: string): string | undefined {
  const lower = value.toLowerCase();
  if (NO_VERSION.has(lower) || lower.startsWith('lts'))
    return value === '' ? 'no version is given' : `"${value}" names no version`;
  if (SOURCE.test(value)) return `"${shorten(value)}" is a source, not a version`;
  if (/^sha\d+:/i.test(value)) return 'it is pinned by a digest, not a version';
  if (/^[0-9a-f]{7,64}$/i.test(value) && (/[a-f]/i.test(value) || value.length >= 40)) {
    return `"${shorten(value)}" is a commit, not a version`;
  }
  if (/^v?0\.0\.0-\d{14}-[0-9a-f]{12}/.test(value))
    return `"${shorten(value)}" is a commit without a release`;
  if (value.includes('$')) return `"${shorten(value)}" is a variable`;
  return undefined;
}

function shorten(value: string): string {
  return value.length > 40 ? `${value.slice(0, 37)}…` : value;
}

function exactOf(match: RegExpExecArray, ecosystem: string | null): ExactVersion {
  const numbers = (match[1] ?? '').split('.').map(Number);
  const suffix = match[2] ?? null;
  if (suffix === null) return { numbers, prerelease: null };
  const dashed = match[0].includes(`-${suffix}`) && SEMVER_ECOSYSTEMS.has(ecosystem ?? '');
  // Elsewhere an unknown suffix is a variant of the same version: 16-alpine, 3.12-slim, 6.1.0.Final.
  return { numbers, prerelease: dashed || PRERELEASE.test(suffix) ? suffix : null };
}

/** Reads npm, Cargo and Python (PEP 440) requirements as one kind of range. */
function readRange(value: string): semver.Range | undefined {
  const rewritten = value
    .split(/,/)
    .map((part) => part.trim())
    .filter((part) => part !== '' && !part.startsWith('!='))
    .map(rewritePythonClause)
    .join(' ')
    .replace(/(\d)\.0+(\d)/g, '$1.$2');
  if (rewritten === '') return undefined;
  try {
    const range = new semver.Range(rewritten, { loose: true });
    return range.range === '' || range.range === '*' ? undefined : range;
  } catch {
    return undefined;
  }
}

function rewritePythonClause(clause: string): string {
  const compatible = /^~=\s*(\d+(?:\.\d+)*)/.exec(clause);
  if (compatible?.[1]) {
    const numbers = compatible[1].split('.').map(Number);
    const upper = numbers.slice(0, -1);
    const last = upper.pop() ?? 0;
    return `>=${compatible[1]} <${[...upper, last + 1].join('.')}`;
  }
  return clause.replace(/^={2,3}\s*/, '').replace(/^(\d+(?:\.\d+)*)\.\*$/, '$1.x');
}

function compareExact(used: ExactVersion, floor: ExactVersion): 'behind' | 'current' | 'unknown' {
  const length = Math.max(used.numbers.length, floor.numbers.length);
  for (let index = 0; index < length; index += 1) {
    const mine = used.numbers[index];
    const wanted = floor.numbers[index] ?? 0;
    // "16" says nothing about its minor version, so it can't be told from 16.4.
    if (mine === undefined) {
      if (wanted === 0) continue;
      return 'unknown';
    }
    if (mine !== wanted) return mine < wanted ? 'behind' : 'current';
  }
  return comparePrereleases(used, floor);
}

function comparePrereleases(used: ExactVersion, floor: ExactVersion): 'behind' | 'current' | 'unknown' {
  if (used.prerelease === null) return 'current';
  if (floor.prerelease === null) return 'behind';
  const mine = toSemver(used);
  const wanted = toSemver(floor);
  if (!mine || !wanted) return 'unknown';
  return semver.lt(mine, wanted) ? 'behind' : 'current';
}

function toSemver(version: ExactVersion): semver.SemVer | null {
  const [major = 0, minor = 0, patch = 0] = version.numbers;
  const suffix = version.prerelease === null ? '' : `-${version.prerelease}`;
  return semver.parse(`${major}.${minor}.${patch}${suffix}`, { loose: true });
}

function compareRange(range: semver.Range, floor: ExactVersion): 'behind' | 'current' | 'unknown' {
  const wanted = toSemver(floor);
  const lowest = semver.minVersion(range);
  if (!wanted || !lowest) return 'unknown';
  if (semver.gte(lowest, wanted)) return 'current';
  return semver.gtr(wanted, range) ? 'behind' : 'unknown';
}
