import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { Pool, PoolClient } from 'pg';
import { appError } from '#platform/errors/index.ts';

export interface Migration {
  version: number;
  name: string;
  sql: string;
  checksum: string;
}

// The same relative place from the source (src/platform/database) and from the build (dist/server/x).
const MIGRATIONS = new URL(
  import.meta.url.endsWith('.ts') ? '../../../migrations/' : '../../migrations/',
  import.meta.url,
);
const ADVISORY_LOCK = 7_263_402;

/** The migrations that ship with this version, in order. */
export async function readMigrations(): Promise<Migration[]> {
  const names = (await readdir(MIGRATIONS)).filter((name) => /^\d{4}_.*\.sql$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(new URL(name, MIGRATIONS), 'utf8');
      return {
        version: Number(name.slice(0, 4)),
        name,
        sql,
        checksum: createHash('sha256').update(sql).digest('hex'),
      };
    }),
  );
}

/** Names the set of migrations that ships: equal if and only if every file is. */
export async function migrationsFingerprint(): Promise<string> {
  const hash = createHash('sha256');
  for (const { name, checksum } of await readMigrations()) hash.update(`${name} ${checksum}\n`);
  return hash.digest('hex').slice(0, 16);
}

/**
 * Brings the schema forward to this version, each migration in its own transaction, one process at a time.
 * Throws AppError `schema-newer` if the database was made by a newer version, `migration-changed` if an
 * applied migration is no longer the one that ships.
 */
export async function migrate(pool: Pool): Promise<string[]> {
  const migrations = await readMigrations();
  const client = await pool.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [ADVISORY_LOCK]);
    const applied = await readApplied(client);
    refuseNewerOrChanged(migrations, applied);
    const done: string[] = [];
    for (const migration of migrations.filter(({ version }) => !applied.has(version))) {
      await apply(client, migration);
      done.push(migration.name);
    }
    return done;
  } finally {
    await client.query('select pg_advisory_unlock_all()').catch(() => {});
    client.release();
  }
}

async function readApplied(client: PoolClient): Promise<Map<number, { name: string; checksum: string }>> {
  await client.query(
    'create table if not exists schema_migrations (version integer primary key, name text not null, checksum text not null, applied_at timestamptz not null default now())',
  );
  const { rows } = await client.query<{ version: number; name: string; checksum: string }>(
    'select version, name, checksum from schema_migrations',
  );
  return new Map(rows.map((row) => [row.version, row]));
}

function refuseNewerOrChanged(
  migrations: Migration[],
  applied: Map<number, { name: string; checksum: string }>,
): void {
  const known = new Map(migrations.map((migration) => [migration.version, migration]));
  for (const [version, row] of applied) {
    const migration = known.get(version);
    if (!migration) {
      throw appError(
        'schema-newer',
        500,
        `The database has migration ${row.name}, which this version doesn't know.`,
        {
          remedy: 'Start the version that made it, or a newer one.',
        },
      );
    }
    if (migration.checksum !== row.checksum) {
      throw appError(
        'migration-changed',
        500,
        `Migration ${row.name} was applied in another form than it has now.`,
        {
          remedy: 'An applied migration is never edited: restore the file and add a new migration.',
        },
      );
    }
  }
}

async function apply(client: PoolClient, migration: Migration): Promise<void> {
  await client.query('begin');
  try {
    await client.query(migration.sql);
    await client.query('insert into schema_migrations (version, name, checksum) values ($1, $2, $3)', [
      migration.version,
      migration.name,
      migration.checksum,
    ]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw appError(
      'migration-failed',
      500,
      `Migration ${migration.name} failed: ${(error as Error).message}`,
      { cause: error },
    );
  }
}
