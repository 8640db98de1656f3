import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib';
import { damaged, decryptWith, encryptFor } from './age.ts';

/** A file of a set as it is stored. */
export interface StoredPart {
  size: number;
  sha256: string;
}

const LEVEL = 3;
// Fewer and larger pieces: each costs a turn of every stage.
const PIECE_BYTES = 512 * 1024;

/** Compresses, encrypts for the recipients (none: leaves it open) and writes a part that is on the disk when it resolves. */
export async function writePart(
  path: string,
  content: AsyncIterable<Uint8Array>,
  recipients: readonly string[],
): Promise<StoredPart> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const meter = createMeter();
  const compress = createZstdCompress({
    params: { [constants.ZSTD_c_compressionLevel]: LEVEL, [constants.ZSTD_c_checksumFlag]: 1 },
  });
  const encrypt = recipients.length > 0 ? [await encryptFor(recipients)] : [];
  const file = createWriteStream(path, { mode: 0o600, flags: 'wx', flush: true });
  await pipeline([Readable.from(content, { objectMode: false }), compress, ...encrypt, meter.stream, file]);
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
 * A part as it was before it was compressed and encrypted. Fails with `backup-part-damaged`, `-missing` or
 * `backup-identity-wrong`, at its end at the latest; whoever stops before has not checked it.
 */
export async function* readPart(source: PartSource): AsyncGenerator<Buffer> {
  const { folder, name, stored, identities, encrypted } = source;
  const meter = createMeter();
  const decrypt = encrypted ? [decryptWith(identities, name)] : [];
  const stages = [
    createReadStream(join(folder, name), { highWaterMark: PIECE_BYTES }),
    meter.stream,
    ...decrypt,
    createZstdDecompress({ chunkSize: PIECE_BYTES }),
  ];
  const out = new Transform({
    transform(chunk, _encoding, done) {
      done(null, chunk);
    },
  });
  const finished = pipeline([...stages, out]).then(
    () => undefined,
    (error: unknown) => error,
  );
  try {
    for await (const chunk of out) yield chunk as Buffer;
  } catch {
    // The pipeline says why below.
  }
  const failure = await finished;
  if (failure !== undefined) throw explain(failure, name);
  const { size, sha256 } = meter.result();
  if (size !== stored.size || sha256 !== stored.sha256) {
    throw damaged(name, 'its SHA-256 is not the one that the manifest names');
  }
}

function explain(error: unknown, name: string): Error {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code.startsWith('backup-')) return error as Error;
  if (code === 'ENOENT') return damaged(name, 'it is not there', error);
  if (code.startsWith('E') && !code.startsWith('ERR_')) return error as Error;
  return damaged(name, 'it cannot be unpacked', error);
}

/** Passes bytes on and measures them. */
function createMeter(): { stream: Transform; result(): StoredPart } {
  const hash = createHash('sha256');
  let size = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      size += chunk.length;
      done(null, chunk);
    },
  });
  return { stream, result: () => ({ size, sha256: hash.digest('hex') }) };
}

export async function measureFile(path: string): Promise<StoredPart> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of createReadStream(path)) {
    hash.update(chunk as Buffer);
    size += (chunk as Buffer).length;
  }
  return { size, sha256: hash.digest('hex') };
}
