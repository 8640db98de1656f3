import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readPart, writePart } from './parts.ts';
import { readTar, type TarEntry, writeTar } from './tar.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'commandcenter-tar-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

async function* entriesOf(files: ReadonlyMap<string, Buffer>): AsyncGenerator<TarEntry> {
  for (const [name, bytes] of files) {
    yield {
      name,
      size: bytes.length,
      content: (async function* () {
        yield bytes;
      })(),
    };
  }
}

test('files of any size come out of a part as they went in, however slowly they are read', async () => {
  const files = new Map(
    [3_000_000, 0, 100, 700_000, ...Array.from({ length: 60 }, (_, at) => 1000 + at * 977)].map(
      (size, at) => [`file-${at}`, randomBytes(size)],
    ),
  );
  const identity = await generateX25519Identity();
  const stored = await writePart(join(folder, 'part'), writeTar(entriesOf(files)), [
    await identityToRecipient(identity),
  ]);
  const source = { folder, name: 'part', stored, identities: [identity], encrypted: true };
  const found = new Map<string, string>();
  for await (const { name, content } of readTar(readPart(source))) {
    const pieces: Uint8Array[] = [];
    for await (const piece of content) {
      pieces.push(Buffer.from(piece));
      await turn();
      await turn();
    }
    found.set(name, hash(Buffer.concat(pieces)));
  }
  expect(found).toEqual(new Map([...files].map(([name, bytes]) => [name, hash(bytes)])));
});
