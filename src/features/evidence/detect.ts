import { setImmediate as nextTurn } from 'node:timers/promises';
import { AppError } from '#platform/errors/index.ts';
import { type PinMap, resolveTechnology } from './catalogue/index.ts';
import { WORKSPACE_VERSION } from './detectors/cargo-manifest.ts';
import { confidence } from './detectors/confidence.ts';
import { detectors } from './detectors/index.ts';
import { baseName, folderOf } from './detectors/source-lines.ts';
import { foldersUp, indexLocks, type Located, packageKey } from './join-locks.ts';
import type { Detection, DetectionResult, Evidence, FileText, TransitiveDependency } from './types.ts';

/** Folders of what others wrote, what was built, and what tests read. */
const NOT_OURS =
  /(^|\/)(node_modules|bower_components|vendor|vendored|third_party|third-party|thirdparty|dist|\.venv|venv|site-packages|\.tox|testdata|test-data|__fixtures__|fixtures?|__snapshots__|\.yarn|\.git)\//i;

/** A folder with one of these is a component of its own. */
const COMPONENT_FILES = new Set([
  'package.json',
  'pyproject.toml',
  'requirements.txt',
  'setup.py',
  'go.mod',
  'Cargo.toml',
  'pom.xml',
  'build.gradle',
  'build.gradle.kts',
  'composer.json',
  'Gemfile',
]);

/** More lines than this would not convince anybody more. */
const MAX_EVIDENCE = 50;
const MAX_TURN_MS = 20;

/** Whether some detector reads this file. What others wrote, what was built and test data are left out. */
export function isEvidenceFile(path: string): boolean {
  return !NOT_OURS.test(path) && detectors.some((detector) => detector.matches(path));
}

/**
 * Runs every detector over the files of one tree and joins what they find into detections. Others have their
 * turn between files.
 */
export async function detect(input: {
  /** All paths of the tree; they tell where the components of a monorepo begin. */
  paths: readonly string[];
  files: readonly FileText[];
  pins?: PinMap;
}): Promise<DetectionResult> {
  const result: DetectionResult = { detections: [], transitive: [], problems: [], filesRead: 0 };
  const found: Located[] = [];
  let turnBegan = performance.now();
  for (const file of input.files) {
    if (!isEvidenceFile(file.path)) continue;
    result.filesRead += 1;
    for (const finding of readFindings(file, result.problems)) found.push(finding);
    if (performance.now() - turnBegan > MAX_TURN_MS) {
      await nextTurn();
      turnBegan = performance.now();
    }
  }
  const componentOf = indexComponents(input.paths);
  const locks = found.filter((finding) => finding.scope === 'transitive');
  const wishes = inheritFromWorkspace(found.filter((finding) => finding.scope !== 'transitive'));
  const lockIndex = indexLocks(locks);
  const direct = new Set<Located>();
  const merged = new Map<string, Detection>();
  for (const { wish, shared } of wishes) {
    const lock = wish.versionLocked === null ? lockIndex.find(wish) : undefined;
    if (lock) direct.add(lock);
    merge(merged, { wish, shared, lock }, componentOf(folderOf(wish.path)), input.pins);
  }
  result.detections = [...merged.values()];
  result.transitive = transitiveOf(
    locks.filter((lock) => !direct.has(lock)),
    componentOf,
  );
  return result;
}

/** What one manifest declares, for walking its history. A broken manifest throws `manifest-unreadable`. */
export function manifestDependencies(
  path: string,
  text: string,
): { ecosystem: string; name: string; version: string | null }[] {
  const readers = detectors.filter((detector) => detector.matches(path));
  return readers
    .flatMap((detector) => detector.parse({ path, text }))
    .filter((finding) => finding.scope !== 'transitive')
    .map(({ ecosystem, name, versionDeclared }) => ({
      ecosystem,
      name,
      version: versionDeclared === WORKSPACE_VERSION ? null : versionDeclared,
    }));
}

