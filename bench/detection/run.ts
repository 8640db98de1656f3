import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isEvidenceFile } from '../../src/features/evidence/detect.ts';
import { detectors } from '../../src/features/evidence/detectors/index.ts';
import type { Finding } from '../../src/features/evidence/types.ts';
import { openTree, readBlob } from '../../src/platform/git/index.ts';
import labelled from './labels.json' with { type: 'json' };

/**
 * Compares what the detectors find in five public repositories with labels made by other means.
 * A finding is right only if path, line, name, declared version and scope all are.
 * Usage: node bench/detection/run.ts FOLDER, where FOLDER holds a clone of each as owner+name.
 */
interface Tally {
  labels: number;
  found: number;
  right: number;
}

const folder = process.argv[2] ?? '';
const show = process.argv.includes('--misses');
// Files whose entries the labels cover; lockfiles and file rules have labels of their own kind in the tests.
const labelledFile =
  /(^|\/)(package\.json|pyproject\.toml|requirements[^/]*\.txt|go\.mod|Cargo\.toml|Dockerfile[^/]*|(docker-)?compose[^/]*\.ya?ml)$|^\.github\/workflows\//;
const ecosystems = ['npm', 'pypi', 'go', 'cargo', 'docker', 'github-actions'];

function gitDirectory(repository: string): string | null {
  const base = join(folder, repository.replace('/', '+'));
  const places = [join(base, 'repo/.git'), join(base, 'repo'), join(base, '.git'), base];
  return places.find((place) => existsSync(join(place, 'HEAD'))) ?? null;
}

const normal = (ecosystem: string, name: string): string =>
  ecosystem === 'pypi' ? name.toLowerCase().replaceAll(/[-_.]+/g, '-') : name;

function keyOf(row: {
  path: string;
  line: number;
  ecosystem: string;
  name: string;
  version: string | null;
  scope: string;
}): string {
  // `==1.2` and `1.2` pin the same version.
  const version = row.version?.replaceAll(/\s+/g, '').replace(/^==/, '') || null;
  return JSON.stringify([
    row.path,
    row.line,
    row.ecosystem,
    normal(row.ecosystem, row.name),
    version,
    row.scope,
  ]);
}

async function findIn(repository: string, commit: string): Promise<string[] | null> {
  const directory = gitDirectory(repository);
  if (!directory) return null;
  const keys: string[] = [];
  for (const entry of await openTree({ directory }, commit)) {
    const isFile = entry.kind === 'file' || entry.kind === 'executable';
    if (!isFile || !labelledFile.test(entry.path) || !isEvidenceFile(entry.path)) continue;
    const blob = await readBlob({ directory }, entry.oid);
    const file = { path: entry.path, text: blob.content?.toString('utf8') ?? '' };
    for (const detector of detectors) {
      if (detector.matches(file.path))
        keys.push(
          ...detector
            .parse(file)
            .filter(isLabelledKind)
            .map((finding) => toKey(file.path, finding)),
        );
    }
  }
  return keys;
}

const isLabelledKind = (finding: Finding): boolean =>
  ecosystems.includes(finding.ecosystem) && finding.scope !== 'transitive';

const toKey = (path: string, finding: Finding): string =>
  keyOf({ ...finding, path, version: finding.versionDeclared });

const tallies = new Map<string, Tally>(
  ecosystems.map((ecosystem) => [ecosystem, { labels: 0, found: 0, right: 0 }]),
);
for (const [repository, commit] of Object.entries(labelled.repositories)) {
  const found = await findIn(repository, commit);
  if (!found) {
    process.stdout.write(`${repository}: no clone in ${folder || '(no folder given)'}, left out\n`);
    continue;
  }
  const labels = labelled.labels.filter((label) => label.repository === repository);
  const expected = new Set(labels.map((label) => keyOf({ ...label, line: label.line ?? 0 })));
  const unique = new Set(found);
  for (const key of expected) tally(key).labels += 1;
  for (const key of unique) {
    tally(key).found += 1;
    if (expected.has(key)) tally(key).right += 1;
    else if (show) process.stdout.write(`extra   ${repository} ${key}\n`);
  }
  if (show)
    for (const key of expected) if (!unique.has(key)) process.stdout.write(`missing ${repository} ${key}\n`);
}

function tally(key: string): Tally {
  const ecosystem = String((JSON.parse(key) as unknown[])[2]);
  const entry = tallies.get(ecosystem);
  if (!entry) throw new Error(`${ecosystem} is not labelled.`);
  return entry;
}

process.stdout.write('| detector | labels | found | precision | recall |\n|---|---|---|---|---|\n');
for (const [ecosystem, { labels, found, right }] of tallies) {
  const ratio = (part: number, whole: number): string => (whole === 0 ? '–' : (part / whole).toFixed(3));
  process.stdout.write(
    `| ${ecosystem} | ${labels} | ${found} | ${ratio(right, found)} | ${ratio(right, labels)} |\n`,
  );
}
