import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { appError } from '#platform/errors/index.ts';
import { parseManifest } from './manifest.ts';
import { type OffSiteStore, offSiteProblem, type Persistence, tryAgain } from './off-site.ts';
import { chooseCopy } from './off-site-copy.ts';

export interface OffSiteCheck {
  readonly set: string;
  readonly parts: number;
  readonly bytes: number;
  readonly seconds: number;
}

export interface CheckOptions {
  /** The newest whole one if not given. */
  readonly set?: string | undefined;
  /** Throws if the seal does not fit the manifest. */
  readonly checkSeal: (seal: Buffer, manifest: Buffer, set: string) => Promise<void>;
  readonly signal: AbortSignal;
  readonly persistence?: Persistence;
  readonly progress?: (done: number, total: number) => void;
}

const PERSISTENCE: Persistence = { attempts: 3, pauseMs: 2000 };

/**
 * Fetches every part of a copy and compares it with the manifest, and the manifest with its seal. Nothing is written,
 * so it needs no space.
 */
export async function checkOffSite(store: OffSiteStore, options: CheckOptions): Promise<OffSiteCheck> {
  const { signal } = options;
  const begin = performance.now();
  const copy = await chooseCopy(store, options.set, signal);
  const bytes = await buffer(await store.get(`${copy.name}/manifest.json`, signal));
  const manifest = parseManifest(bytes, copy.name);
  const seal = await buffer(await store.get(`${copy.name}/${manifest.seal}`, signal));
  await options.checkSeal(seal, bytes, copy.name);
  const parts = Object.entries(manifest.parts);
  const total = parts.reduce((sum, [, { size }]) => sum + size, 0);
  let done = 0;
  for (const [path, stored] of parts) {
    const read = () =>
      readThrough(store, `${copy.name}/${path}`, signal, (size) => options.progress?.(done + size, total));
    const found = await tryAgain(read, options.persistence ?? PERSISTENCE, signal);
    if (found.size !== stored.size || found.sha256 !== stored.sha256)
      throw partDamaged(store, copy.name, path);
    done += found.size;
  }
  return { set: copy.name, parts: parts.length, bytes: done, seconds: (performance.now() - begin) / 1000 };
}

/** A connection that breaks off says nothing about what is there. */
async function readThrough(
  store: OffSiteStore,
  key: string,
  signal: AbortSignal,
  progress: (size: number) => void,
): Promise<{ size: number; sha256: string }> {
  const hash = createHash('sha256');
  let size = 0;
  try {
    for await (const chunk of await store.get(key, signal)) {
      hash.update(chunk as Buffer);
      size += (chunk as Buffer).length;
      progress(size);
    }
  } catch (error) {
    throw offSiteProblem(store.name, 'unavailable', error);
  }
  return { size, sha256: hash.digest('hex') };
}

function partDamaged(store: OffSiteStore, set: string, path: string): Error {
  return appError(
    'off-site-damaged',
    422,
    `In ${store.name} the part ${path} of ${set} is not what was put there.`,
    {
      remedy: 'Remove this copy, so that the next backup puts it there again, and look into the store.',
    },
  );
}
