import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { appError } from '#platform/errors/index.ts';
import { parseManifest } from './manifest.ts';
import type { OffSiteStore } from './off-site.ts';
import { chooseCopy } from './off-site-copy.ts';
import { checkSeal } from './seal.ts';

/** Brings a copy back as a set, which is then verified and restored like any other. Returns its name. */
export async function fetchCopy(
  store: OffSiteStore,
  folder: string,
  { set, signal }: { set?: string | undefined; signal: AbortSignal },
): Promise<string> {
  const copy = await chooseCopy(store, set, signal);
  // Under a name that no list takes for a set, until all of it is there.
  const partial = join(folder, `${copy.name}-${randomBytes(3).toString('hex')}.fetched`);
  try {
    for (const key of copy.keys) {
      const path = join(partial, key.slice(copy.name.length + 1));
      if (!path.startsWith(`${partial}/`)) throw new Error('A key leads out of its set.');
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await pipeline(await store.get(key, signal), createWriteStream(path, { mode: 0o600, flush: true }), {
        signal,
      });
    }
    await rename(partial, join(folder, copy.name)).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'ENOTEMPTY' && cause.code !== 'EEXIST') throw cause;
      throw appError('backup-there', 409, `${copy.name} is in ${folder} already.`, {
        remedy: 'Use it as it is, or move it away first.',
      });
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return copy.name;
}

/** For a copy of which only manifest and seal are here. */
export async function checkFetchedSeal(
  { seal, manifest, name }: { seal: Buffer; manifest: Buffer; name: string },
  identities: readonly string[],
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'commandcenter-seal-'));
  try {
    const parsed = parseManifest(manifest, name);
    await writeFile(join(folder, parsed.seal), seal, { mode: 0o600 });
    await checkSeal(folder, manifest, { manifest: parsed, identities });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
