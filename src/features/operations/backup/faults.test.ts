import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateX25519Identity } from 'age-encryption';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Config, loadConfig } from '#platform/config/index.ts';
import { onServer, startTestApp, type TestApp } from '#testing/index.ts';
import { type S3Server, startS3Server } from '#testing/s3-server.ts';
import { selectInstallation } from '../store.ts';
import { listSets } from './index.ts';
import { openOffSite } from './off-site-open.ts';
import { roundParts } from './schedule-parts.ts';
import { type RoundParts, type RoundResult, runRound } from './schedule-round.ts';
import { readOperation } from './schedule-state.ts';
import { whatIsDue } from './schedule-work.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const signal = new AbortController().signal;

let app: TestApp;
let env: Record<string, string>;
let directory: string;
/** How far the clock of this machine is ahead of what it should be. */
let ahead: number;
/** What happens while tables are being written. */
let amid: (() => void) | undefined;

const now = (): Date => new Date(Date.now() + ahead);
const config = (): Config => ({ ...app.platform.config, ...backupSettings(), backupDir: directory });

function backupSettings(): Partial<Config> {
  const { backupOffSite, backupS3Endpoint, backupS3AccessKey, backupS3SecretKey } = loadConfig(env);
  return { backupOffSite, backupS3Endpoint, backupS3AccessKey, backupS3SecretKey };
}

/** One real round: a set of the application's database, restored, copied and pruned. */
async function round(since = now(), more: Partial<RoundParts> = {}): Promise<RoundResult> {
  const report = (step: string, done: number): void => {
    if (step !== 'tables' || done !== 5) return;
    amid?.();
    amid = undefined;
  };
  const platform = { ...app.platform, config: config() };
  const parts = { ...roundParts(platform, { signal, report }), ...more };
  const store = await openOffSite(config(), { attempts: 2, pauseMs: 5 });
  try {
    const progress = (): void => {};
    return await runRound(parts, { config: config(), directory, now, since, store, signal, progress });
  } finally {
    store?.close();
  }
}

/** SHA-256 of every file of the whole sets, by path. */
async function contents(): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const { name, state } of await listSets(directory)) {
    if (state !== 'whole') continue;
    const entries = await readdir(join(directory, name), { recursive: true, withFileTypes: true });
    for (const entry of entries.filter((each) => each.isFile())) {
      const path = join(entry.parentPath, entry.name);
      found[path] = createHash('sha256')
        .update(await readFile(path))
        .digest('hex');
    }
  }
  return found;
}

const statesOf = async (): Promise<(boolean | undefined)[]> =>
  (await listSets(directory)).map(({ state, verification }) =>
    state === 'whole' ? (verification?.held ?? false) : undefined,
  );

// Each restores several times.
vi.setConfig({ testTimeout: 400_000 });

beforeAll(async () => {
  const identity = onServer ? { BACKUP_IDENTITY: await generateX25519Identity() } : {};
  app = await startTestApp({ env: { BACKUP_SCHEDULE: 'off', ...identity } });
});
afterAll(() => app.close());
beforeEach(() => {
  ahead = 0;
  amid = undefined;
  env = {};
});

/** A small disk of its own; undefined where this user may not mount one. */
function mountDisk(): { folder: string; options(...words: string[]): void; remove(): void } | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'commandcenter-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=48m', 'tmpfs', folder], { stdio: 'pipe' });
  } catch {
    rmSync(folder, { recursive: true });
    return undefined;
  }
  return {
    folder,
    options: (...words) => void execFileSync('mount', ['-o', `remount,${words.join()}`, folder]),
    remove() {
      execFileSync('umount', [folder]);
      rmSync(folder, { recursive: true });
    },
  };
}

const disk = mountDisk();
disk?.remove();

