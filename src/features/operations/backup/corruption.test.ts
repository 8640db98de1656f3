import { appendFile, cp, mkdir, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { generateX25519Identity } from 'age-encryption';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Config } from '#platform/config/index.ts';
import { AppError } from '#platform/errors/index.ts';
import { onServer, startTestApp, type TestApp } from '#testing/index.ts';
import { templateFolder } from '../../../app/template.ts';
import { type CreatedSet, createSet, type Manifest, verifySet } from './index.ts';
import { writeSeal } from './seal.ts';

const SEED = 20_261_126;
const TIMES = 21;

let app: TestApp;
let config: Config;
let otherIdentity: string;
const sets: CreatedSet[] = [];

beforeAll(async () => {
  app = await startTestApp(onServer ? { env: { BACKUP_IDENTITY: await generateX25519Identity() } } : {});
  config = app.platform.config;
  otherIdentity = await generateX25519Identity();
  for (const name of ['first', 'second']) {
    await app.platform.database.ownerQuery(
      'insert into projects (id, slug, name) values (gen_random_uuid(), $1, $1)',
      [name],
    );
    const takeSnapshot = () => app.platform.database.snapshot();
    sets.push(await createSet({ config, version: '1.0.0', takeSnapshot }));
  }
});

afterAll(() => app.close());

/** The same numbers in every run, so that what fails can be looked at. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

interface Case {
  folder: string;
  files: string[];
  random: (below: number) => number;
}

/** Spoils a copy of a set; returns what the reason has to name, or a configuration to verify it with. */
type Corruption = (spoiled: Case) => Promise<{ names?: string; config?: Config } | undefined>;

const pick = <T>(items: readonly T[], random: (below: number) => number): T => {
  const item = items[random(items.length)];
  if (item === undefined) throw new Error('There is nothing to pick from.');
  return item;
};

async function changeManifest(folder: string, change: (manifest: Manifest) => void): Promise<Buffer> {
  const path = join(folder, 'manifest.json');
  const manifest = JSON.parse(await readFile(path, 'utf8')) as Manifest;
  change(manifest);
  const bytes = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
  await writeFile(path, bytes);
  return bytes;
}

const isPart = (name: string): boolean => !name.startsWith('manifest');

const corruptions: Record<string, Corruption> = {
  async 'a bit that flipped'({ folder, files, random }) {
    const name = pick(files, random);
    const bytes = await readFile(join(folder, name));
    const at = random(bytes.length);
    bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << random(8)), at);
    await writeFile(join(folder, name), bytes);
    return isPart(name) ? { names: name } : {};
  },
  async 'a file that was cut'({ folder, files, random }) {
    const name = pick(files, random);
    const { length } = await readFile(join(folder, name));
    await truncate(join(folder, name), random(length));
    return isPart(name) ? { names: name } : {};
  },
  async 'a file that grew'({ folder, files, random }) {
    const name = pick(files, random);
    await appendFile(join(folder, name), Buffer.from([random(256)]));
    return isPart(name) ? { names: name } : {};
  },
  async 'a file that is missing'({ folder, files, random }) {
    const name = pick(files, random);
    await rm(join(folder, name));
    return isPart(name) ? { names: name } : {};
  },
  async 'a file that does not belong to it'({ folder, files, random }) {
    const name = `tables/${random(1e6)}.copy.zst.age`;
    await cp(join(folder, pick(files, random)), join(folder, name));
    return { names: name };
  },
  async 'the wrong key'() {
    return { config: { ...config, backupIdentity: otherIdentity } };
  },
  async 'a table that the manifest lost'({ folder, random }) {
    await changeManifest(folder, (manifest) => {
      const table = pick(manifest.tables, random);
      manifest.tables = manifest.tables.filter((each) => each !== table);
      delete manifest.parts[table.part];
    });
    return undefined;
  },
  async 'parts that were swapped'({ folder, files, random }) {
    const parts = files.filter(isPart);
    const one = pick(parts, random);
    const other = pick(
      parts.filter((name) => name !== one),
      random,
    );
    await rename(join(folder, one), join(folder, 'aside'));
    await rename(join(folder, other), join(folder, one));
    await rename(join(folder, 'aside'), join(folder, other));
    return undefined;
  },
  async 'a manifest of another set'({ folder, random }) {
    const other = sets[1]?.folder ?? '';
    await cp(join(other, 'manifest.json'), join(folder, 'manifest.json'));
    // With its seal, the parts give it away.
    if (random(2) === 1) await cp(join(other, 'manifest.sha256.age'), join(folder, 'manifest.sha256.age'));
    return undefined;
  },
  async 'a part of another set'({ folder, files, random }) {
    const name = pick(files.filter(isPart), random);
    await cp(join(sets[1]?.folder ?? '', name), join(folder, name));
    return { names: name };
  },
  async 'a manifest that was changed'({ folder, random }) {
    await changeManifest(folder, (manifest) => {
      const table = pick(manifest.tables, random);
      const changes = [
        () => (table.rows += 1),
        () => (table.sha256 = table.sha256.split('').reverse().join('')),
        () => (manifest.takenAt = new Date(random(1e9)).toISOString()),
        () => (manifest.version = '9.9.9'),
        () => manifest.migrations.pop(),
        () => table.columns.pop(),
        () => (manifest.recipients = []),
        () => manifest.sequences.push({ name: 'x', lastValue: '1', called: true }),
      ];
      pick(changes, random)();
    });
    return undefined;
  },
};

