import type { Detector, Finding } from '../types.ts';
import { confidence } from './confidence.ts';
import { readToml } from './read-toml.ts';
import { baseName, findingsOf, isRecord, recordOf, textOf } from './source-lines.ts';

/** `poetry.lock`, `uv.lock` and `Cargo.lock` are lists of `[[package]]` with a name and a version. */
function tomlLock(id: string, fileName: string, ecosystem: string): Detector {
  return {
    id,
    matches: (path) => baseName(path) === fileName,
    parse(file) {
      const source = readToml(file);
      const finding = findingsOf(file, source);
      const packages = source.value['package'];
      if (!Array.isArray(packages)) return [];
      return packages.flatMap((value: unknown, index): Finding[] => {
        const entry = recordOf(value);
        const name = textOf(entry['name']);
        const locked = textOf(entry['version']);
        if (name === null || locked === null || isLocal(ecosystem, entry)) return [];
        const line = source.lineOf('package', index, 'name');
        return [
          finding({
            ecosystem,
            name,
            locked,
            scope: 'transitive',
            line,
            rule: id,
            confidence: confidence.lock,
          }),
        ];
      });
    },
  };
}

/** Packages of the repository itself: no source in Cargo, a folder in uv. */
function isLocal(ecosystem: string, entry: Record<string, unknown>): boolean {
  if (ecosystem === 'cargo') return entry['source'] === undefined && entry['checksum'] === undefined;
  const source = entry['source'];
  return isRecord(source) && ['editable', 'virtual', 'directory'].some((key) => key in source);
}

export const poetryLock = tomlLock('poetry-lock', 'poetry.lock', 'pypi');
export const uvLock = tomlLock('uv-lock', 'uv.lock', 'pypi');
export const cargoLock = tomlLock('cargo-lock', 'Cargo.lock', 'cargo');
