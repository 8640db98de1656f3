import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createFiles } from './index.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'commandcenter-files-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('a file is stored whole and read by its key', async () => {
  const files = createFiles(folder);
  const key = await files.write(Readable.from([Buffer.from('one '), Buffer.from('two')]));
  expect((await files.read(key)).toString()).toBe('one two');
  await files.remove(key);
  await expect(files.read(key)).rejects.toThrow();
});

test('an upload that breaks off leaves nothing', async () => {
  const broken = new Readable({
    read() {
      this.destroy(new Error('connection lost'));
    },
  });
  await expect(createFiles(folder).write(broken)).rejects.toThrow('connection lost');
  expect(await readdir(folder)).toEqual([]);
});

test('a key from outside never leads out of the folder', () => {
  expect(() => createFiles(folder).read('../../etc/passwd')).toThrow('not the key');
});
