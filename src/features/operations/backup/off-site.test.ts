import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadConfig } from '#platform/config/index.ts';
import { type S3Server, startS3Server } from '#testing/s3-server.ts';
import type { OffSiteStore } from './off-site.ts';
import { copyOffSite, listOffSite, removeOffSite } from './off-site-copy.ts';
import { openOffSite } from './off-site-open.ts';

const NAME = '20261126T020000Z-4f3a9c';
const QUICK = { attempts: 3, pauseMs: 20 };
const signal = new AbortController().signal;

let folder: string;
let server: S3Server | undefined;
const opened: OffSiteStore[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'commandcenter-off-site-'));
});
afterEach(async () => {
  for (const store of opened.splice(0)) store.close();
  await server?.close();
  server = undefined;
  await rm(folder, { recursive: true, force: true });
});

async function open(environment: Record<string, string>): Promise<OffSiteStore> {
  const store = await openOffSite(loadConfig(environment), QUICK);
  if (!store) throw new Error('none is set');
  opened.push(store);
  return store;
}

async function bucket(settings: Record<string, string> = {}, locking = false): Promise<OffSiteStore> {
  server = await startS3Server({ bucket: 'backups', locking });
  return open({
    BACKUP_OFFSITE: 's3://backups/team/a',
    BACKUP_S3_ENDPOINT: server.url,
    BACKUP_S3_ACCESS_KEY: 'key',
    BACKUP_S3_SECRET_KEY: 'secret',
    BACKUP_OFFSITE_TIMEOUT_SECONDS: '1',
    ...settings,
  });
}

async function mount(): Promise<OffSiteStore> {
  await mkdir(join(folder, 'mount'));
  return open({ BACKUP_OFFSITE: join(folder, 'mount'), BACKUP_OFFSITE_TIMEOUT_SECONDS: '1' });
}

/** A folder with the files of a set; what they hold is nothing to a copy. */
async function aSet(name = NAME): Promise<{ name: string; folder: string; files: Record<string, Buffer> }> {
  const files: Record<string, Buffer> = {
    'manifest.json': Buffer.from('{"format":1}'),
    'manifest.sha256.age': Buffer.from('sealed'),
    'files.tar.zst.age': Buffer.alloc(300_000, 7),
    'tables/users.copy.zst.age': Buffer.from(`users of ${name}`),
    'verification.json': Buffer.from('{}'),
  };
  for (const [path, content] of Object.entries(files)) {
    const full = join(folder, 'sets', name, path);
    await mkdir(join(full, '..'), { recursive: true });
    await writeFile(full, content);
  }
  return { name, folder: join(folder, 'sets', name), files };
}

const upload = (key: string, content: Buffer) => ({
  key,
  size: content.length,
  sha256: createHash('sha256').update(content).digest('hex'),
  open: () => Readable.from([content]),
});
const fetched = async (store: OffSiteStore, key: string) => buffer(await store.get(key, signal));

describe.each([
  ['a folder', mount],
  ['S3', () => bucket()],
  ['S3 with object lock', () => bucket({ BACKUP_S3_LOCK: 'governance' }, true)],
])('%s', (_, openStore) => {
  test('a copied set is there file by file and can be fetched', async () => {
    const store = await openStore();
    const set = await aSet();
    await copyOffSite(store, set, { signal });
    const [copy] = await listOffSite(store, signal);
    expect(copy).toMatchObject({ name: NAME, whole: true, verified: true });
    expect(copy?.keys.map((key) => key.slice(NAME.length + 1)).sort()).toEqual(Object.keys(set.files).sort());
    for (const [path, content] of Object.entries(set.files)) {
      expect((await fetched(store, `${NAME}/${path}`)).equals(content)).toBe(true);
    }
  });

  test('a copy that was broken off is not whole, and is finished by the next one', async () => {
    const store = await openStore();
    const set = await aSet();
    const broken = new AbortController();
    const progress = (): void => broken.abort(new Error('killed'));
    await expect(copyOffSite(store, set, { signal: broken.signal, progress })).rejects.toThrow();
    expect(await listOffSite(store, signal)).toMatchObject([{ name: NAME, whole: false }]);
    await copyOffSite(store, set, { signal });
    expect(await listOffSite(store, signal)).toMatchObject([{ name: NAME, whole: true }]);
  });

  test('what is not there is said so without trying again', async () => {
    const store = await openStore();
    await expect(store.get('nothing/here', signal)).rejects.toMatchObject({
      code: 'off-site-missing',
      status: 404,
    });
    if (server) expect(server.requests).toHaveLength(1);
  });
});

