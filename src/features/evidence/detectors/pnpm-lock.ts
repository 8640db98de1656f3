import type { Detector, Finding } from '../types.ts';
import { confidence } from './confidence.ts';
import {
  baseName,
  type FindingParts,
  findingsOf,
  readSource,
  type SourceLines,
  unreadable,
} from './source-lines.ts';

const SECTIONS = new Set(['dependencies', 'devDependencies', 'optionalDependencies']);

/**
 * `pnpm-lock.yaml`, versions 5 to 9. It is read by its indentation, which pnpm always writes the same way: the
 * file is often too large to build a tree of it.
 */
export const pnpmLock: Detector = {
  id: 'pnpm-lock',
  matches: (path) => baseName(path) === 'pnpm-lock.yaml',
  parse(file) {
    const source = readSource(file);
    if (!/^lockfileVersion:/m.test(source.text)) throw unreadable(file.path, 'it has no lockfileVersion');
    return readLines(source, findingsOf(file, source));
  },
};

function readLines(source: SourceLines, finding: (parts: FindingParts) => Finding): Finding[] {
  const findings: Finding[] = [];
  const add = (name: string, version: string, line: number, lockedFor?: Finding['lockedFor']): void => {
    const common = {
      ecosystem: 'npm',
      scope: 'transitive',
      rule: 'pnpm-lock',
      confidence: confidence.lock,
    } as const;
    // An alias names the package as well; peers, in brackets or after `_`, name others.
    const real = /^\/?(@?[^@\d(/][^@(]*)@(\d.*)$/.exec(version);
    const [actual, locked] = real?.[1] && real[2] ? [real[1], real[2]] : [name, version];
    if (/^(link|file|workspace):/.test(locked)) return;
    findings.push(
      finding({
        ...common,
        name: actual,
        locked: plainVersion(locked),
        line,
        ...(lockedFor ? { lockedFor } : {}),
      }),
    );
  };
  const seen = new Set<string>();
  const path: string[] = [];
  for (const [index, text] of source.lines.entries()) {
    const match = /^( *)(?:'([^']+)'|"([^"]+)"|([^\s'"#][^:]*(?::[^\s][^:]*)*)):(?: +(.*))?$/.exec(text);
    if (!match) continue;
    const depth = (match[1] ?? '').length / 2;
    const key = match[2] ?? match[3] ?? match[4] ?? '';
    const value = (match[5] ?? '').replace(/^'(.*)'$/, '$1');
    path.length = Math.min(path.length, depth);
    path[depth] = key;
    const wish = wishOf(path, value);
    if (wish)
      add(wish.name, wish.version, wish.line ?? lineOfName(source, index, path, wish), {
        component: wish.component,
      });
    else if (depth === 1 && path[0] === 'packages') {
      const { name, version } = splitPackage(key);
      if (name && version && !seen.has(`${name}@${version}`)) {
        seen.add(`${name}@${version}`);
        add(name, version, index + 1);
      }
    }
  }
  return findings;
}

interface Wish {
  name: string;
  version: string;
  component: string;
  line?: number;
}

/** A direct dependency: of the root up to version 8, of an importer from version 5.3 on. */
function wishOf(path: readonly string[], value: string): Wish | null {
  const [importer, section, name, field] =
    path[0] === 'importers' ? [path[1] ?? '', path[2], path[3], path[4]] : ['.', path[0], path[1], path[2]];
  if (!section || !SECTIONS.has(section) || !name || value === '') return null;
  const depth = path.length - (path[0] === 'importers' ? 2 : 0);
  if (depth === 2 ? false : !(depth === 3 && field === 'version')) return null;
  return { name, version: value, component: importer === '.' ? '' : importer };
}

/** A wish of version 6 and later has its name on one line and its version two lines below. */
function lineOfName(source: SourceLines, index: number, path: readonly string[], wish: Wish): number {
  if (path.at(-1) !== 'version') return index + 1;
  for (let line = index; line >= Math.max(0, index - 3); line -= 1) {
    if (source.lines[line]?.includes(`${wish.name}`) && /:\s*$/.test(source.lines[line] ?? ''))
      return line + 1;
  }
  return index + 1;
}

/** `/name/1.0.0_peer` (5), `/name@1.0.0(peer)` (6 to 8), `name@1.0.0` (9). */
function splitPackage(key: string): { name: string; version: string } {
  const plain = key.replace(/^\//, '').replace(/\(.*$/, '');
  const modern = /^(@[^/]+\/[^@/]+|[^@/]+)@(\d.*)$/.exec(plain);
  const match = modern ?? /^(@[^/]+\/[^/]+|[^@/]+)\/(\d.*)$/.exec(plain);
  return { name: match?.[1] ?? '', version: match?.[2] ?? '' };
}

/** Without the peers it was resolved with: `1.0.0(react@18.0.0)`, `1.0.0_react@18.0.0`. */
function plainVersion(version: string): string {
  return version.replace(/[(_].*$/, '').replace(/^\/.*[/@](\d[^/@]*)$/, '$1');
}
