import type { Detector, Finding } from '../types.ts';
import { confidence } from './confidence.ts';
import { readJson } from './read-json.ts';
import { baseName, findingsOf, isRecord, recordOf, textOf, unreadable } from './source-lines.ts';

const SECTIONS = [
  { key: 'dependencies', scope: 'runtime', rule: 'npm-dependency', confidence: confidence.manifest },
  { key: 'optionalDependencies', scope: 'runtime', rule: 'npm-optional', confidence: confidence.manifest },
  {
    key: 'devDependencies',
    scope: 'development',
    rule: 'npm-dev-dependency',
    confidence: confidence.manifest,
  },
  { key: 'peerDependencies', scope: 'runtime', rule: 'npm-peer-dependency', confidence: confidence.peer },
] as const;

/** Versions that point into the repository itself. */
const LOCAL = /^(workspace|file|link|portal):|^\.{0,2}\//;

/** `package.json`: what the package wants, and the engines and package manager it runs with. */
export const npmPackage: Detector = {
  id: 'npm-package',
  matches: (path) => baseName(path) === 'package.json',
  parse(file) {
    const source = readJson(file, 3);
    if (!isRecord(source.value)) throw unreadable(file.path, 'it holds no object');
    const manifest = source.value;
    const finding = findingsOf(file, source);
    const findings: Finding[] = [];
    for (const section of SECTIONS) {
      for (const [key, value] of Object.entries(recordOf(manifest[section.key]))) {
        const written = textOf(value);
        if (written === null || LOCAL.test(written)) continue;
        const { name, version } = resolveAlias(key, written);
        const { scope, rule } = section;
        findings.push(
          finding({
            ecosystem: 'npm',
            name,
            version,
            scope,
            rule,
            confidence: section.confidence,
            line: source.lineOf(section.key, key),
          }),
        );
      }
    }
    for (const [name, value] of Object.entries(recordOf(manifest['engines']))) {
      if (name === 'vscode' || textOf(value) === null) continue;
      const line = source.lineOf('engines', name);
      const version = textOf(value);
      findings.push(
        finding({
          ecosystem: 'runtime',
          name,
          version,
          line,
          rule: 'npm-engine',
          confidence: confidence.engine,
        }),
      );
    }
    const manager = /^(npm|pnpm|yarn|bun)@([^+]+)/.exec(textOf(manifest['packageManager']) ?? '');
    if (manager?.[1]) {
      findings.push(
        finding({
          ecosystem: 'runtime',
          name: manager[1],
          version: manager[2],
          scope: 'development',
          line: source.lineOf('packageManager'),
          rule: 'npm-package-manager',
          confidence: confidence.toolVersion,
        }),
      );
    }
    return findings;
  },
};

/** `"lodash4": "npm:lodash@^4"` asks for lodash. */
function resolveAlias(key: string, written: string): { name: string; version: string } {
  const alias = /^npm:(@?[^@]+)(?:@(.+))?$/.exec(written);
  return alias?.[1] ? { name: alias[1], version: alias[2] ?? '*' } : { name: key, version: written };
}
