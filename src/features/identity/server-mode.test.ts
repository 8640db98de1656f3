import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '#platform/config/index.ts';
import { readMigrations } from '#platform/database/migrate.ts';
import { addPerson, openBrowser, startTestApp, type TestApp } from '#testing/index.ts';
import { findPostgres, type PostgresServer, startPostgres } from '#testing/postgres-server.ts';
import { makeLoginLink, migrateDatabase } from '../../app/index.ts';

const KEY = '0'.repeat(64);
const COMMAND = join(import.meta.dirname, '..', '..', 'cli', 'main.ts');

describe.skipIf(!findPostgres())('on a PostgreSQL server', () => {
  let postgres: PostgresServer;
  let folder: string;
  beforeAll(async () => {
    postgres = await startPostgres();
    folder = await mkdtemp(join(tmpdir(), 'commandcenter-people-'));
    await postgres.query('create role plain login createrole');
  });
  afterAll(async () => {
    await postgres.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** The address of a new database for a login user that is no superuser. */
  async function addDatabase(name: string): Promise<string> {
    await postgres.query(`create database ${name} owner plain`);
    return postgres.url(name).replace('owner@', 'plain@');
  }
  const environment = (url: string) => ({
    DATABASE_URL: url,
    SECRET_KEY: KEY,
    LOG_LEVEL: 'silent',
    DATA_DIR: folder,
    DATABASE_POOL_SIZE: '4',
    LOGIN_LIMIT_PER_MINUTE: '1000',
  });
  const config = (url: string) => loadConfig(environment(url));
  const start = (url: string): Promise<TestApp> => startTestApp({ dataDir: folder, env: environment(url) });

  test('two databases of one cluster are migrated by a user that is no superuser', async () => {
    const urls = [await addDatabase('one'), await addDatabase('two')];
    await migrateDatabase(config(urls[0] ?? ''), () => {});
    await migrateDatabase(config(urls[1] ?? ''), () => {});
    for (const url of urls) {
      const app = await start(url);
      const viewer = await addPerson(app, 'viewer');
      expect((await viewer.request('GET', '/overview')).status).toBe(200);
      expect((await viewer.request('POST', '/technologies', { name: 'No' })).status).toBe(403);
      await app.close();
    }
    const roles = await postgres.query(
      "select rolsuper or rolbypassrls or rolcanlogin as mighty from pg_roles where rolname like 'commandcenter%'",
    );
    expect(roles).toEqual([{ mighty: false }, { mighty: false }]);
  });

  test('the role of the features has no right on people, and either role may only add to the log', async () => {
    await migrateDatabase(config(await addDatabase('rights')), () => {});
    const rights = await postgres.query(
      `select table_name as table, string_agg(privilege_type, ' ' order by privilege_type) as rights
       from information_schema.role_table_grants
       where grantee = 'commandcenter_app' and table_name in ('users', 'user_links', 'sessions', 'api_tokens',
         'invitations', 'login_codes', 'recovery_codes', 'members', 'projects', 'activity')
       group by 1 order by 1`,
      'rights',
    );
    expect(rights).toEqual([
      { table: 'activity', rights: 'INSERT SELECT' },
      { table: 'members', rights: 'SELECT' },
      { table: 'projects', rights: 'SELECT' },
    ]);
    const identity = await postgres.query(
      `select string_agg(distinct table_name, ' ' order by table_name) as tables,
         bool_or(table_name = 'activity' and privilege_type in ('UPDATE', 'DELETE', 'TRUNCATE')) as edits
       from information_schema.role_table_grants where grantee = 'commandcenter_identity'`,
      'rights',
    );
    expect(identity).toEqual([
      {
        tables:
          'activity api_tokens invitations login_codes members projects recovery_codes sessions user_links users',
        edits: false,
      },
    ]);
  });

  test('what one process decides counts at once in another', async () => {
    const url = await addDatabase('replicas');
    await migrateDatabase(config(url), () => {});
    const [first, second] = [await start(url), await start(url)];
    const { body } = await first.request('POST', '/login-links');
    const browser = openBrowser(second);
    expect((await browser.request('GET', body.path)).headers.get('location')).toBe('/');
    expect((await openBrowser(first).request('GET', body.path)).headers.get('location')).toContain(
      'signed-out',
    );
    const session = (app: TestApp) =>
      openBrowser(app).request('GET', '/session', undefined, {
        cookie: `commandcenter_session=${browser.cookies.get('commandcenter_session')}`,
      });
    expect([(await session(first)).status, (await session(second)).status]).toEqual([200, 200]);
    const { items } = (await session(first).then(() => browser.request('GET', '/sessions'))).body;
    await browser.request('DELETE', `/sessions/${items[0].id}`);
    expect((await session(second)).status).toBe(401);
    // With Redis the other one is told, which takes a moment; without it, it remembers nobody.
    await expect.poll(async () => (await session(first)).status, { timeout: 10_000 }).toBe(401);
    await Promise.all([first.close(), second.close()]);
  });

  test('the first run makes one owner, however many start at once', async () => {
    const url = await addDatabase('first_run');
    await migrateDatabase(config(url), () => {});
    const apps = await Promise.all([start(url), start(url), start(url)]);
    const counts = await postgres.query(
      'select (select count(*)::int from users) as users, (select count(*)::int from projects) as projects, (select count(*)::int from members) as members',
      'first_run',
    );
    expect(counts).toEqual([{ users: 1, projects: 1, members: 1 }]);
    await Promise.all(apps.map((app) => app.close()));
  });

  test('`commandcenter login-link` needs the database alone, and any server redeems its link', async () => {
    const url = await addDatabase('links');
    await migrateDatabase(config(url), () => {});
    const before = new URL(await makeLoginLink(config(url), undefined));
    const app = await start(url);
    const owner = openBrowser(app);
    await owner.request('GET', `${before.pathname}${before.search}`);
    expect((await owner.request('GET', '/session')).body.user).toMatchObject({ name: 'Owner', admin: true });
    const person = await addPerson(app, 'viewer');
    const run = (...args: string[]) =>
      promisify(execFile)(process.execPath, [COMMAND, 'login-link', ...args], {
        env: { ...process.env, ...environment(url), PUBLIC_URL: 'https://radar.example.com/' },
      });
    const { stdout } = await run('--user', person.email.toUpperCase());
    expect(stdout).toMatch(/^https:\/\/radar\.example\.com\/login\?code=[\w-]+\n$/);
    const link = new URL(stdout);
    const browser = openBrowser(app);
    await browser.request('GET', `${link.pathname}${link.search}`);
    expect((await browser.request('GET', '/session')).body.user.email).toBe(person.email);
    await expect(run('--user', 'nobody@example.com')).rejects.toMatchObject({
      stderr: expect.stringContaining('There is no user nobody@example.com.'),
    });
    await app.close();
  });

  test('data of the version before keeps its project, its log, and its person signed in', async () => {
    const url = await addDatabase('earlier');
    const secret = 'the cookie of a browser';
    await makeEarlierDatabase(url, secret);
    await migrateDatabase(config(url), () => {});
    const app = await start(url);
    const session = await openBrowser(app).request('GET', '/session', undefined, {
      cookie: `commandcenter_session=${encodeURIComponent(secret)}`,
    });
    expect(session.body).toMatchObject({
      user: { name: 'Owner', admin: true },
      role: 'owner',
      project: { slug: 'default', name: 'Kept' },
    });
    const overview = await app.request('GET', '/overview');
    expect(overview.body.activity).toMatchObject([{ action: 'radar.move', actor: { kind: 'owner' } }]);
    await app.close();
  });
});

/** A database as the first version has left it: its five migrations, a project, a session and a log. */
async function makeEarlierDatabase(url: string, secret: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(
    'create table schema_migrations (version integer primary key, name text not null, checksum text not null, applied_at timestamptz not null default now())',
  );
  for (const { version, name, checksum, sql } of await readMigrations()) {
    if (version > 5) continue;
    await client.query(sql);
    await client.query('insert into schema_migrations (version, name, checksum) values ($1, $2, $3)', [
      version,
      name,
      checksum,
    ]);
  }
  const project = '01890000-0000-7000-8000-000000000000';
  await client.query("insert into projects (id, slug, name) values ($1, 'default', 'Kept')", [project]);
  await client.query(
    `insert into sessions (token_hash, project_id, actor_id, actor_name, expires_at)
     values ($1, $2, 'owner', 'Owner', now() + interval '20 days')`,
    [createHash('sha256').update(secret).digest(), project],
  );
  await client.query(
    `insert into activity (id, project_id, actor_kind, actor_id, actor_name, action, subject_kind, subject_id)
     values (gen_random_uuid(), $1, 'owner', 'owner', 'Owner', 'radar.move', 'technology', 'x')`,
    [project],
  );
  await client.end();
}
