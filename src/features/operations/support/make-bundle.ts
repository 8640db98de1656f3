import { createWriteStream } from 'node:fs';
import { basename } from 'node:path';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { appError } from '#platform/errors/index.ts';
import { writeTar } from '../backup/tar.ts';
import type { Scrubber } from './scrub.ts';

export interface BundleFile {
  readonly name: string;
  /** A text is written as it is, everything else as JSON. */
  readonly content: unknown;
}

export interface Bundle {
  /** Where it is; null if it was written elsewhere. */
  readonly file: string | null;
  readonly files: readonly string[];
}

/**
 * Writes a bundle as .tar.gz, into a file that only its maker can read or into a stream. Every file goes through the scrubber, whatever was taken
 * out of it before. Throws `bundle-exists` if the file is there.
 */
export async function makeBundle(
  target: string | Writable,
  { files, scrubber, at }: { files: readonly BundleFile[]; scrubber: Scrubber; at: Date },
): Promise<Bundle> {
  const file = typeof target === 'string' ? target : null;
  const folder = basename(file ?? 'commandcenter-support').replace(/\.(tar\.gz|tgz)$/, '');
  const entries = files.map(({ name, content }) => ({
    name: `${folder}/${name}`,
    bytes: Buffer.from(
      typeof content === 'string'
        ? scrubber.text(content)
        : `${JSON.stringify(scrubber.value(content), null, 2)}\n`,
    ),
  }));
  const tar = writeTar(
    (async function* () {
      for (const { name, bytes } of entries) {
        yield {
          name,
          size: bytes.length,
          modifiedAt: at,
          content: Readable.from([bytes], { objectMode: false }),
        };
      }
    })(),
  );
  try {
    const to = typeof target === 'string' ? createWriteStream(target, { flags: 'wx', mode: 0o600 }) : target;
    await pipeline(Readable.from(tar), createGzip(), to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw appError('bundle-exists', 409, `${file} is there already.`, { remedy: 'Name another file.' });
  }
  return { file, files: entries.map(({ name }) => name) };
}
