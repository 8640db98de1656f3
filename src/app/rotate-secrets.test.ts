import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadConfig } from '#platform/config/index.ts';
import type { Database } from '#platform/database/index.ts';
import { newSecretKey } from '#platform/secrets/index.ts';
import { onServer, startTestApp, type TestApp } from '#testing/index.ts';
import { ENCRYPTED_COLUMNS, rotateStoredSecrets } from './rotate-secrets.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'commandcenter-rotate-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

/** Stores a secret in every column that may hold one, as the product does. */
async function plant(app: TestApp): Promise<void> {
  const { status } = await app.request('POST', '/repositories', {
    location: 'https://git.invalid/a.git',
    accessToken: 'ghp_planted',
  });
  expect(status).toBe(201);
  const { encrypt } = app.platform.secrets;
  await app.platform.database.ownerQuery('update users set totp_secret = $1, totp_pending = $2', [
    encrypt('planted one'),
    encrypt('planted two'),
  ]);
}

/** Everything in the database that looks like an encrypted value, with the column that holds it. */
async function findEncrypted(database: Database): Promise<{ column: string; value: string }[]> {
  const { rows: columns } = await database.ownerQuery(
    `select table_name, column_name from information_schema.columns
     where table_schema = 'public' and data_type in ('text', 'character varying', 'jsonb')`,
  );
  const found = [];
  for (const { table_name, column_name } of columns) {
    const { rows } = await database.ownerQuery(
      `select "${column_name}"::text as value from "${table_name}" where "${column_name}"::text ~ '^"?v[0-9]+\\.[0-9A-Za-z_-]{6,}\\.'`,
    );
    found.push(
      ...rows.map(({ value }) => ({ column: `${table_name}.${column_name}`, value: String(value) })),
    );
  }
  return found;
}

const readAll = (app: TestApp): Promise<string[]> =>
  findEncrypted(app.platform.database).then((all) =>
    all.map(({ value }) => app.platform.secrets.decrypt(value)).sort(),
  );

describe('rotation', () => {
  test('knows every column that holds an encrypted value', async () => {
    const app = await startTestApp({ dataDir });
    await plant(app);
    const columns = new Set((await findEncrypted(app.platform.database)).map(({ column }) => column));
    expect(columns).toEqual(new Set(ENCRYPTED_COLUMNS.map(({ table, column }) => `${table}.${column}`)));
    const { rows } = await app.platform.database.ownerQuery(
      "select table_name || '.' || column_name as name from information_schema.columns where table_schema = 'public' and column_name like '%encrypted%'",
    );
    for (const { name } of rows) expect([...columns]).toContain(name);
    await app.close();
  });

  test('goes from one configured key to the next, beside a server that knows both', async () => {
    const [before, now] = [newSecretKey(), newSecretKey()];
    const first = await startTestApp({ dataDir, env: { SECRET_KEY: before } });
    await plant(first);
    const { databaseUrl } = first.platform.config;
    await first.close();
    const both = { SECRET_KEY: now, PREVIOUS_SECRET_KEYS: before };
    const beside = onServer ? await startTestApp({ dataDir, env: both }) : undefined;
    const config = loadConfig({
      DATA_DIR: dataDir,
      ...both,
      ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}),
    });
    const { rotated } = await rotateStoredSecrets(config, { newKey: false });
    expect(rotated.map(({ count }) => count)).toEqual([1, 1, 1]);
    const again = await rotateStoredSecrets(config, { newKey: false });
    expect(again.rotated.map(({ count }) => count)).toEqual([0, 0, 0]);
    if (beside) {
      expect(await readAll(beside)).toEqual(['ghp_planted', 'planted one', 'planted two']);
      await beside.close();
    }
    const last = await startTestApp({ dataDir, env: { SECRET_KEY: now } });
    expect(await readAll(last)).toEqual(['ghp_planted', 'planted one', 'planted two']);
    await last.close();
  });

  test.skipIf(onServer)(
    'makes a new key in the data directory, and drops the old one at the end',
    async () => {
      const first = await startTestApp({ dataDir });
      await plant(first);
      await first.close();
      const path = join(dataDir, 'secret-key');
      const before = (await readFile(path, 'utf8')).trim();
      await rotateStoredSecrets(loadConfig({ DATA_DIR: dataDir }), { newKey: true });
      const now = (await readFile(path, 'utf8')).trim();
      expect(now).toMatch(/^[0-9a-f]{64}$/);
      expect(now).not.toBe(before);
      expect((await stat(path)).mode & 0o777).toBe(0o600);
      const last = await startTestApp({ dataDir });
      expect(await readAll(last)).toEqual(['ghp_planted', 'planted one', 'planted two']);
      await last.close();
    },
  );

  test('says which rows no known key opens, and rotates all others', async () => {
    const [before, now] = [newSecretKey(), newSecretKey()];
    const first = await startTestApp({ dataDir, env: { SECRET_KEY: before } });
    await plant(first);
    const { databaseUrl } = first.platform.config;
    const stored = first.platform.secrets.encrypt('x');
    const foreign = stored.replace(/^v2\.[0-9a-f]{8}/, 'v2.00000000');
    await first.platform.database.ownerQuery('update users set totp_pending = $1', [foreign]);
    const { rows } = await first.platform.database.ownerQuery('select id from users');
    await first.close();
    const config = loadConfig({
      DATA_DIR: dataDir,
      SECRET_KEY: now,
      PREVIOUS_SECRET_KEYS: before,
      ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}),
    });
    await expect(rotateStoredSecrets(config, { newKey: false })).rejects.toMatchObject({
      code: 'secret-unreadable',
      message: expect.stringContaining(`users.totp_pending of ${String(rows[0]?.['id'])}`),
      details: { rotated: [{ count: 1 }, { count: 1 }, { count: 0 }] },
    });
  });
});
