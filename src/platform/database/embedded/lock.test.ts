import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findLockHolder, lockDataDirectory } from './lock.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'commandcenter-lock-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

test('a second owner is refused and told who holds the directory, by whatever path it comes', async () => {
  const lock = await lockDataDirectory(directory);
  lock.describe({ url: 'http://127.0.0.1:3000' });
  const link = `${directory}-link`;
  await symlink(directory, link);
  for (const path of [directory, link]) {
    await expect(lockDataDirectory(path)).rejects.toMatchObject({
      code: 'data-directory-in-use',
      message: expect.stringContaining(`process ${process.pid} (http://127.0.0.1:3000)`),
    });
  }
  await rm(link);
  expect(await findLockHolder(directory)).toMatchObject({ pid: process.pid });
  await lock.release();
  expect(await findLockHolder(directory)).toBeNull();
});

test('the lock goes with its process, even one that is killed', async () => {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../fixtures/hold-lock.ts'), directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  await expect(lockDataDirectory(directory)).rejects.toMatchObject({ code: 'data-directory-in-use' });
  child.kill('SIGKILL');
  await once(child, 'exit');
  const lock = await lockDataDirectory(directory);
  await lock.release();
});
