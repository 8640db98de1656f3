import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Decrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '#platform/config/index.ts';
import { openDatabase, openSnapshot } from '#platform/database/index.ts';
import { newId } from '#platform/ids/index.ts';
import { installQueue } from '#platform/jobs/index.ts';
import { templateFolder } from '../../../app/template.ts';
import { createSet, findSet, identitiesOf, openSet } from '../backup/index.ts';
import { createProductionFolder } from '../environment/production-folder.ts';
import { hashTables } from '../restore/fixtures/hash-tables.ts';
import { restoreSet } from '../restore/restore.ts';
import { makeKit } from './make-kit.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'commandcenter-kit-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const about = { version: '0.1.0', at: new Date('2026-11-26T12:00:00Z'), recipients: [] };

/** Opens a kit as whoever holds the passphrase does, with the system's tar. */
async function unpack(file: string, passphrase: string | null): Promise<string> {
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase ?? '');
  const opened = await decrypter.decrypt(await readFile(file));
  const target = await mkdtemp(join(folder, 'opened-'));
  execFileSync('tar', ['-x', '-C', target], { input: opened });
  return join(target, 'commandcenter-kit');
}

test('on another host everything comes back from the sets and the kit alone', async () => {
  const config = loadConfig({ DATA_DIR: join(folder, 'lost'), LOG_LEVEL: 'silent' });
  const directory = join(config.dataDir, 'postgres');
  const database = await openDatabase({ directory, template: templateFolder });
  await database.ownerQuery("insert into projects (id, slug, name) values ($1, 'one', 'One')", [newId()]);
  await database.close();
  await createSet({ config, version: '0.1.0', takeSnapshot: () => openSnapshot({ directory }) });
  const before = await hashTables({ directory });
  const kit = await makeKit({ ...about, config, target: join(folder, 'kit.age') });
  await cp(join(config.dataDir, 'backups'), join(folder, 'new/backups'), { recursive: true });
  await rm(config.dataDir, { recursive: true });

  const opened = await unpack(kit.file, kit.passphrase);
  const elsewhere = loadConfig({ DATA_DIR: join(folder, 'new'), LOG_LEVEL: 'silent' });
  await cp(join(opened, 'backup-identity'), join(elsewhere.dataDir, 'backup-identity'));
  const set = await openSet(await findSet(join(elsewhere.dataDir, 'backups')), identitiesOf(elsewhere));
  await restoreSet(elsewhere, set, {
    product: { version: '0.1.0', encryptedColumns: [], prepareQueue: installQueue },
  });
  expect(await hashTables({ directory: join(elsewhere.dataDir, 'postgres') })).toEqual(before);
  expect(kit.warnings).toEqual([expect.stringContaining('BACKUP_OFFSITE names no other place')]);
  expect(await readFile(join(opened, 'README.md'), 'utf8')).toContain('commandcenter restore --latest');
}, 120_000);

describe('of a production folder', () => {
  let site: string;
  beforeAll(async () => {
    site = join(folder, 'radar');
    await createProductionFolder(
      { directory: site, domain: 'radar.example.org', selfSigned: true },
      { image: 'commandcenter:1', webImage: 'commandcenter-web:1' },
    );
    await mkdir(join(site, 'deployments'), { recursive: true });
    await writeFile(join(site, 'deployments/journal.jsonl'), '{}\n');
  });

  test('every file is in it, with who owns it, and nothing of deploys', async () => {
    const kit = await makeKit({
      ...about,
      config: loadConfig({ LOG_LEVEL: 'silent' }),
      folder: site,
      target: join(folder, 'site.age'),
    });
    const opened = await unpack(kit.file, kit.passphrase);
    const installation = join(opened, 'installation');
    const there = (await readdir(site, { recursive: true, withFileTypes: true })).filter((entry) =>
      entry.isFile(),
    );
    for (const entry of there) {
      const inside = join(entry.parentPath, entry.name).slice(site.length + 1);
      if (inside.startsWith('deployments')) continue;
      expect(await readFile(join(installation, inside))).toEqual(await readFile(join(site, inside)));
    }
    expect(existsSync(join(installation, 'deployments'))).toBe(false);
    await chmod(join(installation, 'secrets/secret_key'), 0o644);
    execFileSync('sh', [join(opened, 'set-owners.sh'), installation]);
    const [was, is] = await Promise.all(
      [site, installation].map((root) => stat(join(root, 'secrets/secret_key'))),
    );
    expect([is?.mode, is?.uid, is?.gid]).toEqual([was?.mode, was?.uid, was?.gid]);
  });

  test('without the passphrase nothing can be read, and each kit has its own', async () => {
    const make = (name: string) =>
      makeKit({
        ...about,
        config: loadConfig({ LOG_LEVEL: 'silent' }),
        folder: site,
        target: join(folder, name),
      });
    const [one, two] = [await make('one.age'), await make('two.age')];
    expect(one.passphrase).toMatch(/^([a-z2-9]{5}-){5}[a-z2-9]{5}$/);
    expect(two.passphrase).not.toBe(one.passphrase);
    await expect(unpack(one.file, two.passphrase)).rejects.toThrow();
    const secret = await readFile(join(site, 'secrets/secret_key'));
    expect((await readFile(one.file)).includes(secret)).toBe(false);
    expect((await stat(one.file)).mode & 0o777).toBe(0o600);
  }, 60_000);

  test('it can be for holders of keys instead', async () => {
    const identity = await generateX25519Identity();
    const kit = await makeKit({
      ...about,
      config: loadConfig({ LOG_LEVEL: 'silent' }),
      recipients: [await identityToRecipient(identity)],
      folder: site,
      target: join(folder, 'keys.age'),
    });
    expect(kit.passphrase).toBeNull();
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    expect((await decrypter.decrypt(await readFile(kit.file))).length).toBeGreaterThan(1000);
  });

  test('an older kit is not overwritten, and a folder without the identity is refused', async () => {
    const config = loadConfig({ LOG_LEVEL: 'silent', DATA_DIR: join(folder, 'nothing') });
    const there = join(folder, 'there.age');
    await writeFile(there, 'older');
    await expect(makeKit({ ...about, config, folder: site, target: there })).rejects.toThrow(
      /is there already/,
    );
    expect(await readFile(there, 'utf8')).toBe('older');
    const target = join(folder, 'none.age');
    await rm(join(site, 'secrets/backup_identity'));
    await expect(makeKit({ ...about, config, folder: site, target })).rejects.toThrow(/backup_identity/);
    await expect(makeKit({ ...about, config, target })).rejects.toThrow(/no identity/);
    expect(existsSync(target)).toBe(false);
  });
});
