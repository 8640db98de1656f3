import type { Detector, Finding } from '../types.ts';
import { confidence } from './confidence.ts';
import { type JsonSource, readJson } from './read-json.ts';
import {
  baseName,
  type FindingParts,
  findingsOf,
  isRecord,
  recordOf,
  textOf,
  unreadable,
} from './source-lines.ts';

const FOLDER = 'node_modules/';

/** `package-lock.json` and `npm-shrinkwrap.json`, versions 1 to 3. */
export const npmLock: Detector = {
  id: 'npm-lock',
  matches: (path) => ['package-lock.json', 'npm-shrinkwrap.json'].includes(baseName(path)),
  parse(file) {
    // Version 1 nests as deep as the packages do.
    const nested = !/"packages"\s*:/.test(file.text);
    const source = readJson(file, nested ? 40 : 2);
    if (!isRecord(source.value)) throw unreadable(file.path, 'it holds no object');
    const finding = findingsOf(file, source);
    return isRecord(source.value['packages'])
      ? readPackages(source, source.value['packages'], finding)
      : readTree(source, recordOf(source.value['dependencies']), finding);
  },
};

type Build = (parts: FindingParts) => Finding;

/** Versions 2 and 3: a flat list of the folders where packages are installed. */
function readPackages(source: JsonSource, packages: Record<string, unknown>, finding: Build): Finding[] {
  return Object.entries(packages).flatMap(([folder, value]) => {
    const entry = recordOf(value);
    const version = textOf(entry['version']);
    const at = folder.lastIndexOf(FOLDER);
    if (at < 0 || version === null || entry['link'] === true) return [];
    const name = textOf(entry['name']) ?? folder.slice(at + FOLDER.length);
    const owner = folder.slice(0, at).replace(/\/$/, '');
    return [
      finding({
        ecosystem: 'npm',
        name,
        locked: version,
        scope: 'transitive',
        line: source.lineOf('packages', folder),
        rule: 'npm-lock',
        confidence: confidence.lock,
        lockedFor: { component: owner },
      }),
    ];
  });
}

/** Version 1: a tree. Only its top is what the package itself can see. */
function readTree(source: JsonSource, top: Record<string, unknown>, finding: Build): Finding[] {
  const findings: Finding[] = [];
  const pending: { dependencies: Record<string, unknown>; path: string[] }[] = [
    { dependencies: top, path: ['dependencies'] },
  ];
  for (let next = pending.pop(); next; next = pending.pop()) {
    for (const [name, value] of Object.entries(next.dependencies)) {
      const entry = recordOf(value);
      const path = [...next.path, name];
      const version = textOf(entry['version']);
      if (isRecord(entry['dependencies'])) {
        pending.push({ dependencies: entry['dependencies'], path: [...path, 'dependencies'] });
      }
      if (version === null || entry['bundled'] === true || version.startsWith('file:')) continue;
      const owner = path.slice(0, -1).filter((part) => part !== 'dependencies');
      findings.push(
        finding({
          ecosystem: 'npm',
          name,
          locked: version.replace(/^npm:.*@/, ''),
          scope: 'transitive',
          line: source.lineOf(...path),
          rule: 'npm-lock',
          confidence: confidence.lock,
          lockedFor: { component: owner.map((each) => `${FOLDER}${each}`).join('/') },
        }),
      );
    }
  }
  return findings;
}
