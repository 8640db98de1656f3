import type { Detector, Finding, Scope } from '../types.ts';
import { confidence } from './confidence.ts';
import { readToml, type TomlSource } from './read-toml.ts';
import { baseName, type FindingParts, findingsOf, isRecord, recordOf, textOf } from './source-lines.ts';

const SECTIONS: readonly (readonly [string, Scope])[] = [
  ['dependencies', 'runtime'],
  ['dev-dependencies', 'development'],
  ['build-dependencies', 'development'],
];

/** The version that stands for "as the workspace says", until the workspace's manifest is known. */
export const WORKSPACE_VERSION = 'workspace';

/** `Cargo.toml`: dependencies of all kinds and targets, and of the workspace for its members to inherit. */
export const cargoManifest: Detector = {
  id: 'cargo-manifest',
  matches: (path) => baseName(path) === 'Cargo.toml',
  parse(file) {
    const source = readToml(file);
    const finding = findingsOf(file, source);
    const { value } = source;
    const findings = readSections(source, finding, value, []);
    for (const [target, sections] of Object.entries(recordOf(value['target']))) {
      findings.push(...readSections(source, finding, recordOf(sections), ['target', target]));
    }
    const shared = recordOf(value['workspace'])['dependencies'];
    findings.push(...readTable(source, finding, shared, ['workspace', 'dependencies'], 'runtime'));
    const rust = textOf(recordOf(value['package'])['rust-version']);
    if (rust) {
      const line = source.lineOf('package', 'rust-version');
      const rule = 'cargo-rust-version';
      findings.push(
        finding({
          ecosystem: 'runtime',
          name: 'rust',
          version: rust,
          line,
          rule,
          confidence: confidence.engine,
        }),
      );
    }
    return findings;
  },
};

type Build = (parts: FindingParts) => Finding;

function readSections(
  source: TomlSource,
  finding: Build,
  from: Record<string, unknown>,
  path: string[],
): Finding[] {
  return SECTIONS.flatMap(([section, scope]) =>
    readTable(source, finding, from[section], [...path, section], scope),
  );
}

function readTable(
  source: TomlSource,
  finding: Build,
  table: unknown,
  path: string[],
  scope: Scope,
): Finding[] {
  const isShared = path[0] === 'workspace';
  return Object.entries(recordOf(table)).flatMap(([key, wish]) => {
    if (!isRecord(wish) && typeof wish !== 'string') return [];
    const parts = recordOf(wish);
    const version = textOf(wish) ?? textOf(parts['version']) ?? textOf(parts['tag']);
    if (parts['path'] !== undefined && version === null) return [];
    return [
      finding({
        ecosystem: 'cargo',
        name: textOf(parts['package']) ?? key,
        version: parts['workspace'] === true ? WORKSPACE_VERSION : version,
        scope,
        line: source.lineOf(...path, key),
        rule: isShared ? 'cargo-workspace-dependency' : 'cargo-dependency',
        confidence: confidence.manifest,
      }),
    ];
  });
}
