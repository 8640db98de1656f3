import { satisfies, validRange } from 'semver';
import { folderOf } from './detectors/source-lines.ts';
import type { Finding } from './types.ts';

/** A finding and the file it was read in. */
export interface Located extends Finding {
  path: string;
}

/** The folders from this one up to the root. */
export function foldersUp(folder: string): string[] {
  const folders: string[] = [];
  for (let current = folder; current !== ''; current = folderOf(current)) folders.push(current);
  return [...folders, ''];
}

/** One key for one package, however its ecosystem lets people spell it. */
export function packageKey(ecosystem: string, name: string): string {
  const plain = ecosystem === 'pypi' ? name.toLowerCase().replace(/[-_.]+/g, '-') : name;
  return `${ecosystem}:${plain}`;
}

export interface LockIndex {
  /** The entry of the nearest lockfile that answers what a manifest asks for. */
  find(wish: Located): Located | undefined;
}

/** Puts the entries of all lockfiles into an index by package. */
export function indexLocks(locks: readonly Located[]): LockIndex {
  const byPackage = new Map<string, Located[]>();
  for (const lock of locks) {
    const key = packageKey(lock.ecosystem, lock.name);
    const known = byPackage.get(key);
    if (known) known.push(lock);
    else byPackage.set(key, [lock]);
  }
  return {
    find(wish) {
      const candidates = byPackage.get(packageKey(wish.ecosystem, wish.name));
      if (!candidates) return undefined;
      for (const folder of foldersUp(folderOf(wish.path))) {
        const here = candidates.filter((lock) => folderOf(lock.path) === folder);
        const found = here.length > 0 ? choose(wish, here, folder) : undefined;
        if (found) return found;
      }
      return undefined;
    },
  };
}

function choose(wish: Located, entries: readonly Located[], lockFolder: string): Located | undefined {
  const from = folderOf(wish.path);
  const inside = lockFolder === '' ? from : from.slice(lockFolder.length).replace(/^\//, '');
  for (const component of foldersUp(inside)) {
    const own = entries.find((entry) => entry.lockedFor?.component === component);
    if (own) return own;
  }
  const range = (wish.versionDeclared ?? '').replace(/^npm:/, '');
  const asked = entries.find((entry) => entry.lockedFor?.ranges?.includes(range));
  if (asked) return asked;
  const free = entries.filter((entry) => entry.lockedFor?.component === undefined);
  if (new Set(free.map((entry) => entry.versionLocked)).size <= 1) return free[0];
  const wanted = wish.ecosystem === 'cargo' && /^\d/.test(range) ? `^${range}` : range;
  if (validRange(wanted) === null) return undefined;
  return free.find((entry) => satisfies(entry.versionLocked ?? '', wanted, { includePrerelease: true }));
}
