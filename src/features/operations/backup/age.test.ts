import { randomBytes } from 'node:crypto';
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { beforeAll, describe, expect, test } from 'vitest';
import { decryptWith, encryptFor } from './age.ts';

const CHUNK = 64 * 1024;
// Around the borders of a chunk, where the last one is marked.
const SIZES = [
  0,
  1,
  CHUNK - 1,
  CHUNK,
  CHUNK + 1,
  2 * CHUNK,
  3 * CHUNK + 17,
  8 * CHUNK,
  8 * CHUNK + 1,
  17 * CHUNK,
];

let identity: string;
let recipient: string;

beforeAll(async () => {
  identity = await generateX25519Identity();
  recipient = await identityToRecipient(identity);
});

const encrypt = async (plain: Buffer, recipients = [recipient]): Promise<Buffer> =>
  collect((await encryptFor(recipients))(inPieces(plain, 100_000)));

function decrypt(bytes: Buffer, identities = [identity]): Promise<Buffer> {
  return collect(decryptWith(identities, 'part')(inPieces(bytes, 1000)));
}

/** As a disk or a network may give them, in memory that is used again. */
async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  const piece = Buffer.alloc(size);
  for (let at = 0; at < bytes.length; at += size)
    yield piece.subarray(0, bytes.copy(piece, 0, at, at + size));
}

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const copies: Buffer[] = [];
  for await (const piece of pieces) copies.push(Buffer.from(piece));
  return Buffer.concat(copies);
}

describe('encryption', () => {
  test.each(SIZES)('of %i bytes is opened by any program of age', async (size) => {
    const plain = randomBytes(size);
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    expect(Buffer.compare(Buffer.from(await decrypter.decrypt(await encrypt(plain))), plain)).toBe(0);
  });

  test.each(SIZES)('of %i bytes by another program is opened', async (size) => {
    const plain = randomBytes(size);
    const encrypter = new Encrypter();
    encrypter.addRecipient(recipient);
    expect(Buffer.compare(await decrypt(Buffer.from(await encrypter.encrypt(plain))), plain)).toBe(0);
  });

  test('is opened by each of several recipients, and by nobody else', async () => {
    const second = await generateX25519Identity();
    const bytes = await encrypt(Buffer.from('x'), [recipient, await identityToRecipient(second)]);
    expect((await decrypt(bytes)).toString()).toBe('x');
    expect((await decrypt(bytes, [await generateX25519Identity(), second])).toString()).toBe('x');
    await expect(decrypt(bytes, [await generateX25519Identity()])).rejects.toMatchObject({
      code: 'backup-identity-wrong',
    });
  });

  test('that is cut, also where a chunk ends, is not opened', async () => {
    const bytes = await encrypt(randomBytes(3 * CHUNK));
    const header = bytes.length - 3 * (CHUNK + 16);
    for (const length of [10, header, header + 5, header + CHUNK + 16, bytes.length - 1]) {
      await expect(decrypt(bytes.subarray(0, length)), String(length)).rejects.toMatchObject({
        code: 'backup-part-damaged',
      });
    }
  });
});
