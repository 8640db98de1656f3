import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfig } from '#platform/config/index.ts';
import { appError } from '#platform/errors/index.ts';
import { type S3Server, startS3Server } from '#testing/s3-server.ts';
import { openOffSite } from './off-site-open.ts';
import { type RoundParts, type RoundResult, type RoundSet, runRound } from './schedule-round.ts';
import { readOperation } from './schedule-state.ts';

const signal = new AbortController().signal;
let folder: string;
let now: Date;
let steps: string[];
let sets: Map<string, RoundSet>;
let server: S3Server;
let trouble: Partial<Record<'create' | 'verify', Error>>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'commandcenter-round-'));
  server = await startS3Server({ bucket: 'backups' });
  now = new Date('2026-11-26T02:00:00Z');
  steps = [];
  sets = new Map();
  trouble = {};
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

/** Sets that are real folders and hold little. */
const parts: RoundParts = {
  list: async () => [...sets.values()],
  async create() {
    steps.push('create');
    if (trouble.create) throw trouble.create;
    const name = `${now.toISOString().replace(/[-:]|\.\d+/g, '')}-aaaaaa`;
    await mkdir(join(folder, name), { recursive: true });
    await writeFile(join(folder, name, 'manifest.json'), '{}');
    sets.set(name, { name, at: now, state: 'unverified', folder: join(folder, name) });
    return name;
  },
  async verify(name) {
    steps.push('verify');
    if (trouble.verify) throw trouble.verify;
    const set = sets.get(name);
    if (!set) throw new Error('no such set');
    await writeFile(join(set.folder, 'verification.json'), '{}');
    sets.set(name, { ...set, state: 'verified' });
  },
  async remove(name) {
    await rm(join(folder, name), { recursive: true });
    sets.delete(name);
  },
  databaseTime: async () => now,
};

async function round(since = now): Promise<RoundResult> {
  const config = loadConfig({
    BACKUP_OFFSITE: 's3://backups/a',
    BACKUP_S3_ENDPOINT: server.url,
    BACKUP_S3_ACCESS_KEY: 'key',
    BACKUP_S3_SECRET_KEY: 'secret',
    BACKUP_KEEP_DAILY: '2',
    BACKUP_KEEP_WEEKLY: '0',
    BACKUP_KEEP_MONTHLY: '0',
    BACKUP_KEEP_VERIFIED: '2',
  });
  const store = await openOffSite(config, { attempts: 2, pauseMs: 5 });
  try {
    const progress = (): void => {};
    return await runRound(parts, {
      config,
      directory: folder,
      now: () => now,
      since,
      store,
      signal,
      progress,
    });
  } finally {
    store?.close();
  }
}

const day = (): void => {
  now = new Date(now.getTime() + 86_400_000);
};
const keysWhole = (): string[] => server.keys().filter((key) => key.endsWith('/manifest.json'));
const local = async (): Promise<string[]> => (await readdir(folder)).filter((name) => name.includes('T'));

test('a set is made, verified, copied elsewhere, and older ones are pruned', async () => {
  for (let count = 0; count < 4; count++) {
    const result = await round();
    expect(result.copied).toEqual([result.set]);
    day();
  }
  expect(await local()).toHaveLength(2);
  expect(keysWhole()).toHaveLength(2);
  const state = await readOperation(folder);
  expect(state.failures).toEqual({});
  expect(state.offSite).toMatchObject({ place: 's3://backups/a/', copiedSet: '20261129T020000Z-aaaaaa' });
});

test('the other side down: the failure is kept, the set is there, nothing is pruned, and the next time makes up for it', async () => {
  for (let count = 0; count < 2; count++) {
    await round();
    day();
  }
  server.faults.down = true;
  await expect(round()).rejects.toMatchObject({ code: 'off-site-unavailable' });
  const begun = now;
  expect((await readOperation(folder)).failures.copy).toMatchObject({ code: 'off-site-unavailable' });
  expect(await local()).toHaveLength(3);

  server.faults.down = false;
  steps = [];
  now = new Date(now.getTime() + 3_600_000);
  const again = await round(begun);
  expect(again).toMatchObject({ made: false, copied: [again.set] });
  expect(steps).toEqual([]);
  expect((await readOperation(folder)).failures).toEqual({});
  expect(await local()).toHaveLength(2);
});

test('a set that does not hold is neither copied nor a reason to prune', async () => {
  for (let count = 0; count < 2; count++) {
    await round();
    day();
  }
  trouble.verify = appError('backup-damaged', 422, 'Two rows differ.');
  await expect(round()).rejects.toMatchObject({ code: 'backup-damaged' });
  expect((await readOperation(folder)).failures.verify?.message).toBe('Two rows differ.');
  expect(keysWhole()).toHaveLength(2);
  expect(await local()).toHaveLength(3);
});

test('one that can’t be made says why, and an error that nobody foresaw gives nothing away', async () => {
  trouble.create = new Error('password=hunter2');
  await expect(round()).rejects.toThrow();
  const { create } = (await readOperation(folder)).failures;
  expect(create?.code).toBe('unexpected');
  expect(create?.message).not.toContain('hunter2');
});

test('a clock that is wrong is a failure that is seen', async () => {
  await round();
  now = new Date(now.getTime() - 7_200_000);
  await expect(round()).rejects.toMatchObject({ code: 'clock-doubted' });
  expect((await readOperation(folder)).failures.prune?.code).toBe('clock-doubted');
  expect(await local()).toHaveLength(2);
});

test('a copy that went missing elsewhere is put there again', async () => {
  await round();
  day();
  await round();
  for (const key of server.keys().filter((one) => one.includes('20261126'))) server.forget(key);
  day();
  const { copied } = await round();
  expect(copied).toContain('20261128T020000Z-aaaaaa');
  expect(copied).toContain('20261126T020000Z-aaaaaa');
  expect(keysWhole().length).toBeGreaterThanOrEqual(2);
});
