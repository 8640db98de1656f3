import type { Stats } from 'node:fs';

// The ustar format, as far as regular files with short names need it.
const BLOCK = 512;
const SIZE_LIMIT = 8 ** 11;

export interface TarEntry {
  name: string;
  size: number;
  modifiedAt?: Stats['mtime'];
  content: AsyncIterable<Uint8Array>;
}

/** Writes entries one after the other; fails if one is not as long as it says. */
export async function* writeTar(entries: AsyncIterable<TarEntry>): AsyncGenerator<Buffer> {
  for await (const entry of entries) {
    yield header(entry);
    let written = 0;
    for await (const chunk of entry.content) {
      written += chunk.length;
      yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    }
    if (written !== entry.size) throw new Error(`${entry.name} has changed while it was read.`);
    yield padding(entry.size);
  }
  yield Buffer.alloc(2 * BLOCK);
}

function header({ name, size, modifiedAt = new Date(0) }: TarEntry): Buffer {
  if (Buffer.byteLength(name) > 100 || size >= SIZE_LIMIT)
    throw new Error(`${name} does not fit into a tar file.`);
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, length: number): void => {
    block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1');
  };
  block.write(name, 0, 'utf8');
  octal(0o600, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(Math.floor(modifiedAt.getTime() / 1000), 136, 12);
  block.write('        0', 148, 'latin1');
  block.write('ustar\x0000', 257, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

const padding = (size: number): Buffer => Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);

/** Takes pieces of a stream in the lengths that are asked for. */
function createReader(content: AsyncIterable<Uint8Array>): {
  take(most: number): Promise<Buffer>;
  exactly(length: number): Promise<Buffer>;
} {
  const iterator = content[Symbol.asyncIterator]();
  let rest = Buffer.alloc(0);
  const take = async (most: number): Promise<Buffer> => {
    while (rest.length === 0) {
      const next = await iterator.next();
      if (next.done) throw new Error('the archive ends too early');
      rest = Buffer.from(next.value);
    }
    const piece = rest.subarray(0, most);
    rest = rest.subarray(piece.length);
    return piece;
  };
  return {
    take,
    async exactly(length) {
      const pieces: Buffer[] = [];
      for (let left = length; left > 0; left -= pieces.at(-1)?.length ?? 0) pieces.push(await take(left));
      return Buffer.concat(pieces);
    },
  };
}

/** Reads what `writeTar` wrote. Each entry's content has to be read before the next is asked for. */
export async function* readTar(content: AsyncIterable<Uint8Array>): AsyncGenerator<TarEntry> {
  const reader = createReader(content);
  for (;;) {
    const block = await reader.exactly(BLOCK);
    if (block[0] === 0) break;
    const field = (at: number, length: number): string =>
      block.toString('utf8', at, at + length).replace(/\0.*$/s, '');
    const size = Number.parseInt(field(124, 12), 8);
    if (field(257, 6) !== 'ustar' || !Number.isSafeInteger(size))
      throw new Error('the archive is no tar file');
    yield { name: field(0, 100), size, content: take(size) };
    await reader.exactly(padding(size).length);
  }
  // What hashes the stream wants to see its end.
  for await (const _ of drain());

  async function* take(size: number): AsyncGenerator<Buffer> {
    for (let left = size; left > 0; ) {
      const piece = await reader.take(left);
      left -= piece.length;
      yield piece;
    }
  }
  async function* drain(): AsyncGenerator<Buffer> {
    yield await reader.exactly(BLOCK);
    try {
      for (;;) yield await reader.take(BLOCK);
    } catch (error) {
      if (error instanceof Error && error.message === 'the archive ends too early') return;
      throw error;
    }
  }
}