function readFindings(file: FileText, problems: DetectionResult['problems']): Located[] {
  const found: Located[] = [];
  const told = new Set<string>();
  for (const detector of detectors) {
    if (!detector.matches(file.path)) continue;
    try {
      for (const finding of detector.parse(file)) found.push({ ...finding, path: file.path });
    } catch (error) {
      const problem =
        error instanceof AppError
          ? { path: file.path, code: error.code, message: error.message }
          : {
              path: file.path,
              code: 'detector-failed',
              message: `The detector ${detector.id} failed on it.`,
            };
      if (!told.has(problem.message)) problems.push(problem);
      told.add(problem.message);
    }
  }
  return found;
}

function indexComponents(paths: readonly string[]): (folder: string) => string {
  const components = new Set(
    paths.filter((path) => COMPONENT_FILES.has(baseName(path)) && !NOT_OURS.test(path)).map(folderOf),
  );
  return (folder) => foldersUp(folder).find((each) => components.has(each)) ?? '';
}

interface Wish {
  wish: Located;
  /** The line of the workspace that gives the version. */
  shared?: Located | undefined;
}

/** Members of a Cargo workspace take versions from it; what they take is told once, where it is used. */
function inheritFromWorkspace(findings: readonly Located[]): Wish[] {
  const shared = new Map<string, Located>();
  for (const finding of findings) {
    if (finding.rule === 'cargo-workspace-dependency') {
      shared.set(`${folderOf(finding.path)}\0${finding.name}`, finding);
    }
  }
  const used = new Set<Located>();
  const wishes = findings.map((finding): Wish => {
    if (finding.ecosystem !== 'cargo' || finding.versionDeclared !== WORKSPACE_VERSION)
      return { wish: finding };
    const source = foldersUp(folderOf(finding.path))
      .map((folder) => shared.get(`${folder}\0${finding.name}`))
      .find((each) => each !== undefined);
    if (source) used.add(source);
    return { wish: { ...finding, versionDeclared: source?.versionDeclared ?? null }, shared: source };
  });
  return wishes.filter(({ wish }) => !used.has(wish));
}

function merge(
  merged: Map<string, Detection>,
  { wish, shared, lock }: Wish & { lock: Located | undefined },
  component: string,
  pins: PinMap | undefined,
): void {
  const technology = resolveTechnology(wish.ecosystem, wish.name, pins);
  const key = [packageKey(wish.ecosystem, wish.name), component, wish.scope].join('\0');
  const evidence = [wish, shared, lock].filter((each) => each !== undefined).map(toEvidence);
  const isConfirmed = lock !== undefined && wish.confidence >= confidence.manifest;
  const sure = isConfirmed ? confidence.lockConfirmed : wish.confidence;
  const known = merged.get(key);
  if (known) {
    addEvidence(known, evidence);
    known.confidence = Math.max(known.confidence, sure);
    known.versionDeclared ??= wish.versionDeclared;
    known.versionLocked ??= wish.versionLocked ?? lock?.versionLocked ?? null;
    return;
  }
  merged.set(key, {
    technology: technology.slug,
    technologyName: technology.name,
    kind: technology.kind,
    ecosystem: wish.ecosystem,
    packageName: wish.name,
    component,
    scope: wish.scope,
    versionDeclared: wish.versionDeclared,
    versionLocked: wish.versionLocked ?? lock?.versionLocked ?? null,
    confidence: sure,
    rule: wish.rule,
    evidence,
  });
}

function addEvidence(detection: Detection, evidence: readonly Evidence[]): void {
  for (const each of evidence) {
    if (detection.evidence.length >= MAX_EVIDENCE) return;
    const isKnown = detection.evidence.some((known) => known.path === each.path && known.line === each.line);
    if (!isKnown) detection.evidence.push(each);
  }
}

function toEvidence({ path, line, excerpt, rule }: Located): Evidence {
  return { path, line, excerpt, rule };
}

function transitiveOf(
  locks: readonly Located[],
  componentOf: (folder: string) => string,
): TransitiveDependency[] {
  const found = new Map<string, TransitiveDependency>();
  for (const lock of locks) {
    const { ecosystem, name, path, line } = lock;
    const version = lock.versionLocked ?? '';
    const key = [packageKey(ecosystem, name), version, path].join('\0');
    if (version === '' || found.has(key)) continue;
    found.set(key, { ecosystem, name, version, path, line, component: componentOf(folderOf(path)) });
  }
  return [...found.values()];
}
