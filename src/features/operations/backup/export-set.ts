import { createReadStream, createWriteStream } from 'node:fs';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { writeTar } from './tar.ts';

/** Writes a set into one tar file, which `tar xf` unpacks into a folder of the set's name. */
export async function exportSet(folder: string, name: string, target: string): Promise<{ bytes: number }> {
  const partial = `${target}.partial`;
  const entries = async function* () {
    const found = await readdir(folder, { recursive: true, withFileTypes: true });
    for (const entry of found.filter((each) => each.isFile())) {
      const path = join(entry.parentPath, entry.name);
      const { size, mtime } = await stat(path);
      const inside = relative(folder, path).split(sep).join('/');
      yield { name: `${name}/${inside}`, size, modifiedAt: mtime, content: createReadStream(path) };
    }
  };
  try {
    const file = createWriteStream(partial, { mode: 0o600, flush: true });
    await pipeline(Readable.from(writeTar(entries()), { objectMode: false }), file);
    await rename(partial, target);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
  return { bytes: (await stat(target)).size };
}
