import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfig } from '#platform/config/index.ts';
import type { OffSiteStore } from './off-site.ts';
import { listOffSite } from './off-site-copy.ts';
import { openOffSite } from './off-site-open.ts';
import { type PruneInput, pruneSets } from './prune.ts';

const signal = new AbortController().signal;
const now = new Date('2026-11-26T12:00:00Z');
let folder: string;
let store: OffSiteStore;
let removed: string[];
const config = loadConfig({
  BACKUP_KEEP_DAILY: '2',
  BACKUP_KEEP_WEEKLY: '0',
  BACKUP_KEEP_MONTHLY: '0',
  BACKUP_KEEP_VERIFIED: '1',
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'commandcenter-prune-'));
  await mkdir(join(folder, 'away'));
  store = (await openOffSite(loadConfig({ BACKUP_OFFSITE: join(folder, 'away') }))) as OffSiteStore;
  removed = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const nameOf = (day: number): string => `202611${String(day).padStart(2, '0')}T020000Z-aaaaaa`;
const sets = (...days: number[]): PruneInput['sets'] =>
  days.map((day) => ({
    name: nameOf(day),
    at: new Date(`2026-11-${String(day).padStart(2, '0')}T02:00:00Z`),
    state: 'verified',
  }));

async function put(day: number, ...paths: string[]): Promise<void> {
  for (const path of paths) {
    const content = Buffer.from(path);
    const sha256 = createHash('sha256').update(content).digest('hex');
    const open = () => Readable.from([content]);
    await store.put({ key: `${nameOf(day)}/${path}`, size: content.length, sha256, open }, signal);
  }
}

const prune = (changes: Partial<PruneInput>) =>
  pruneSets({
    config,
    clocks: { now },
    sets: sets(20, 22, 24, 25, 26),
    remove: async (name) => void removed.push(name),
    store,
    dryRun: false,
    signal,
    ...changes,
  });

test('what is too old goes, here and elsewhere, each by what is there', async () => {
  for (const day of [18, 24, 25, 26]) await put(day, 'manifest.json', 'verification.json', 'tables/a');
  const result = await prune({});
  expect(removed).toEqual([nameOf(20), nameOf(22), nameOf(24)]);
  expect(result.offSite?.remove).toEqual([nameOf(18), nameOf(24)]);
  expect((await listOffSite(store, signal)).map(({ name }) => name)).toEqual([nameOf(25), nameOf(26)]);
});

test('a dry run says the same and takes nothing away', async () => {
  for (const day of [24, 25, 26]) await put(day, 'manifest.json', 'verification.json');
  const dry = await prune({ dryRun: true });
  expect(removed).toEqual([]);
  expect(await listOffSite(store, signal)).toHaveLength(3);
  const real = await prune({});
  expect(real).toEqual({ ...dry, dryRun: false });
});

test('the rest of a broken copy goes once a newer copy is whole, and not before', async () => {
  await put(23, 'tables/a');
  await prune({});
  expect(await listOffSite(store, signal)).toHaveLength(1);
  await put(26, 'manifest.json', 'verification.json');
  await prune({});
  expect((await listOffSite(store, signal)).map(({ name }) => name)).toEqual([nameOf(26)]);
});

test('nothing goes anywhere while the clock is behind the newest set', async () => {
  for (const day of [18, 24, 25, 26]) await put(day, 'manifest.json', 'verification.json');
  const result = await prune({ clocks: { now: new Date('2026-11-25T12:00:00Z') } });
  expect(result.local.refused).toContain(nameOf(26));
  expect(result.offSite?.refused).toContain(nameOf(26));
  expect(removed).toEqual([]);
  expect(await listOffSite(store, signal)).toHaveLength(4);
});
