import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfig } from '#platform/config/index.ts';
import { type S3Server, startS3Server } from '#testing/s3-server.ts';
import { writeManifest } from './manifest.ts';
import type { OffSiteStore } from './off-site.ts';
import { checkOffSite } from './off-site-check.ts';
import { fetchCopy } from './off-site-fetch.ts';
import { openOffSite } from './off-site-open.ts';

const signal = new AbortController().signal;
const NAME = '20261126T020000Z-aaaaaa';
let server: S3Server;
let store: OffSiteStore;

const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');
const put = (key: string, content: Buffer) =>
  store.put(
    { key, size: content.length, sha256: sha256(content), open: () => Readable.from([content]) },
    signal,
  );

beforeEach(async () => {
  server = await startS3Server({ bucket: 'backups' });
  const config = loadConfig({
    BACKUP_OFFSITE: 's3://backups',
    BACKUP_S3_ENDPOINT: server.url,
    BACKUP_S3_ACCESS_KEY: 'key',
    BACKUP_S3_SECRET_KEY: 'secret',
  });
  store = (await openOffSite(config, { attempts: 2, pauseMs: 5 })) as OffSiteStore;
});
afterEach(async () => {
  store.close();
  await server.close();
});

async function putSet(name = NAME): Promise<void> {
  const parts: Record<string, Buffer> = {
    'tables/users.copy.zst': Buffer.alloc(70_000, 5),
    'files.tar.zst': Buffer.from('files'),
    'configuration.json.zst': Buffer.from('configuration'),
    'keys.json.zst': Buffer.from('keys'),
  };
  for (const [path, content] of Object.entries(parts)) await put(`${name}/${path}`, content);
  const manifest = writeManifest({
    name,
    takenAt: '2026-11-26T02:00:00.000Z',
    version: '0.1.0',
    runtime: 'server',
    postgres: '17.0',
    migrations: [],
    tables: [],
    sequences: [],
    files: { part: 'files.tar.zst', count: 0, bytes: 0, missing: [] },
    configuration: 'configuration.json.zst',
    keys: 'keys.json.zst',
    seal: 'manifest.sha256',
    parts: Object.fromEntries(
      Object.entries(parts).map(([path, content]) => [
        path,
        { size: content.length, sha256: sha256(content) },
      ]),
    ),
    recipients: [],
  });
  await put(`${name}/manifest.sha256`, Buffer.from(sha256(manifest)));
  await put(`${name}/manifest.json`, manifest);
}

const check = (set?: string) =>
  checkOffSite(store, {
    set,
    signal,
    persistence: { attempts: 2, pauseMs: 5 },
    async checkSeal(seal, manifest) {
      if (seal.toString() !== sha256(manifest)) throw new Error('the seal does not fit');
    },
  });

test('the newest whole copy is fetched and compared', async () => {
  await putSet('20261125T020000Z-aaaaaa');
  await putSet();
  await put('20261127T020000Z-aaaaaa/files.tar.zst', Buffer.from('broken off'));
  expect(await check()).toMatchObject({ set: NAME, parts: 4, bytes: 70_000 + 5 + 13 + 4 });
});

test.each(['tables/users.copy.zst', 'files.tar.zst', 'configuration.json.zst', 'keys.json.zst'])(
  'one bit of %s that is another one is found',
  async (path) => {
    await putSet();
    server.faults.flipIn = path;
    await expect(check()).rejects.toMatchObject({
      code: 'off-site-damaged',
      message: expect.stringContaining(path),
    });
  },
);

test('a part that is not there is found', async () => {
  await putSet();
  server.forget(`${NAME}/files.tar.zst`);
  await expect(check()).rejects.toMatchObject({ code: 'off-site-missing' });
});

test('a part that is cut off is found', async () => {
  await putSet();
  server.faults.truncateAt = 30_000;
  await expect(check()).rejects.toMatchObject({ code: 'off-site-unavailable' });
});

test('a seal that does not fit is found', async () => {
  await putSet();
  server.faults.flipIn = 'manifest.sha256';
  await expect(check()).rejects.toThrow('seal');
});

test('nothing elsewhere is a failure, not a success', async () => {
  await expect(check()).rejects.toMatchObject({ code: 'off-site-empty' });
  await putSet();
  await expect(check('20200101T000000Z-aaaaaa')).rejects.toMatchObject({ code: 'off-site-empty' });
});

test('a copy is brought back file by file, once, and one that is cut off leaves nothing', async () => {
  await putSet();
  const folder = await mkdtemp(join(tmpdir(), 'commandcenter-fetched-'));
  try {
    server.faults.truncateAt = 30_000;
    await expect(fetchCopy(store, folder, { signal })).rejects.toThrow();
    expect(await readdir(folder)).toEqual([]);
    delete server.faults.truncateAt;
    expect(await fetchCopy(store, folder, { signal })).toBe(NAME);
    for (const key of server.keys()) expect(await readFile(join(folder, key))).toEqual(server.body(key));
    await expect(fetchCopy(store, folder, { signal })).rejects.toMatchObject({ code: 'backup-there' });
    expect(await readdir(folder)).toEqual([NAME]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
