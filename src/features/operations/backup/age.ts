import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';
import { Decrypter, Encrypter } from 'age-encryption';
import { appError } from '#platform/errors/index.ts';

// age 1 (age-encryption.org/v1). The library makes and opens headers; the payload, which is nearly all of the work,
// goes through Node's own cipher: measured nine times as fast as the library's in JavaScript.
const CHUNK = 64 * 1024;
const TAG = 16;
const NONCE = 16;
const EMPTY_PAYLOAD = TAG;
const MAX_HEADER = 64 * 1024;
const CIPHER = 'chacha20-poly1305';

/** Encrypts a stream for all of the recipients. */
export async function encryptFor(recipients: readonly string[]): Promise<Transform> {
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
  const seal = createPayloadSealer(payloadKey(fileKey, nonce));
  let pending: Buffer = Buffer.alloc(0);
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      pending = Buffer.concat([pending, chunk]);
      // The last chunk is marked, so one is kept back until it is known whether more comes.
      let at = 0;
      for (; pending.length - at > CHUNK; at += CHUNK)
        this.push(seal(pending.subarray(at, at + CHUNK), false));
      pending = pending.subarray(at);
      done();
    },
    flush(done) {
      this.push(seal(pending, true));
      done();
    },
  });
  stream.push(Buffer.concat([header, nonce]));
  return stream;
}

/** Decrypts a stream; fails with `backup-identity-wrong` or `backup-part-damaged`, at the end at the latest. */
export function decryptWith(identities: readonly string[], name: string): Transform {
  let pending: Buffer = Buffer.alloc(0);
  let open: ReturnType<typeof createPayloadOpener> | undefined;
  const take = (last: boolean): Buffer[] => {
    const pieces: Buffer[] = [];
    if (!open) return pieces;
    let at = 0;
    for (; pending.length - at > CHUNK + TAG; at += CHUNK + TAG) {
      pieces.push(open(pending.subarray(at, at + CHUNK + TAG), false));
    }
    pending = pending.subarray(at);
    if (last) pieces.push(open(pending, true));
    return pieces;
  };
  const begin = async (last: boolean): Promise<void> => {
    const length = headerLength(pending);
    if (length === undefined || pending.length < length + NONCE) {
      if (last || pending.length > MAX_HEADER) throw new Error('it has no header of age');
      return;
    }
    const fileKey = await openHeader(pending.subarray(0, length), identities, name);
    open = createPayloadOpener(payloadKey(fileKey, pending.subarray(length, length + NONCE)));
    pending = pending.subarray(length + NONCE);
  };
  const work = async (stream: Transform, last: boolean, done: TransformCallback): Promise<void> => {
    try {
      if (!open) await begin(last);
      for (const piece of take(last)) stream.push(piece);
      done();
    } catch (error) {
      done(damagedUnlessKnown(error, name));
    }
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      pending = Buffer.concat([pending, chunk]);
      void work(this, false, done);
    },
    flush(done) {
      void work(this, true, done);
    },
  });
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

function createPayloadSealer(key: Buffer): (chunk: Buffer, last: boolean) => Buffer {
  const nextNonce = createNonces();
  return (chunk, last) => {
    const cipher = createCipheriv(CIPHER, key, nextNonce(last), { authTagLength: TAG });
    return Buffer.concat([cipher.update(chunk), cipher.final(), cipher.getAuthTag()]);
  };
}

function createPayloadOpener(key: Buffer): (chunk: Buffer, last: boolean) => Buffer {
  const nextNonce = createNonces();
  return (chunk, last) => {
    if (chunk.length < TAG) throw new Error('it ends too early');
    const decipher = createDecipheriv(CIPHER, key, nextNonce(last), { authTagLength: TAG });
    decipher.setAuthTag(chunk.subarray(chunk.length - TAG));
    return Buffer.concat([decipher.update(chunk.subarray(0, chunk.length - TAG)), decipher.final()]);
  };
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
