import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '#platform/config/index.ts';
import { newId } from '#platform/ids/index.ts';
import { findPostgres } from '#testing/postgres-server.ts';
import { onServer, prepareServer, type ServerRuntime } from '#testing/server-runtime.ts';
import { templateFolder } from '../../../app/template.ts';
import { type Database, type EmbeddedOptions, openDatabase, type ServerOptions } from '../index.ts';
import {
  type ContentMeasure,
  createContentMeter,
  createScratch,
  openSnapshot,
  type Scratch,
  type ScratchPlace,
  type Snapshot,
  type TableShape,
} from './index.ts';

let directory: string;
let server: ServerRuntime | undefined;
let options: EmbeddedOptions | ServerOptions;
let database: Database;
const projectId = newId();

// All that COPY writes in its own way, and texts that sort otherwise in most languages.
const AWKWARD = ['tab\tnew\nline', 'back\\slash \\N', 'ä', 'Z', 'a', '\\.', 'cr\r\f\v\b', '', '😀'];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'commandcenter-transfer-'));
  server = await prepareServer(directory);
  const config = loadConfig({ DATABASE_POOL_SIZE: '3', ...server?.env });
  options = config.databaseUrl
    ? { url: config.databaseUrl, settings: config }
    : { directory: join(directory, 'postgres'), template: templateFolder };
  database = await openDatabase(options);
  const insert = (text: string, ...values: unknown[]): Promise<unknown> => database.ownerQuery(text, values);
  await insert('insert into projects (id, slug, name) values ($1, $2, $2)', projectId, 'p');
  for (const text of AWKWARD) {
    await insert(
      `insert into documents (id, project_id, source, external_id, title, media_type, text, content_hash, state)
       values ($1, $2, 'api', $3, $3, 'text/plain', $4, 'h', 'ready')`,
      newId(),
      projectId,
      `id ${text}`,
      text.repeat(1000),
    );
    await insert(
      'insert into technology_usage values ($1, $2, $2, $2, 1, 2, $3, $4, 0.1, true)',
      projectId,
      text,
      AWKWARD,
      JSON.stringify([text]),
    );
  }
  await insert(
    `insert into jobs (id, project_id, kind, root_id, input, created_at)
     select gen_random_uuid(), $1, 'k', gen_random_uuid(), jsonb_build_object('n', n, 'r', 0.1::float8 * n), now() - n * interval '1.7 s'
     from generate_series(1, 5000) n`,
    projectId,
  );
});

afterAll(async () => {
  await database.close();
  await server?.drop();
  await rm(directory, { recursive: true, force: true });
});

async function measure(source: Pick<Snapshot, 'read'>, table: TableShape): Promise<ContentMeasure> {
  const meter = createContentMeter();
  for await (const piece of source.read(table)) meter.add(piece);
  return meter.result();
}

async function measureAll(
  source: Pick<Snapshot, 'read' | 'catalog'>,
): Promise<Record<string, ContentMeasure>> {
  const measures: Record<string, ContentMeasure> = {};
  for (const table of source.catalog.tables) measures[table.name] = await measure(source, table);
  return measures;
}

async function fill(scratch: Scratch, snapshot: Snapshot): Promise<void> {
  for (const table of snapshot.catalog.tables) await scratch.load(table, snapshot.read(table));
  await scratch.complete(snapshot.catalog.sequences);
}

const place = (name: string): ScratchPlace =>
  'url' in options
    ? { server: options, database: `scratch_${name}_${newId().slice(-8)}` }
    : { directory: join(directory, `scratch-${name}`), template: templateFolder };

