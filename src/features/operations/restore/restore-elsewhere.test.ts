import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Config, loadConfig } from '#platform/config/index.ts';
import {
  createScratch,
  type EmbeddedOptions,
  openDatabase,
  openSnapshot,
  readMigrationPlan,
  type ServerOptions,
} from '#platform/database/index.ts';
import { newId } from '#platform/ids/index.ts';
import { installQueue } from '#platform/jobs/index.ts';
import { createSecrets } from '#platform/secrets/index.ts';
import { findPostgres, type PostgresServer, startPostgres } from '#testing/postgres-server.ts';
import { templateFolder } from '../../../app/template.ts';
import { createSet, type OpenSet, openSet } from '../backup/index.ts';
import { hashTables } from './fixtures/hash-tables.ts';
import { restoreSet } from './restore.ts';

const MIGRATIONS_OF_THE_OLDER_VERSION = 10;
const product = {
  version: '99.0.0',
  encryptedColumns: [{ table: 'repositories', column: 'access_token_encrypted' }],
  prepareQueue: installQueue,
};
const UPLOAD = newId();
let folder: string;
let identity: string;
let recipient: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'commandcenter-elsewhere-'));
  identity = await generateX25519Identity();
  recipient = await identityToRecipient(identity);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const configOf = (name: string, more: Record<string, string> = {}): Config =>
  loadConfig({
    DATA_DIR: join(folder, name),
    BACKUP_DIR: join(folder, `${name}-sets`),
    BACKUP_RECIPIENTS: recipient,
    LOG_LEVEL: 'silent',
    ...more,
  });

const embedded = (config: Config): EmbeddedOptions => ({ directory: join(config.dataDir, 'postgres') });

/** An installation on the embedded database with a token and an upload, and a set of it. */
async function makeHost(name: string): Promise<{ config: Config; set: OpenSet }> {
  const config = configOf(name);
  const [project, repository] = [newId(), newId()];
  await mkdir(join(config.dataDir, 'files'), { recursive: true });
  await writeFile(join(config.dataDir, 'files', UPLOAD), 'an upload');
  const token = createSecrets(config.dataDir, undefined).encrypt('token of a repository');
  const database = await openDatabase({ ...embedded(config), template: templateFolder });
  await database.ownerQuery("insert into projects (id, slug, name) values ($1, 'one', 'One')", [project]);
  await database.ownerQuery(
    `insert into repositories (id, project_id, name, location, location_key, kind, sync_every_minutes, access_token_encrypted)
     values ($1, $2, 'r', 'https://example.com/r', 'r', 'url', 30, $3)`,
    [repository, project, token],
  );
  await database.ownerQuery(
    `insert into documents (id, project_id, source, external_id, title, media_type, content_hash, state, file_key)
     values ($1, $2, 'upload', 'u', 'Upload', 'text/plain', 'h', 'ready', $3)`,
    [newId(), project, UPLOAD],
  );
  await database.close();
  const made = await createSet({
    config,
    version: '0.1.0',
    takeSnapshot: () => openSnapshot(embedded(config)),
  });
  return { config, set: await openSet(made.folder, [identity]) };
}

async function storedToken(options: EmbeddedOptions | ServerOptions): Promise<string> {
  const database = await openDatabase(options);
  const { rows } = await database.ownerQuery('select access_token_encrypted as token from repositories');
  await database.close();
  return String(rows[0]?.['token']);
}

const withoutTokens = ({ repositories: _, ...rest }: Record<string, string>): Record<string, string> => rest;

test('on a host that has nothing but the set and the identity, all comes back', async () => {
  const { config, set } = await makeHost('lost');
  const before = await hashTables(embedded(config));
  await rm(config.dataDir, { recursive: true });
  const elsewhere = configOf('new-host');
  await mkdir(elsewhere.dataDir);
  expect(await restoreSet(elsewhere, set, { product })).toMatchObject({ kept: null });
  expect(withoutTokens(await hashTables(embedded(elsewhere)))).toEqual(withoutTokens(before));
  expect(existsSync(join(elsewhere.dataDir, 'files', UPLOAD))).toBe(true);
  const token = await storedToken(embedded(elsewhere));
  expect(createSecrets(elsewhere.dataDir, undefined).decrypt(token)).toBe('token of a repository');
}, 120_000);

test('a set of an older version is brought to this one', async () => {
  const config = configOf('older');
  await mkdir(config.dataDir);
  const { pending } = await readMigrationPlan({ directory: join(folder, 'plan') });
  const scratch = await createScratch(embedded(config), pending.slice(0, MIGRATIONS_OF_THE_OLDER_VERSION));
  await scratch.complete([]);
  await scratch.query("insert into projects (id, slug, name) values ($1, 'old', 'Old')", [newId()]);
  await scratch.close();
  const made = await createSet({
    config,
    version: '0.0.9',
    takeSnapshot: () => openSnapshot(embedded(config)),
  });
  const set = await openSet(made.folder, [identity]);
  expect(set.migrations).toHaveLength(MIGRATIONS_OF_THE_OLDER_VERSION);
  await restoreSet(config, set, { product });
  expect((await readMigrationPlan(embedded(config))).pending).toEqual([]);
  const database = await openDatabase(embedded(config));
  const { rows } = await database.ownerQuery('select slug from projects');
  await database.close();
  expect(rows).toEqual([{ slug: 'old' }]);
}, 120_000);

describe.skipIf(!findPostgres())('onto a server (skipped where PostgreSQL is not installed)', () => {
  let postgres: PostgresServer;
  beforeAll(async () => {
    postgres = await startPostgres();
    await postgres.query('create role product login createdb createrole');
  });
  afterAll(() => postgres.close());

  test('a set of the embedded database is restored, with the key of the server', async () => {
    const { config, set } = await makeHost('grown');
    const before = await hashTables(embedded(config));
    const url = postgres.url('product').replace('owner@', 'product@');
    const key = 'c'.repeat(64);
    const server = configOf('server', { DATABASE_URL: url, SECRET_KEY: key });
    await mkdir(server.dataDir);
    await restoreSet(server, set, { product });
    const options = { url, settings: server };
    expect(withoutTokens(await hashTables(options))).toEqual(withoutTokens(before));
    expect(createSecrets(server.dataDir, key).decrypt(await storedToken(options))).toBe(
      'token of a repository',
    );
  }, 120_000);
});