describe.skipIf(!disk)('a disk of its own', () => {
  let small: NonNullable<ReturnType<typeof mountDisk>>;
  beforeEach(() => {
    const mounted = mountDisk();
    if (!mounted) throw new Error('It could be mounted before.');
    small = mounted;
    directory = small.folder;
  });
  afterEach(() => small.remove());

  test('that fills up during a backup ends it with the reason; old sets stay, and the next round makes up', async () => {
    await round();
    const before = await contents();
    const filler = join(small.folder, 'of-somebody-else');
    amid = () => {
      try {
        for (;;) appendFileSync(filler, Buffer.alloc(65_536));
      } catch (error) {
        expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
      }
    };
    await expect(round()).rejects.toMatchObject({
      code: 'backup-no-space',
      remedy: expect.stringContaining('BACKUP_DIR'),
    });
    expect(await contents()).toEqual(before);
    expect(await statesOf()).toEqual([true]);

    await rm(filler);
    expect((await round()).made).toBe(true);
    expect(await statesOf()).toEqual([true, true]);
    expect(await contents()).toMatchObject(before);
    expect((await readOperation(directory)).failures).toEqual({});
  });

  test('that may not be written any more during a backup ends it with the reason; the rest goes with the next', async () => {
    await round();
    const before = await contents();
    amid = () => small.options('ro');
    await expect(round()).rejects.toMatchObject({ code: 'backup-denied', remedy: expect.anything() });
    expect(await contents()).toEqual(before);
    // What could not be removed is there, and nobody takes it for a set.
    expect((await listSets(directory)).map(({ state }) => state)).toEqual(['whole', 'partial']);

    small.options('rw');
    expect((await round()).made).toBe(true);
    expect(await statesOf()).toEqual([true, true]);
    expect(await contents()).toMatchObject(before);
  });
});

describe('a store elsewhere', () => {
  let server: S3Server;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'commandcenter-faults-'));
    server = await startS3Server({ bucket: 'backups' });
    env = {
      BACKUP_OFFSITE: 's3://backups/a',
      BACKUP_S3_ENDPOINT: server.url,
      BACKUP_S3_ACCESS_KEY: 'key',
      BACKUP_S3_SECRET_KEY: 'secret',
    };
  });
  afterEach(async () => {
    await server.close();
    await rm(directory, { recursive: true, force: true });
  });
  // The clock of the tests runs ahead of that of the database, which is not what is asked here.
  const sameClock = { databaseTime: async (): Promise<Date> => now() };

  test('that is down for an hour is asked once an hour, and gets what it missed; nothing is made twice', async () => {
    server.faults.down = true;
    await expect(round(now(), sameClock)).rejects.toMatchObject({ code: 'off-site-unavailable' });
    const before = await contents();
    const installation = await selectInstallation(app.platform.database);
    if (!installation) throw new Error('There is no installation.');
    // At an hour that is not reached, or another set would be due.
    const scheduled = { ...config(), backupSchedule: `0 ${(new Date().getHours() + 12) % 24} * * *` };
    const rounds: (RoundResult | Error)[] = [];
    for (let minutes = 5; minutes <= 125; minutes += 5) {
      ahead = minutes * MINUTE_MS;
      if (minutes === 65) server.faults.down = false;
      const due = await whatIsDue(scheduled, installation, now());
      if (due.backUp) rounds.push(await round(due.backUp.since, sameClock).catch((error: Error) => error));
    }
    // At 60 minutes in vain; at 120, an hour after that, it is back.
    expect(rounds[0]).toMatchObject({ code: 'off-site-unavailable' });
    expect(rounds.at(-1)).toMatchObject({ copied: [(await listSets(directory))[0]?.name] });
    expect(rounds.filter((one) => one instanceof Error)).toHaveLength(1);
    expect(server.keys().some((key) => key.endsWith('/manifest.json'))).toBe(true);
    expect((await readOperation(directory)).failures).toEqual({});
    expect(await contents()).toMatchObject(before);
  });

  test('that is slow gets a whole copy', async () => {
    server.faults.delayMs = 150;
    const { set, copied } = await round(now(), sameClock);
    expect(copied).toEqual([set]);
    expect(server.keys().some((key) => key.endsWith(`${set}/manifest.json`))).toBe(true);
  });
});

test.each([
  ['ahead', 30 * 24 * HOUR_MS],
  ['back', -2 * HOUR_MS],
])('a clock that jumps %s during a backup removes nothing, is told, and is made up for', async (_, jump) => {
  directory = await mkdtemp(join(tmpdir(), 'commandcenter-faults-'));
  try {
    await round();
    const before = await contents();
    amid = () => {
      ahead = jump;
    };
    await expect(round()).rejects.toMatchObject({ code: 'clock-doubted' });
    expect((await readOperation(directory)).failures.prune?.message).toContain('clock');
    expect(await statesOf()).toEqual([true, true]);
    ahead = 0;
    await round();
    expect((await readOperation(directory)).failures).toEqual({});
    expect(await contents()).toMatchObject(before);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