test('the manifest is put last and taken away first', async () => {
  const store = await bucket();
  await copyOffSite(store, await aSet(), { signal });
  const changes = () => server?.requests.filter((line) => /^(PUT|DELETE)/.test(line)) ?? [];
  expect(changes().at(-1)).toContain('/manifest.json');
  const [copy] = await listOffSite(store, signal);
  if (!copy) throw new Error('not copied');
  const before = changes().length;
  expect(await removeOffSite(store, copy, signal)).toBe('removed');
  expect(changes()[before]).toContain('DELETE /backups/team/a/20261126T020000Z-4f3a9c/manifest.json');
  expect(await listOffSite(store, signal)).toEqual([]);
});

test('many sets are listed page after page', async () => {
  const store = await bucket();
  for (let day = 10; day < 40; day++) {
    for (const path of ['manifest.json', 'a', 'b', 'c', 'd']) {
      await store.put(upload(`202611${day}T020000Z-aaaaaa/${path}`, Buffer.from(path)), signal);
    }
  }
  expect(await listOffSite(store, signal)).toHaveLength(30);
});

test('what is large goes in parts, each with its checksum', async () => {
  const store = await bucket();
  const large = Buffer.alloc(35 * 1024 ** 2);
  for (let at = 0; at < large.length; at += 4096) large.writeUInt32BE(at, at);
  await store.put(upload(`${NAME}/files.tar.zst.age`, large), signal);
  expect(server?.requests.filter((line) => line.includes('partNumber='))).toHaveLength(3);
  expect(server?.body(`team/a/${NAME}/files.tar.zst.age`)?.equals(large)).toBe(true);
});

describe('an S3 that fails', () => {
  test('down for a while: it is tried again until it is back', async () => {
    const store = await bucket();
    const faults = server?.faults ?? {};
    faults.down = true;
    const back = setInterval(() => {
      // It comes back as soon as it has been missed.
      if ((server?.requests.length ?? 0) >= 4) faults.down = false;
    }, 5);
    await store.put(upload('a/b', Buffer.from('x')), signal);
    clearInterval(back);
    expect(server?.keys()).toEqual(['team/a/a/b']);
  });

  test('down for good: the failure is told as one that may pass', async () => {
    const store = await bucket();
    if (server) server.faults.down = true;
    await expect(store.put(upload('a/b', Buffer.from('x')), signal)).rejects.toMatchObject({
      code: 'off-site-unavailable',
      status: 503,
    });
  });

  test('busy (503 SlowDown): it is asked again', async () => {
    const store = await bucket();
    if (server) server.faults.busy = 4;
    await store.put(upload('a/b', Buffer.from('x')), signal);
    expect(server?.keys()).toEqual(['team/a/a/b']);
  });

  test('slow: it is waited for', async () => {
    const store = await bucket({ BACKUP_OFFSITE_TIMEOUT_SECONDS: '60' });
    if (server) server.faults.delayMs = 400;
    await store.put(upload('a/b', Buffer.from('x')), signal);
    expect(server?.keys()).toEqual(['team/a/a/b']);
  });

  test('silent: it is given up after the time that is set', async () => {
    const store = await bucket();
    if (server) server.faults.silent = true;
    await expect(store.list('', signal)).rejects.toMatchObject({ code: 'off-site-unavailable' });
  }, 60_000);

  test('denied: nothing is tried again, and the keys are named', async () => {
    const store = await bucket();
    if (server) server.faults.denied = true;
    await expect(store.put(upload('a/b', Buffer.from('x')), signal)).rejects.toMatchObject({
      code: 'off-site-denied',
      status: 403,
      remedy: expect.stringContaining('access key'),
    });
    expect(server?.requests).toHaveLength(1);
  });

  test('no such bucket: it is named', async () => {
    const store = await bucket({ BACKUP_OFFSITE: 's3://another/team' });
    await expect(store.put(upload('a/b', Buffer.from('x')), signal)).rejects.toMatchObject({
      code: 'off-site-missing',
      message: expect.stringContaining('s3://another/team'),
    });
  });

  test('an object that is changed on its way is refused and put again', async () => {
    const store = await bucket();
    if (server) server.faults.corruptNextPut = true;
    await store.put(upload('a/b', Buffer.from('content')), signal);
    expect(server?.body('team/a/a/b')?.toString()).toBe('content');
    expect(server?.requests.filter((line) => line.startsWith('PUT'))).toHaveLength(2);
  });

  test('an answer that is cut off is an error, not a shorter file', async () => {
    const store = await bucket();
    await store.put(upload('a/b', Buffer.alloc(200_000, 1)), signal);
    if (server) server.faults.truncateAt = 90_000;
    await expect(fetched(store, 'a/b')).rejects.toThrow();
  });
});

