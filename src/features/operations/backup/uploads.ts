import { randomBytes } from 'node:crypto';
import { constants, createReadStream, createWriteStream } from 'node:fs';
import { copyFile, link, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { damaged } from './age.ts';
import { readTar, type TarEntry } from './tar.ts';

const KEY = /^[0-9a-f-]{36}$/;
const HELD = 'files.held-';

/** Uploads that stay as they are, whatever the application removes. */
export interface HeldUploads {
  /** Holds what has come since; what is held already stays. */
  hold(): Promise<void>;
  /** Those of `keys` that are held, for an archive, and those that are not. */
  select(keys: readonly string[]): Promise<{ entries: TarEntry[]; missing: string[] }>;
  /** Takes away what a backup that was killed has left; for whoever knows that no other one runs. */
  removeOthers(): Promise<void>;
  release(): Promise<void>;
}

/** Links each upload a second time, or copies it where the file system has no links. */
export async function holdUploads(dataDir: string): Promise<HeldUploads> {
  const source = join(dataDir, 'files');
  const id = `${HELD}${randomBytes(6).toString('hex')}`;
  const held = join(dataDir, id);
  // Whoever only makes backups may never have had a data directory.
  await mkdir(held, { mode: 0o700, recursive: true });
  return {
    async hold() {
      const present = await readdir(source).catch(() => []);
      for (const key of present.filter((name) => KEY.test(name)))
        await holdOne(join(source, key), join(held, key));
    },
    async select(keys) {
      const entries: TarEntry[] = [];
      const missing: string[] = [];
      for (const key of [...new Set(keys)].sort()) {
        const path = join(held, key);
        const found = await stat(path).catch(() => undefined);
        if (!found) missing.push(key);
        else {
          const content = lazily(path);
          entries.push({ name: key, size: found.size, modifiedAt: found.mtime, content });
        }
      }
      return { entries, missing };
    },
    async removeOthers() {
      for (const name of await readdir(dataDir)) {
        if (name.startsWith(HELD) && name !== id)
          await rm(join(dataDir, name), { recursive: true, force: true });
      }
    },
    release: () => rm(held, { recursive: true, force: true }),
  };
}

async function holdOne(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // It is held, or has been removed meanwhile.
    if (code === 'EEXIST' || code === 'ENOENT') return;
    await copyFile(from, to, constants.COPYFILE_EXCL).catch((failure: NodeJS.ErrnoException) => {
      if (failure.code !== 'EEXIST' && failure.code !== 'ENOENT') throw failure;
    });
  }
}

async function* lazily(path: string): AsyncGenerator<Buffer> {
  for await (const chunk of createReadStream(path)) yield chunk as Buffer;
}

export interface UploadCount {
  count: number;
  bytes: number;
}

/** Reads an archive of uploads to its end and counts; keeps nothing. */
export async function countUploads(content: AsyncIterable<Uint8Array>, part: string): Promise<UploadCount> {
  return eachUpload(content, part, async (entry) => {
    for await (const _ of entry.content);
  });
}

/** Puts uploads into a folder that is there, each whole or not at all; leaves those that are there already. */
export async function unpackUploads(
  content: AsyncIterable<Uint8Array>,
  part: string,
  directory: string,
): Promise<UploadCount> {
  const counted = await eachUpload(content, part, async (entry) => {
    const path = join(directory, entry.name);
    const partial = `${path}.restored`;
    await pipeline(Readable.from(entry.content), createWriteStream(partial, { mode: 0o600, flush: true }));
    // The same key is always the same content.
    await link(partial, path).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return;
      await rename(partial, path);
    });
    await rm(partial, { force: true });
  });
  const folder = await open(directory, 'r');
  await folder.sync().finally(() => folder.close());
  return counted;
}

async function eachUpload(
  content: AsyncIterable<Uint8Array>,
  part: string,
  work: (entry: TarEntry) => Promise<void>,
): Promise<UploadCount> {
  let count = 0;
  let bytes = 0;
  try {
    for await (const entry of readTar(content)) {
      if (!KEY.test(entry.name)) throw damaged(part, 'it holds something that is no upload');
      await work(entry);
      count += 1;
      bytes += entry.size;
    }
  } catch (error) {
    // What has a code is known already: a part that is damaged, a disk that is full.
    if (error instanceof Error && 'code' in error) throw error;
    throw damaged(part, 'it is not a whole archive of uploads', error);
  }
  return { count, bytes };
}
