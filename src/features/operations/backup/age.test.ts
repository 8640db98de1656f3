import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { beforeAll, describe, expect, test } from 'vitest';
import { decryptWith, encryptFor } from './age.ts';

const CHUNK = 64 * 1024;
// Around the borders of a chunk, where the last one is marked.
const SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 17];

let identity: string;
let recipient: string;

beforeAll(async () => {
  identity = await generateX25519Identity();
  recipient = await identityToRecipient(identity);
});

const encrypt = async (plain: Buffer): Promise<Buffer> =>
  buffer(Readable.from(plain.length > 0 ? [plain] : []).pipe(await encryptFor([recipient])));

function decrypt(bytes: Buffer, identities = [identity]): Promise<Buffer> {
  const stream = decryptWith(identities, 'part');
  // In pieces as a disk or a network may give them.
  const pieces = Array.from({ length: Math.ceil(bytes.length / 1000) }, (_, at) =>
    bytes.subarray(at * 1000, at * 1000 + 1000),
  );
  return buffer(Readable.from(pieces).pipe(stream));
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
    const stream = await encryptFor([recipient, await identityToRecipient(second)]);
    const bytes = await buffer(Readable.from([Buffer.from('x')]).pipe(stream));
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
