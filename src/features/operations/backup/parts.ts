import { createHash } from 'node:crypto';
import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Transform } from 'node:stream';
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib';
import { damaged, decryptWith, encryptFor } from './age.ts';
import { free } from './free.ts';

/** A file of a set as it is stored. */
export interface StoredPart {
  size: number;
  sha256: string;
}

const LEVEL = 3;
const PIECE_BYTES = 512 * 1024;

/** Compresses, encrypts for the recipients (none: leaves it open) and writes a part that is on the disk when it resolves. */
export async function writePart(
  path: string,
  content: AsyncIterable<Uint8Array>,
  recipients: readonly string[],
): Promise<StoredPart> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const compress = createZstdCompress({
    chunkSize: PIECE_BYTES,
    params: { [constants.ZSTD_c_compressionLevel]: LEVEL, [constants.ZSTD_c_checksumFlag]: 1 },
  });
  const compressed = through(compress, content);
  const stored = recipients.length > 0 ? (await encryptFor(recipients))(compressed) : compressed;
  const meter = createMeter();
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const piece of stored) {
      meter.add(piece);
      await file.writeFile(piece);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return meter.result();
}

export interface PartSource {
  folder: string;
  /** The part's path in the set. */
  name: string;
  stored: StoredPart;
  identities: readonly string[];
  encrypted: boolean;
}

/**
 * A part as it was before it was compressed and encrypted; a piece is only to be used until the next one is asked for.
 * Fails with `backup-part-damaged`, `-missing` or
 * `backup-identity-wrong`, at its end at the latest; whoever stops before has not checked it.
 */
export async function* readPart(source: PartSource): AsyncGenerator<Buffer> {
  const { folder, name, stored, identities, encrypted } = source;
  const meter = createMeter();
  const packed = readFile(join(folder, name), meter);
  const decrypted = encrypted ? decryptWith(identities, name)(packed) : packed;
  try {
    yield* through(createZstdDecompress({ chunkSize: PIECE_BYTES }), decrypted);
  } catch (error) {
    throw explain(error, name);
  }
  const { size, sha256 } = meter.result();
  if (size !== stored.size || sha256 !== stored.sha256) {
    throw damaged(name, 'its SHA-256 is not the one that the manifest names');
  }
}

/** What comes out of a stream when the source goes into it, each piece when the one before was taken in. */
async function* through(stream: Transform, source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const fed = feed(stream, source).catch((error: Error) => {
    stream.destroy(error);
  });
  try {
    for await (const piece of stream as AsyncIterable<Buffer>) {
      yield piece;
      // The stream fills memory from its beginning to its end, and takes other memory then. What was joined of several
      // pieces may be in memory that Node shares out.
      const whole = piece.buffer.byteLength === PIECE_BYTES;
      if (whole && piece.byteOffset + piece.length === PIECE_BYTES) free(piece);
    }
  } finally {
    await fed;
  }
}

async function feed(stream: Transform, source: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const piece of source) {
    await takeIn(stream, piece);
    if (stream.destroyed) return;
  }
  stream.end();
}

/** A stream that fails while it works on a piece does not call back. */
function takeIn(stream: Transform, piece: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    stream.once('close', resolve);
    stream.write(piece, () => {
      stream.off('close', resolve);
      resolve();
    });
  });
}

/** Reads a file to its end and measures it. */
async function* readFile(path: string, meter: Meter): AsyncGenerator<Buffer> {
  const file = await open(path);
  try {
    const piece = Buffer.allocUnsafe(PIECE_BYTES);
    for (;;) {
      const { bytesRead } = await file.read(piece, 0, PIECE_BYTES);
      if (bytesRead === 0) return;
      meter.add(piece.subarray(0, bytesRead));
      yield piece.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

function explain(error: unknown, name: string): Error {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code.startsWith('backup-')) return error as Error;
  if (code === 'ENOENT') return damaged(name, 'it is not there', error);
  if (code.startsWith('E') && !code.startsWith('ERR_')) return error as Error;
  return damaged(name, 'it cannot be unpacked', error);
}

interface Meter {
  add(piece: Uint8Array): void;
  result(): StoredPart;
}

function createMeter(): Meter {
  const hash = createHash('sha256');
  let size = 0;
  return {
    add(piece) {
      hash.update(piece);
      size += piece.length;
    },
    result: () => ({ size, sha256: hash.digest('hex') }),
  };
}

export async function measureFile(path: string): Promise<StoredPart> {
  const meter = createMeter();
  for await (const _ of readFile(path, meter));
  return meter.result();
}
