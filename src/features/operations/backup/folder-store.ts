import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '#platform/errors/index.ts';
import { type OffSiteStore, type OffSiteUpload, offSiteProblem } from './off-site.ts';
import { observe } from './off-site-stream.ts';

const PARTIAL = '.partial';

/** Copies in a folder: a mount of another host, or a disk that is carried away. It has to be there. */
export function openFolderStore(folder: string, { silenceMs }: { silenceMs: number }): OffSiteStore {
  const explained = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw explain(folder, error);
    }
  };
  return {
    name: folder,
    put: (upload, signal) => explained(() => putFile(folder, upload, { silenceMs, signal })),
    get: (key, signal) =>
      explained(async () => {
        const path = join(folder, key);
        await stat(path);
        return createReadStream(path, { signal });
      }),
    list: (prefix) => explained(() => listFiles(folder, prefix)),
    remove: (key) =>
      explained(async () => {
        await rm(join(folder, key), { force: true });
        // The folders of a set go with its last file.
        for (let parent = dirname(key); parent !== '.'; parent = dirname(parent)) {
          await rmdir(join(folder, parent)).catch(() => undefined);
        }
        return 'removed' as const;
      }),
    close: () => {},
  };
}

async function putFile(
  folder: string,
  upload: OffSiteUpload,
  { silenceMs, signal }: { silenceMs: number; signal: AbortSignal },
): Promise<void> {
  // A mount point without its mount is an empty folder, or none; it is never made here.
  await stat(folder);
  const path = join(folder, upload.key);
  const temporary = `${path}.${randomBytes(4).toString('hex')}${PARTIAL}`;
  await mkdir(dirname(path), { recursive: true });
  try {
    await pipeline(upload.open(), observe({ silenceMs }), createWriteStream(temporary, { flush: true }), {
      signal,
    });
    if ((await hashOf(createReadStream(temporary), silenceMs, signal)) !== upload.sha256) {
      throw offSiteProblem(folder, 'damaged');
    }
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

async function hashOf(stream: Readable, silenceMs: number, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(stream, observe({ silenceMs }), hash, { signal });
  return hash.digest('hex');
}

/** A name is on the disk when its folder is. */
async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    // Some network mounts know nothing of it.
    await handle.sync().catch(() => undefined);
  } finally {
    await handle.close();
  }
}

async function listFiles(folder: string, prefix: string) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !entry.name.endsWith(PARTIAL));
  const found = files
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({
      path,
      key: relative(folder, path).split(sep).join('/'),
    }));
  const wanted = found.filter(({ key }) => key.startsWith(prefix));
  return Promise.all(wanted.map(async ({ path, key }) => ({ key, size: (await stat(path)).size })));
}

function explain(folder: string, error: unknown): unknown {
  if (error instanceof AppError) return error;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (code === 'ABORT_ERR') return error;
  if (code === 'ENOENT' || code === 'ENOTDIR') return offSiteProblem(folder, 'missing', error);
  if (['EACCES', 'EPERM', 'EROFS'].includes(code)) return offSiteProblem(folder, 'denied', error);
  return offSiteProblem(folder, 'unavailable', error);
}