async function filesOf(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

async function spoil(corruption: Corruption, seed: number): Promise<void> {
  const source = sets[0]?.folder ?? '';
  const folder = join(
    app.dataDir,
    'spoiled',
    `20261126T020000Z-${seed.toString(16).padStart(6, '0').slice(-6)}`,
  );
  await mkdir(join(app.dataDir, 'spoiled'), { recursive: true });
  await cp(source, folder, { recursive: true });
  try {
    const random = createRandom(seed);
    const spoiled = await corruption({ folder, files: await filesOf(folder), random });
    const verifying = verifySet({
      config: spoiled?.config ?? config,
      version: '1.0.0',
      folder,
      template: templateFolder,
    });
    const error = await verifying.then(
      () => undefined,
      (failure: unknown) => failure,
    );
    if (!(error instanceof AppError)) throw new Error(`seed ${seed} was not caught`, { cause: error });
    expect(error.code, `seed ${seed}`).toMatch(/^backup-/);
    expect(error.remedy, `seed ${seed}`).toBeTruthy();
    if (spoiled?.names !== undefined) expect(error.message, `seed ${seed}`).toContain(spoiled.names);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

test.each(Object.keys(corruptions))(`${TIMES} times: %s is caught, with its reason`, async (name) => {
  const corruption = corruptions[name];
  if (!corruption) throw new Error(`Nothing is called ${name}.`);
  const at = Object.keys(corruptions).indexOf(name);
  for (let n = 0; n < TIMES; n++) await spoil(corruption, SEED + at * 1000 + n);
});

test('a set that was sealed without one of its tables is caught by its schema', async () => {
  const folder = join(app.dataDir, '20261126T020000Z-000000');
  await cp(sets[0]?.folder ?? '', folder, { recursive: true });
  let part = '';
  const manifest = await changeManifest(folder, (changed) => {
    part = changed.tables.pop()?.part ?? '';
    delete changed.parts[part];
  });
  await rm(join(folder, part));
  await rm(join(folder, 'manifest.sha256.age'));
  await writeSeal(join(folder, 'manifest.sha256.age'), manifest, sets[0]?.manifest.recipients ?? []);
  await expect(
    verifySet({ config, version: '1.0.0', folder, template: templateFolder }),
  ).rejects.toMatchObject({
    code: 'backup-table-missing',
  });
});

test('the set that they were made of holds', async () => {
  const folder = sets[0]?.folder ?? '';
  const verification = await verifySet({ config, version: '1.0.0', folder, template: templateFolder });
  expect(verification.held).toBe(true);
});
