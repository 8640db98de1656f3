/** What one manifest declares: `ecosystem:name` → version as written. */
export type Dependencies = ReadonlyMap<string, string | null>;

export interface HistoryChange {
  ecosystem: string;
  packageName: string;
  path: string;
  change: 'entered' | 'version' | 'left';
  versionBefore: string | null;
  versionAfter: string | null;
}

export interface HistoryState {
  /** Takes the manifests that one commit changed and tells what that means for the repository. */
  apply(files: readonly { path: string; after: Dependencies }[]): HistoryChange[];
}

/**
 * Keeps which manifest declares what. A package enters a repository with its first manifest and leaves with
 * its last, so a manifest that moves, or a second one that names the same package, is neither.
 */
export function createHistoryState(): HistoryState {
  const byPath = new Map<string, Dependencies>();
  const paths = new Map<string, Set<string>>();

  function touchedBy(files: readonly { path: string; after: Dependencies }[]): Map<string, Touch> {
    const touched = new Map<string, Touch>();
    for (const { path, after } of files) {
      const before: Dependencies = byPath.get(path) ?? new Map();
      for (const key of new Set([...before.keys(), ...after.keys()])) {
        const touch = touched.get(key) ?? { wasUsed: (paths.get(key)?.size ?? 0) > 0, versions: [] };
        touch.versions.push({ path, before: before.get(key), after: after.get(key) });
        touched.set(key, touch);
      }
    }
    return touched;
  }

  function store(path: string, after: Dependencies): void {
    for (const key of byPath.get(path)?.keys() ?? []) paths.get(key)?.delete(path);
    for (const key of after.keys()) paths.set(key, (paths.get(key) ?? new Set()).add(path));
    if (after.size > 0) byPath.set(path, after);
    else byPath.delete(path);
  }

  return {
    apply(files) {
      const touched = touchedBy(files);
      for (const { path, after } of files) store(path, after);
      return [...touched].flatMap(([key, touch]) =>
        describeTouch(key, touch, (paths.get(key)?.size ?? 0) > 0),
      );
    },
  };
}

interface Touch {
  wasUsed: boolean;
  /** Undefined: not declared in that manifest; null: declared without a version. */
  versions: { path: string; before: string | null | undefined; after: string | null | undefined }[];
}

function describeTouch(key: string, touch: Touch, isUsed: boolean): HistoryChange[] {
  const separator = key.indexOf(':');
  const subject = { ecosystem: key.slice(0, separator), packageName: key.slice(separator + 1) };
  if (!touch.wasUsed && isUsed) {
    const first = touch.versions.find((version) => version.after !== undefined);
    return [
      {
        ...subject,
        path: first?.path ?? '',
        change: 'entered',
        versionBefore: null,
        versionAfter: first?.after ?? null,
      },
    ];
  }
  if (touch.wasUsed && !isUsed) {
    const last = touch.versions.find((version) => version.before !== undefined);
    return [
      {
        ...subject,
        path: last?.path ?? '',
        change: 'left',
        versionBefore: last?.before ?? null,
        versionAfter: null,
      },
    ];
  }
  // The same step in several manifests of a monorepo is told once.
  const steps = new Map<string, HistoryChange>();
  for (const { path, before, after } of touch.versions) {
    if (before === undefined || after === undefined || before === after) continue;
    steps.set(`${before} ${after}`, {
      ...subject,
      path,
      change: 'version',
      versionBefore: before,
      versionAfter: after,
    });
  }
  return [...steps.values()];
}
