import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { Decrypter, Encrypter } from 'age-encryption';
import { appError } from '#platform/errors/index.ts';
import { free } from './free.ts';

// age 1 (age-encryption.org/v1). The library makes and opens headers; the payload, which is nearly all of the work,
// goes through Node's own cipher: measured nine times as fast as the library's in JavaScript.
const CHUNK = 64 * 1024;
const TAG = 16;
const FRAME = CHUNK + TAG;
/** So many chunks are passed on at once: each piece costs every stage a turn. */
const JOINED = 8;
const NONCE = 16;
const EMPTY_PAYLOAD = TAG;
const MAX_HEADER = 64 * 1024;
const CIPHER = 'chacha20-poly1305';

/** What bytes pass through. A piece is only to be used until the next one is asked for. */
export type Stage = (source: AsyncIterable<Uint8Array>) => AsyncGenerator<Uint8Array>;

/** Encrypts for all of the recipients. */
export async function encryptFor(recipients: readonly string[]): Promise<Stage> {
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  let fileKey = new Uint8Array();
  // Adds nothing to the header: it only hears the key that all others wrap.
  encrypter.addRecipient({
    wrapFileKey(key) {
      fileKey = Uint8Array.from(key);
      return [];
    },
  });
  const empty = await encrypter.encrypt(new Uint8Array());
  const header = empty.subarray(0, empty.length - NONCE - EMPTY_PAYLOAD);
  const nonce = randomBytes(NONCE);
  return async function* encrypt(source) {
    yield Buffer.concat([header, nonce]);
    yield* joined(source, CHUNK, createSealer(payloadKey(fileKey, nonce)));
  };
}

/** Decrypts; fails with `backup-identity-wrong` or `backup-part-damaged`, at the end at the latest. */
export function decryptWith(identities: readonly string[], name: string): Stage {
  return async function* decrypt(source) {
    try {
      const pieces = source[Symbol.asyncIterator]();
      const { header, nonce, rest } = await readHead(pieces);
      const fileKey = await openHeader(header, identities, name);
      yield* joined(startingWith(rest, pieces), FRAME, createOpener(payloadKey(fileKey, nonce)));
    } catch (error) {
      throw damagedUnlessKnown(error, name);
    }
  };
}

/** What comes out of the payload's chunks, some at once, in memory that is used again. */
async function* joined(
  source: AsyncIterable<Uint8Array>,
  size: number,
  turn: (chunk: Uint8Array, last: boolean, into: Buffer) => number,
): AsyncGenerator<Buffer> {
  const out = Buffer.allocUnsafe(JOINED * FRAME);
  let length = 0;
  for await (const { chunk, last } of cut(source, size)) {
    length += turn(chunk, last, out.subarray(length));
    if (!last && length + FRAME <= out.length) continue;
    yield out.subarray(0, length);
    length = 0;
  }
}

/** Chunks of one size; the last may be shorter, and is known when nothing comes after it. */
async function* cut(
  source: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<{ chunk: Uint8Array; last: boolean }> {
  const held = Buffer.allocUnsafe(size);
  let length = 0;
  for await (const piece of source) {
    let at = 0;
    while (length + piece.length - at > size) {
      const end = at + size - length;
      if (length > 0) held.set(piece.subarray(at, end), length);
      yield { chunk: length > 0 ? held : piece.subarray(at, end), last: false };
      at = end;
      length = 0;
    }
    held.set(piece.subarray(at), length);
    length += piece.length - at;
  }
  yield { chunk: held.subarray(0, length), last: true };
}

async function readHead(
  pieces: AsyncIterator<Uint8Array>,
): Promise<{ header: Buffer; nonce: Buffer; rest: Buffer }> {
  let head: Buffer = Buffer.alloc(0);
  while (head.length <= MAX_HEADER) {
    const next = await pieces.next();
    if (next.done) break;
    head = Buffer.concat([head, next.value]);
    const length = headerLength(head);
    if (length === undefined || head.length < length + NONCE) continue;
    const end = length + NONCE;
    return { header: head.subarray(0, length), nonce: head.subarray(length, end), rest: head.subarray(end) };
  }
  throw new Error('it has no header of age');
}

async function* startingWith(
  first: Uint8Array,
  pieces: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield first;
  yield* { [Symbol.asyncIterator]: () => pieces };
}

async function openHeader(header: Buffer, identities: readonly string[], name: string): Promise<Uint8Array> {
  const decrypter = new Decrypter();
  for (const identity of identities) decrypter.addIdentity(identity);
  try {
    return await decrypter.decryptHeader(header);
  } catch (error) {
    if (!(error instanceof Error) || !error.message.includes('identit')) throw error;
    throw appError('backup-identity-wrong', 409, `${name} is encrypted for another identity.`, {
      remedy: 'Set BACKUP_IDENTITY (or _FILE) to the one that belongs to a recipient of the set.',
      cause: error,
    });
  }
}

/** Up to and with the line that authenticates it; undefined as long as that has not come. */
function headerLength(bytes: Buffer): number | undefined {
  const at = bytes.indexOf('\n--- ');
  const end = at < 0 ? -1 : bytes.indexOf('\n', at + 1);
  return end < 0 ? undefined : end + 1;
}

function payloadKey(fileKey: Uint8Array, nonce: Uint8Array): Buffer {
  return Buffer.from(hkdfSync('sha256', fileKey, nonce, 'payload', 32));
}

/** Counts chunks: eleven bytes of number, one that marks the last. */
function createNonces(): (last: boolean) => Buffer {
  let counter = 0n;
  return (last) => {
    const nonce = Buffer.alloc(12);
    nonce.writeBigUInt64BE(counter, 3);
    nonce[11] = last ? 1 : 0;
    counter += 1n;
    return nonce;
  };
}

/** Writes what a chunk becomes into `into` and returns its length. */
function createSealer(key: Buffer): (chunk: Uint8Array, last: boolean, into: Buffer) => number {
  const nextNonce = createNonces();
  return (chunk, last, into) => {
    const cipher = createCipheriv(CIPHER, key, nextNonce(last), { authTagLength: TAG });
    move(cipher.update(chunk), into);
    cipher.final();
    into.set(cipher.getAuthTag(), chunk.length);
    return chunk.length + TAG;
  };
}

function createOpener(key: Buffer): (chunk: Uint8Array, last: boolean, into: Buffer) => number {
  const nextNonce = createNonces();
  return (chunk, last, into) => {
    const length = chunk.length - TAG;
    if (length < 0) throw new Error('it ends too early');
    const decipher = createDecipheriv(CIPHER, key, nextNonce(last), { authTagLength: TAG });
    decipher.setAuthTag(chunk.subarray(length));
    move(decipher.update(chunk.subarray(0, length)), into);
    decipher.final();
    return length;
  };
}

/** What a cipher gives is in memory of its own. */
function move(piece: Uint8Array, into: Buffer): void {
  into.set(piece);
  free(piece);
}

function damagedUnlessKnown(error: unknown, name: string): Error {
  if (error instanceof Error && 'code' in error && String(error.code).startsWith('backup-')) return error;
  return damaged(name, 'it cannot be decrypted', error);
}

/** What a part is that is not as it was written. */
export function damaged(name: string, why: string, cause?: unknown): Error {
  return appError('backup-part-damaged', 409, `${name} is damaged: ${why}.`, {
    remedy: 'Use another copy of this set, or another set.',
    cause,
  });
}