describe('a snapshot', () => {
  test('holds every table of the product with its rows, and is not moved by what is written later', async () => {
    const snapshot = await database.snapshot();
    try {
      expect(snapshot.catalog.tables.map(({ name }) => name)).toEqual(
        expect.arrayContaining(['activity', 'documents', 'jobs', 'projects', 'users']),
      );
      expect(snapshot.catalog.tables.map(({ name }) => name)).not.toContain('schema_migrations');
      expect(snapshot.catalog.migrations[0]).toMatchObject({ name: '0001_platform.sql' });
      const before = await measureAll(snapshot);
      expect(before['jobs']?.rows).toBe(5000);
      expect(before['documents']?.rows).toBe(AWKWARD.length);
      const { rows } = await database.ownerQuery(
        'insert into user_links select $1, $1, id, now() from users returning 1',
        [newId()],
      );
      expect(rows).toEqual([]);
      await database.ownerQuery('insert into projects (id, slug, name) values ($1, $2, $2)', [
        newId(),
        newId(),
      ]);
      expect(await measureAll(snapshot)).toEqual(before);
    } finally {
      await snapshot.close();
    }
  });

  test('leaves nothing behind when it is closed', async () => {
    const snapshot = await database.snapshot();
    await snapshot.close();
    expect((await readdir(directory)).filter((name) => name.includes('snapshot'))).toEqual([]);
  });

  test('may be left in the middle of a table', async () => {
    const snapshot = await database.snapshot();
    const jobs = snapshot.catalog.tables.find(({ name }) => name === 'jobs');
    if (!jobs) throw new Error('There is no table of jobs.');
    for await (const piece of snapshot.read(jobs)) {
      expect(piece.length).toBeGreaterThan(0);
      break;
    }
    await snapshot.close();
  });

  test('of a folder without a database is refused, and none is made', async () => {
    const missing = join(directory, 'nothing-here');
    await expect(openSnapshot({ directory: missing })).rejects.toMatchObject({ code: 'database-missing' });
    expect(await readdir(directory)).not.toContain('nothing-here');
  });
});

describe('a scratch database', () => {
  test('holds what was loaded, byte for byte', async () => {
    const snapshot = await database.snapshot();
    const scratch = await createScratch(place('equal'), snapshot.catalog.migrations);
    try {
      await fill(scratch, snapshot);
      const expected = await measureAll(snapshot);
      for (const table of snapshot.catalog.tables) {
        expect(await measure(scratch, table), table.name).toEqual(expected[table.name]);
      }
      expect(await scratch.migrate()).toEqual([]);
    } finally {
      await scratch.drop();
      await snapshot.close();
    }
  });

  test('can be filled from the other runtime', async () => {
    const snapshot = await database.snapshot();
    const scratch = await createScratch(
      { directory: join(directory, 'scratch-embedded') },
      snapshot.catalog.migrations,
    );
    try {
      await fill(scratch, snapshot);
      const back = await createScratch(place('back'), snapshot.catalog.migrations);
      for (const table of snapshot.catalog.tables) await back.load(table, scratch.read(table));
      await back.complete([]);
      const expected = await measureAll(snapshot);
      for (const table of snapshot.catalog.tables) {
        expect(await measure(back, table), table.name).toEqual(expected[table.name]);
      }
      await back.drop();
    } finally {
      await scratch.drop();
      await snapshot.close();
    }
  });

  test('is opened as a database when it has been closed, with its rows and their isolation', async () => {
    const snapshot = await database.snapshot();
    const scratch = await createScratch(place('open'), snapshot.catalog.migrations);
    await fill(scratch, snapshot);
    await snapshot.close();
    await scratch.close();
    const opened = await openDatabase(scratch.options, { migrations: 'require' });
    const count = (id: string): Promise<unknown[]> =>
      opened.transaction({ projectId: id, role: 'viewer' }, async (tx) => {
        const { rows } = await tx.execute('select count(*)::int as n from jobs');
        return rows;
      });
    expect(await count(projectId)).toEqual([{ n: 5000 }]);
    expect(await count(newId())).toEqual([{ n: 0 }]);
    await expect(
      opened.ownerQuery(
        `insert into jobs (id, project_id, kind, root_id, input) values ($1, $1, 'k', $1, '{}')`,
        [newId()],
      ),
    ).rejects.toThrow(/jobs_project_id_fkey/);
    await opened.close();
  });

  test('begins at the migrations that are named, and goes on to those of this version', async () => {
    const snapshot = await database.snapshot();
    const earlier = snapshot.catalog.migrations.slice(0, 6);
    const scratch = await createScratch(place('older'), earlier);
    try {
      expect(scratch.catalog.tables.map(({ name }) => name)).not.toContain('technology_usage');
      await scratch.load({ name: 'projects', columns: ['id', 'slug', 'name'] }, [
        Buffer.from(`${projectId}\tp\tP\n`),
      ] as unknown as AsyncIterable<Buffer>);
      await scratch.complete([]);
      expect(await scratch.migrate()).toEqual(snapshot.catalog.migrations.slice(6).map(({ name }) => name));
      expect(await scratch.query('select slug from projects')).toEqual([{ slug: 'p' }]);
    } finally {
      await scratch.drop();
      await snapshot.close();
    }
  });

  test('is not made with a migration that this version does not have', async () => {
    const unknown = [{ name: '9999_later.sql', checksum: '0' }];
    await expect(createScratch(place('unknown'), unknown)).rejects.toMatchObject({
      code: 'backup-schema-unknown',
    });
  });

  test('tells of a row that breaks a key, and a torn row', async () => {
    const migrations = await database.ownerQuery('select name, checksum from schema_migrations');
    const scratch = await createScratch(place('broken'), migrations.rows as never);
    const row = `${projectId}\tp\tP\n`;
    const load = (text: string): Promise<void> =>
      scratch.load({ name: 'projects', columns: ['id', 'slug', 'name'] }, [
        Buffer.from(text),
      ] as unknown as AsyncIterable<Buffer>);
    await expect(load(`${projectId}\tp`)).rejects.toThrow(/missing data/);
    await load(row + row);
    await expect(scratch.complete([])).rejects.toThrow(/projects_pkey/);
    await scratch.drop();
  });
});

