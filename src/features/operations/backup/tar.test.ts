import { execFileSync } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readTar, type TarEntry, writeTar } from './tar.ts';
import { countUploads } from './uploads.ts';

const KEY = '0198a000-0000-7000-8000-000000000000';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'commandcenter-tar-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function* each<T>(...items: T[]): AsyncGenerator<T> {
  yield* items;
}

async function collect(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of content) pieces.push(piece);
  return Buffer.concat(pieces);
}

const entry = (name: string, text: string): TarEntry => ({
  name,
  size: Buffer.byteLength(text),
  content: each(Buffer.from(text)),
});

async function read(content: AsyncIterable<Uint8Array>): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { name, content: inside } of readTar(content)) found[name] = String(await collect(inside));
  return found;
}

test('what is written is read again, also names that are long or not ASCII', async () => {
  const texts = {
    [KEY]: 'first',
    empty: '',
    'größe.txt': 'x',
    [`${'a'.repeat(120)}/${'b'.repeat(120)}`]: 'y',
  };
  const archive = await collect(
    writeTar(each(...Object.entries(texts).map(([name, text]) => entry(name, text)))),
  );
  expect(await read(each(archive))).toEqual(texts);
  await writeFile(join(folder, 'a.tar'), archive);
  execFileSync('tar', ['xf', 'a.tar', KEY], { cwd: folder });
  expect(await readFile(join(folder, KEY), 'utf8')).toBe('first');
});

test('an archive of an earlier version, which wrote plain ustar, is read', async () => {
  const header = Buffer.alloc(512);
  header.write(KEY, 0);
  header.write(
    '0000600\u00000000000\u00000000000\u000000000000005\u000000000000000\u0000        0',
    100,
    'latin1',
  );
  header.write('ustar\x0000', 257, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  const content = Buffer.concat([Buffer.from('hello'), Buffer.alloc(507)]);
  expect(await read(each(header, content, Buffer.alloc(1024)))).toEqual({ [KEY]: 'hello' });
});

test('an entry may be larger than the 8 GiB that a plain header can say', async () => {
  const size = 9 * 1024 ** 3 + 1;
  const file = join(folder, 'large.tar');
  const endless = async function* (): AsyncGenerator<Buffer> {
    for (;;) yield Buffer.alloc(65_536);
  };
  for await (const header of writeTar(each({ name: KEY, size, content: endless() }))) {
    await writeFile(file, header);
    break;
  }
  const padded = 512 * Math.ceil(size / 512);
  await truncate(file, 512 + padded + 1024);
  expect(execFileSync('tar', ['tvf', file], { encoding: 'utf8' })).toContain(String(size));
  for await (const found of readTar(createReadStream(file))) {
    expect(found).toMatchObject({ name: KEY, size });
    break;
  }
});

test('a file that grew or shrank while it was read ends the archive', async () => {
  for (const size of [2, 9]) {
    const changed = { name: 'x', size, content: each(Buffer.from('abcde')) };
    await expect(collect(writeTar(each(changed)))).rejects.toThrow('x has changed while it was read.');
  }
});

test('an archive that was cut anywhere, or is none, is told as damaged', async () => {
  const archive = await collect(writeTar(each(entry(KEY, 'first'), entry(KEY, 'second'))));
  for (const end of [0, 100, 512, 700, 1024, 2048, archive.length - 512]) {
    await expect(
      countUploads(each(archive.subarray(0, end)), 'files'),
      `cut at ${end}`,
    ).rejects.toMatchObject({
      code: 'backup-part-damaged',
    });
  }
  await expect(countUploads(each(Buffer.alloc(4096, 7)), 'files')).rejects.toMatchObject({
    code: 'backup-part-damaged',
  });
  expect(await countUploads(each(archive), 'files')).toEqual({ count: 2, bytes: 11 });
});

test('what is no upload is refused: another name, a link', async () => {
  const other = await collect(writeTar(each(entry('../escape', 'x'))));
  await expect(countUploads(each(other), 'files')).rejects.toThrow('something that is no upload');
  execFileSync('ln', ['-s', '/etc/passwd', KEY], { cwd: folder });
  execFileSync('tar', ['cf', 'link.tar', KEY], { cwd: folder });
  const link = await readFile(join(folder, 'link.tar'));
  await expect(countUploads(each(link), 'files')).rejects.toMatchObject({ code: 'backup-part-damaged' });
});

test('a source that fails is told as it is, in the middle of an entry and after the last', async () => {
  const archive = await collect(writeTar(each(entry(KEY, 'x'.repeat(5000)))));
  const failing = async function* (end: number): AsyncGenerator<Buffer> {
    yield archive.subarray(0, end);
    throw Object.assign(new Error('the disk is gone'), { code: 'EIO' });
  };
  for (const end of [0, 1000, archive.length]) {
    await expect(countUploads(failing(end), 'files')).rejects.toMatchObject({ code: 'EIO' });
  }
});
