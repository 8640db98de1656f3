import type { Stats } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract, type Pack, pack } from 'tar-stream';

/** Zeros that end an archive. */
const END_BYTES = 1024;

export interface TarEntry {
  name: string;
  size: number;
  modifiedAt?: Stats['mtime'];
  content: AsyncIterable<Uint8Array>;
}

/** Writes entries one after the other; fails if one is not as long as it says. */
export async function* writeTar(entries: AsyncIterable<TarEntry>): AsyncGenerator<Buffer> {
  const archive = pack();
  const filled = fill(archive, entries).catch((error: Error) => void archive.destroy(error));
  for await (const piece of archive) yield piece as Buffer;
  await filled;
}

async function fill(archive: Pack, entries: AsyncIterable<TarEntry>): Promise<void> {
  for await (const entry of entries) {
    const { name, size, modifiedAt = new Date(0) } = entry;
    await pipeline(exactly(entry), archive.entry({ name, size, mtime: modifiedAt, mode: 0o600 }));
  }
  archive.finalize();
}

async function* exactly({ name, size, content }: TarEntry): AsyncGenerator<Uint8Array> {
  let written = 0;
  for await (const chunk of content) {
    written += chunk.length;
    if (written > size) break;
    yield chunk;
  }
  if (written !== size) throw new Error(`${name} has changed while it was read.`);
}

/**
 * Reads an archive of files to its end, so that what hashes the stream sees that. Each entry's content has to be
 * read before the next is asked for.
 */
export async function* readTar(content: AsyncIterable<Uint8Array>): AsyncGenerator<TarEntry> {
  const archive = extract();
  const fed = pipeline(Readable.from(whole(content), { objectMode: false }), archive);
  // Its failure destroys the archive, whose reader hears of it.
  fed.catch(() => {});
  for await (const entry of archive) {
    const { name, size = 0, type } = entry.header;
    if (type !== 'file') throw new Error(`${name} is not a file`);
    yield { name, size, content: entry as AsyncIterable<Uint8Array> };
  }
  await fed;
}

/** The library takes an archive that was cut between two entries for a shorter one. */
async function* whole(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let end = Buffer.alloc(0);
  for await (const chunk of content) {
    end = Buffer.concat([end, chunk.subarray(-END_BYTES)]).subarray(-END_BYTES);
    // The library holds on to what it was given; whoever gives it uses its memory again.
    yield Buffer.from(chunk);
  }
  if (end.length < END_BYTES || end.some((byte) => byte !== 0)) throw new Error('the archive ends too early');
}
