import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { detect, isEvidenceFile } from '../../src/features/evidence/detect.ts';
import type { Detection, FileText } from '../../src/features/evidence/types.ts';
import { openTree, readBlob } from '../../src/platform/git/index.ts';
import labelled from './locked-labels.json' with { type: 'json' };

/**
 * Compares the locked versions of detections with labels made by other means: the right version for the right
 * package in the right component. Usage: node bench/detection/run-locked.ts FOLDER
 */
const folder = process.argv[2] ?? '';

function gitDirectory(repository: string): string | undefined {
  const base = join(folder, repository.replace('/', '+'));
  const places = [join(base, 'repo/.git'), join(base, 'repo'), join(base, '.git'), base];
  return places.find((place) => existsSync(join(place, 'HEAD')));
}

async function detectIn(directory: string, commit: string): Promise<Detection[]> {
  const tree = await openTree({ directory }, commit);
  const files: FileText[] = [];
  for (const entry of tree) {
    if ((entry.kind !== 'file' && entry.kind !== 'executable') || !isEvidenceFile(entry.path)) continue;
    const { content } = await readBlob({ directory }, entry.oid);
    if (content) files.push({ path: entry.path, text: content.toString('utf8') });
  }
  return (await detect({ paths: tree.map((entry) => entry.path), files })).detections;
}

const plain = (ecosystem: string, name: string): string =>
  ecosystem === 'pypi' ? name.toLowerCase().replaceAll(/[-_.]+/g, '-') : name;

process.stdout.write('| repository | labels | right |\n|---|---|---|\n');
for (const [repository, commit] of Object.entries(labelled.repositories)) {
  const directory = gitDirectory(repository);
  if (!directory) {
    process.stdout.write(`| ${repository} | no clone in ${folder || '(no folder given)'} | |\n`);
    continue;
  }
  const found = new Set(
    (await detectIn(directory, commit)).map((each) =>
      [each.component, each.ecosystem, plain(each.ecosystem, each.packageName), each.versionLocked].join(' '),
    ),
  );
  const labels = labelled.labels
    .filter(([owner]) => owner === repository)
    .map((row) => row.slice(1).join(' '));
  const missed = labels.filter((label) => !found.has(label));
  process.stdout.write(`| ${repository} | ${labels.length} | ${labels.length - missed.length} |\n`);
  if (process.argv.includes('--misses'))
    for (const label of missed) process.stdout.write(`missing ${label}\n`);
}
