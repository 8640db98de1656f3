import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { appError } from '#platform/errors/index.ts';
import type { OffSiteStore } from './off-site.ts';
import { isSetName } from './set-folder.ts';

/** Written last and removed first: without it a copy is none. */
const MANIFEST = 'manifest.json';
const VERIFICATION = 'verification.json';

export interface OffSiteSet {
  readonly name: string;
  /** Whether all of it has been there: its manifest is. */
  readonly whole: boolean;
  /** Whether it had been verified when it was copied. */
  readonly verified: boolean;
  readonly bytes: number;
  readonly keys: readonly string[];
}

/** The sets that are elsewhere, the oldest first, also those whose copy was broken off. */
export async function listOffSite(store: OffSiteStore, signal: AbortSignal): Promise<OffSiteSet[]> {
  const sets = new Map<string, { key: string; size: number }[]>();
  for (const object of await store.list('', signal)) {
    const [name = ''] = object.key.split('/');
    if (isSetName(name)) sets.set(name, [...(sets.get(name) ?? []), object]);
  }
  return [...sets]
    .map(([name, objects]) => ({
      name,
      whole: objects.some(({ key }) => key === `${name}/${MANIFEST}`),
      verified: objects.some(({ key }) => key === `${name}/${VERIFICATION}`),
      bytes: objects.reduce((sum, { size }) => sum + size, 0),
      keys: objects.map(({ key }) => key),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The copy of this name, or the newest whole one. Throws AppError `off-site-empty`. */
export async function chooseCopy(
  store: OffSiteStore,
  set: string | undefined,
  signal: AbortSignal,
): Promise<OffSiteSet> {
  const whole = (await listOffSite(store, signal)).filter((copy) => copy.whole);
  const copy = set === undefined ? whole.at(-1) : whole.find(({ name }) => name === set);
  if (copy) return copy;
  const wanted = set === undefined ? '' : ` of ${set}`;
  throw appError('off-site-empty', 404, `${store.name} holds no whole copy${wanted}.`, {
    remedy: 'Make a backup; it is copied when it has been verified.',
  });
}

/** Puts one set there, its manifest last. What an earlier try has put whole is put again: nothing is trusted unseen. */
export async function copyOffSite(
  store: OffSiteStore,
  set: { readonly name: string; readonly folder: string },
  { signal, progress }: { signal: AbortSignal; progress?: (done: number, total: number) => void },
): Promise<{ bytes: number }> {
  const files = await measureFiles(set.folder, signal);
  const total = files.reduce((sum, { size }) => sum + size, 0);
  let done = 0;
  for (const { path, size, sha256 } of files) {
    const upload = {
      key: `${set.name}/${path}`,
      size,
      sha256,
      open: () => createReadStream(join(set.folder, path)),
    };
    await store.put(upload, signal);
    done += size;
    progress?.(done, total);
  }
  return { bytes: total };
}

async function measureFiles(folder: string, signal: AbortSignal) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
  const measured = [];
  for (const path of paths.sort(
    (a, b) => Number(a === MANIFEST) - Number(b === MANIFEST) || (a < b ? -1 : 1),
  )) {
    const hash = createHash('sha256');
    let size = 0;
    await pipeline(
      createReadStream(join(folder, path)),
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          size += chunk.length;
          yield chunk;
        }
      },
      hash,
      { signal },
    );
    measured.push({ path, size, sha256: hash.digest('hex') });
  }
  return measured;
}

/** Takes a set away, its manifest first, so that what is left of it can't be taken for a set. */
export async function removeOffSite(
  store: OffSiteStore,
  set: Pick<OffSiteSet, 'name' | 'keys'>,
  signal: AbortSignal,
): Promise<'removed' | 'locked'> {
  const manifest = `${set.name}/${MANIFEST}`;
  for (const key of [...set.keys].sort((a, b) => Number(b === manifest) - Number(a === manifest))) {
    if ((await store.remove(key, signal)) === 'locked') return 'locked';
  }
  return 'removed';
}