describe.skipIf(!onServer || !findPostgres())('on a server', () => {
  test('a filled database has the same schema, rights and settings as a migrated one', async () => {
    if (!('url' in options)) return;
    const name = new URL(options.url).pathname.slice(1);
    await database.ownerQuery(`alter database ${name} set search_path = "$user", public`);
    await database.ownerQuery(`alter database ${name} set work_mem = '5MB'`);
    const snapshot = await database.snapshot();
    const scratch = await createScratch(place('schema'), snapshot.catalog.migrations);
    try {
      await fill(scratch, snapshot);
      if (!('url' in scratch.options)) throw new Error('It is not on the server.');
      expect(dumpSchema(scratch.options.url)).toBe(dumpSchema(options.url));
      const settings = `select unnest(setconfig) as s from pg_db_role_setting where setdatabase =
        (select oid from pg_database where datname = current_database())`;
      expect(await scratch.query(settings)).toEqual((await database.ownerQuery(settings)).rows);
    } finally {
      await scratch.drop();
      await snapshot.close();
    }
  });

  test('a scratch database that was dropped is gone', async () => {
    if (!('url' in options)) return;
    const migrations = await database.ownerQuery('select name, checksum from schema_migrations');
    const scratch = await createScratch(place('gone'), migrations.rows as never);
    await scratch.drop();
    const { rows } = await database.ownerQuery(
      "select datname from pg_database where datname like 'scratch_gone%'",
    );
    expect(rows).toEqual([]);
  });
});

/** What pg_dump says of the schema, the ledger and the queue left out, without its random restriction keys. */
function dumpSchema(url: string): string {
  const pgDump = join(findPostgres() ?? '', 'pg_dump');
  return execFileSync(pgDump, ['--schema-only', '--schema=public', url], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => !/^\\(un)?restrict/.test(line))
    .join('\n');
}
