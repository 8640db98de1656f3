import { createWriteStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { appError } from '#platform/errors/index.ts';
import { newId } from '#platform/ids/index.ts';

export interface Files {
  /** Stores a stream whole or not at all; returns the key to read it by. */
  write(content: Readable): Promise<string>;
  read(key: string): Promise<Buffer>;
  remove(key: string): Promise<void>;
}

/** Uploaded files in one folder. A key is a name this module made, never a path from outside. */
export function createFiles(directory: string): Files {
  const pathOf = (key: string): string => {
    if (!/^[0-9a-f-]{36}$/.test(key))
      throw appError('file-key-invalid', 400, 'That is not the key of a stored file.');
    return join(directory, key);
  };
  return {
    async write(content) {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const key = newId();
      const partial = `${pathOf(key)}.partial`;
      try {
        await pipeline(content, createWriteStream(partial, { mode: 0o600 }));
        const file = await open(partial, 'r');
        await file.sync().finally(() => file.close());
        await rename(partial, pathOf(key));
      } catch (error) {
        await rm(partial, { force: true });
        throw error;
      }
      return key;
    },
    read: (key) => readFile(pathOf(key)),
    remove: (key) => rm(pathOf(key), { force: true }),
  };
}