describe('object lock', () => {
  test('each object gets the mode and the days that are asked for', async () => {
    const store = await bucket({ BACKUP_S3_LOCK: 'compliance', BACKUP_S3_LOCK_DAYS: '14' }, true);
    await store.put(upload('small', Buffer.from('x')), signal);
    await store.put(upload('large', Buffer.alloc(17 * 1024 ** 2, 3)), signal);
    for (const key of ['team/a/small', 'team/a/large']) {
      const { mode, until } = server?.lockOf(key) ?? {};
      expect(mode).toBe('COMPLIANCE');
      const days = ((until?.getTime() ?? 0) - Date.now()) / 86_400_000;
      expect(days).toBeGreaterThan(13.9);
      expect(days).toBeLessThan(14.1);
    }
  });

  test('what is locked stays, and that is no failure', async () => {
    const store = await bucket({ BACKUP_S3_LOCK: 'governance' }, true);
    await copyOffSite(store, await aSet(), { signal });
    const [copy] = await listOffSite(store, signal);
    expect(copy && (await removeOffSite(store, copy, signal))).toBe('locked');
    expect(await listOffSite(store, signal)).toMatchObject([{ whole: true }]);
  });
});

describe('a folder that fails', () => {
  test('a mount that is not there is not made', async () => {
    const store = await mount();
    await rm(join(folder, 'mount'), { recursive: true });
    await expect(store.put(upload('a/b', Buffer.from('x')), signal)).rejects.toMatchObject({
      code: 'off-site-missing',
      remedy: expect.stringContaining('mount'),
    });
  });

  test('a file that arrives changed is refused, and nothing is left of it', async () => {
    const store = await mount();
    const wrong = { ...upload('a/b', Buffer.from('x')), open: () => Readable.from([Buffer.from('y')]) };
    await expect(store.put(wrong, signal)).rejects.toMatchObject({ code: 'off-site-damaged' });
    expect(await store.list('', signal)).toEqual([]);
  });

  test.skipIf(process.getuid?.() === 0)('a folder that can’t be written is said so', async () => {
    const store = await mount();
    await chmod(join(folder, 'mount'), 0o500);
    await expect(store.put(upload('a/b', Buffer.from('x')), signal)).rejects.toMatchObject({
      code: 'off-site-denied',
    });
    await chmod(join(folder, 'mount'), 0o700);
  });

  test('what is there is what was put', async () => {
    const store = await mount();
    await store.put(upload('a/b', Buffer.from('content')), signal);
    expect(await readFile(join(folder, 'mount/a/b'), 'utf8')).toBe('content');
  });
});
