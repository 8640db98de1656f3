import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { generateX25519Identity } from 'age-encryption';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Config } from '#platform/config/index.ts';
import { newId } from '#platform/ids/index.ts';
import { onServer, startTestApp, type TestApp } from '#testing/index.ts';
import { templateFolder } from '../../../app/template.ts';
import { type CreatedSet, createSet, findSet, identitiesOf, listSets, openSet, verifySet } from './index.ts';
import { backupFolder, lockBackups } from './set-folder.ts';

const version = '1.2.3';
const UPLOAD = 'what was uploaded\n'.repeat(1000);

let app: TestApp;
let config: Config;
let made: CreatedSet;
let uploadKey: string;

const create = (more: { plain?: boolean } = {}): Promise<CreatedSet> =>
  createSet({ config, version, takeSnapshot: () => app.platform.database.snapshot(), ...more });
const verify = (folder: string, as = config) =>
  verifySet({ config: as, version, folder, template: templateFolder });

beforeAll(async () => {
  const identity = await generateX25519Identity();
  app = await startTestApp(onServer ? { env: { BACKUP_IDENTITY: identity } } : {});
  config = app.platform.config;
  uploadKey = await app.platform.files.write(Readable.from([UPLOAD]));
  await app.platform.database.ownerQuery(
    `insert into documents (id, project_id, source, external_id, title, media_type, content_hash, state, file_key)
     values ($1, $2, 'upload', 'f', 'F', 'text/plain', 'h', 'ready', $3)`,
    [newId(), app.context.projectId, uploadKey],
  );
  made = await create();
});

afterAll(() => app.close());

describe('a set', () => {
  test('says without its key what it is and what it holds, and no secret', async () => {
    const [summary] = await listSets(backupFolder(config));
    expect(summary).toMatchObject({
      name: made.name,
      state: 'whole',
      version,
      encrypted: true,
      verification: null,
    });
    expect(made.name).toMatch(/^\d{8}T\d{6}Z-[0-9a-f]{6}$/);
    const text = await readFile(join(made.folder, 'manifest.json'), 'utf8');
    expect(text).not.toContain('AGE-SECRET');
    const key = await readFile(join(app.dataDir, 'secret-key'), 'utf8').catch(() => config.secretKey ?? '');
    expect(key.length).toBeGreaterThan(60);
    expect(text).not.toContain(key.trim());
    expect(made.manifest.files).toMatchObject({ count: 1, bytes: UPLOAD.length, missing: [] });
  });

  test('gives back rows, uploads and keys to whoever has the identity', async () => {
    const set = await openSet(made.folder, identitiesOf(config));
    let projects = '';
    for await (const piece of set.read('projects')) projects += Buffer.from(piece).toString();
    expect(projects).toContain(app.context.projectId);
    const target = join(app.dataDir, 'unpacked');
    await mkdir(target);
    expect(await set.unpackFiles(target)).toBe(1);
    expect(await readFile(join(target, uploadKey), 'utf8')).toBe(UPLOAD);
    expect(await set.secretKeys()).toHaveLength(1);
  });

  test('is verified by a restore, and says how long that took', async () => {
    const verification = await verify(made.folder);
    expect(verification).toMatchObject({ held: true, problem: null, version, uploads: 1 });
    expect(verification.tables).toBe(made.manifest.tables.length);
    expect(verification.recoverySeconds).toBeGreaterThan(0);
    expect((await listSets(backupFolder(config)))[0]?.verification).toEqual(verification);
    expect((await readdir(app.dataDir)).filter((name) => /verify|held|snapshot/.test(name))).toEqual([]);
  });

  test('is the newest that is whole if none is named', async () => {
    expect(await findSet(backupFolder(config))).toBe(made.folder);
    await expect(findSet(backupFolder(config), '../secret')).rejects.toMatchObject({
      code: 'backup-missing',
    });
  });

  test('is open only when that is asked for', async () => {
    const open = await create({ plain: true });
    expect(open.manifest.recipients).toEqual([]);
    const set = await openSet(open.folder, []);
    expect(await set.secretKeys()).toHaveLength(1);
    await rm(open.folder, { recursive: true });
  });

  test('is not made while another one is', async () => {
    const lock = await lockBackups(backupFolder(config));
    await expect(create()).rejects.toMatchObject({ code: 'backup-running' });
    await lock.release();
  });

  test('of a database that names an upload which is gone says so', async () => {
    const lost = newId();
    await app.platform.database.ownerQuery("update documents set file_key = $1 where external_id = 'f'", [
      lost,
    ]);
    const set = await create({ plain: true });
    await app.platform.database.ownerQuery("update documents set file_key = $1 where external_id = 'f'", [
      uploadKey,
    ]);
    expect(set.manifest.files).toMatchObject({ count: 0, missing: [lost] });
    await rm(set.folder, { recursive: true });
  });
});

describe('what is no whole set', () => {
  test('is told as partial, foreign or damaged', async () => {
    const folder = backupFolder(config);
    const at = '20200101T000000Z-00000';
    await cp(made.folder, join(folder, `${at}1.partial`), { recursive: true });
    await cp(made.folder, join(folder, `${at}2`), { recursive: true });
    await rm(join(folder, `${at}2`, 'manifest.json'));
    await mkdir(join(folder, 'photos'));
    await cp(made.folder, join(folder, `${at}3`), { recursive: true });
    await rm(join(folder, `${at}3`, made.manifest.keys));
    const states = Object.fromEntries((await listSets(folder)).map(({ name, state }) => [name, state]));
    expect(states).toEqual({
      [`${at}1.partial`]: 'partial',
      [`${at}2`]: 'partial',
      [`${at}3`]: 'damaged',
      [made.name]: 'whole',
      photos: 'foreign',
    });
    await expect(verify(join(folder, `${at}1.partial`))).rejects.toMatchObject({ code: 'backup-partial' });
    await rm(join(folder, 'photos'), { recursive: true });
    for (const name of [`${at}2`, `${at}3`]) await rm(join(folder, name), { recursive: true });
  });

  test('is removed by the next backup if one was killed', async () => {
    const set = await create({ plain: true });
    expect((await readdir(backupFolder(config))).filter((name) => name.endsWith('.partial'))).toEqual([]);
    await rm(set.folder, { recursive: true });
  });

  test('cannot be opened without an identity, or with another one', async () => {
    await expect(openSet(made.folder, [])).rejects.toMatchObject({ code: 'backup-identity-missing' });
    const other = [await generateX25519Identity()];
    await expect(openSet(made.folder, other)).rejects.toMatchObject({ code: 'backup-identity-wrong' });
  });

  test('a failed verification is written down', async () => {
    const copy = join(app.dataDir, made.name);
    await cp(made.folder, copy, { recursive: true });
    const path = join(copy, made.manifest.tables[0]?.part ?? '');
    const bytes = await readFile(path);
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 20) ^ 1, bytes.length - 20);
    await writeFile(path, bytes);
    await expect(verify(copy)).rejects.toMatchObject({ code: 'backup-part-damaged' });
    const renamed = join(backupFolder(config), '20200101T000000Z-000009');
    await rename(copy, renamed);
    const [summary] = await listSets(backupFolder(config));
    expect(summary?.verification).toMatchObject({ held: false, problem: expect.stringContaining('SHA-256') });
    await rm(renamed, { recursive: true });
  });
});
