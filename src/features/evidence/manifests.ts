import { isEvidenceFile, manifestDependencies as readDependencies } from './detect.ts';
import type { Dependencies } from './history-state.ts';

/**
 * The files that declare what a repository wants. Lockfiles are left out: they change with every install and
 * say what was resolved, not what was chosen.
 */
const names = [
  'package.json',
  'requirements*.txt',
  'pyproject.toml',
  'go.mod',
  'Cargo.toml',
  'Dockerfile*',
  '*.Dockerfile',
  'docker-compose*.yml',
  'docker-compose*.yaml',
  'compose*.yml',
  'compose*.yaml',
  '.tool-versions',
  '.nvmrc',
  '.node-version',
  '.python-version',
  'rust-toolchain',
  'rust-toolchain.toml',
];

/** For git: every manifest anywhere in the tree, and the workflows. */
export const manifestPathspecs: readonly string[] = [
  ...names.map((name) => `:(glob)**/${name}`),
  ':(glob).github/workflows/*.yml',
  ':(glob).github/workflows/*.yaml',
];

const patterns = names.map((name) => new RegExp(`^${name.replaceAll('.', '\\.').replaceAll('*', '.*')}$`));

/** Whether the history of this path is walked. */
export function isManifest(path: string): boolean {
  if (!isEvidenceFile(path)) return false;
  const name = path.slice(path.lastIndexOf('/') + 1);
  return path.startsWith('.github/workflows/') || patterns.some((pattern) => pattern.test(name));
}

/** What a manifest declares; null if it can't be read, as happens in the middle of a history. */
export function manifestDependencies(path: string, text: string): Dependencies | null {
  try {
    return new Map(
      readDependencies(path, text).map(({ ecosystem, name, version }) => [`${ecosystem}:${name}`, version]),
    );
  } catch {
    return null;
  }
}
