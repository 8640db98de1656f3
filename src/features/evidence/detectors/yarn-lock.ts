import type { Detector, Finding } from '../types.ts';
import { confidence } from './confidence.ts';
import { baseName, findingsOf, readSource, unreadable } from './source-lines.ts';

/** `yarn.lock`, of Yarn 1 and of Yarn 2 and later: entries of `name@range, name@range:` with a version. */
export const yarnLock: Detector = {
  id: 'yarn-lock',
  matches: (path) => baseName(path) === 'yarn.lock',
  parse(file) {
    const source = readSource(file);
    const finding = findingsOf(file, source);
    if (!/^# yarn lockfile v1|^__metadata:/m.test(source.text)) {
      throw unreadable(file.path, 'it does not begin as a lockfile of Yarn does');
    }
    const findings: Finding[] = [];
    let entry: { line: number; descriptors: string[] } | null = null;
    for (const [index, text] of source.lines.entries()) {
      if (/^["\w@]/.test(text) && text.endsWith(':') && text !== '__metadata:') {
        const descriptors = text.slice(0, -1).replaceAll('"', '').split(/,\s*/);
        entry = { line: index + 1, descriptors };
        continue;
      }
      const version = /^ {2}version:? "?([^"\s]+)"?$/.exec(text)?.[1];
      if (!version || !entry) continue;
      const wanted = entry.descriptors.map(splitDescriptor);
      const first = wanted[0];
      if (first && !wanted.some(({ range }) => /^(workspace|link|portal|file):/.test(range))) {
        findings.push(
          finding({
            ecosystem: 'npm',
            name: first.name,
            locked: version,
            scope: 'transitive',
            line: entry.line,
            rule: 'yarn-lock',
            confidence: confidence.lock,
            lockedFor: { ranges: wanted.map(({ range }) => range) },
          }),
        );
      }
      entry = null;
    }
    return findings;
  },
};

/** `@scope/name@npm:^1.0.0` → name and range; an alias `a@npm:b@^1` is b. */
function splitDescriptor(descriptor: string): { name: string; range: string } {
  const at = descriptor.indexOf('@', 1);
  if (at < 0) return { name: descriptor, range: '' };
  const range = descriptor.slice(at + 1);
  const alias = /^npm:(@?[^@]+)@(.+)$/.exec(range);
  if (alias?.[1] && alias[2]) return { name: alias[1], range: alias[2] };
  return { name: descriptor.slice(0, at), range: range.replace(/^npm:/, '') };
}
