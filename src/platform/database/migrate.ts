import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { ClientBase, Pool } from 'pg';
import { appError } from '#platform/errors/index.ts';
import { takeConnection } from './take-connection.ts';

export interface Migration {
  version: number;
  name: string;
  sql: string;
  checksum: string;
  /** Whether the version before can't work with the schema that this leaves; said in the file's first line. */
  breaking: boolean;
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
        breaking: /^-- breaking\b/.test(sql),
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

/** What stands between a database and this version. */
export interface MigrationPlan {
  /** In the order in which they will be applied. */
  pending: Migration[];
  /** Migrations of a newer version that the database has and this one doesn't know. */
  newer: { name: string; breaking: boolean }[];
}

/** Says what `migrate` would do, and changes nothing. Throws `migration-changed` as that does. */
export async function planMigrations(pool: Pool): Promise<MigrationPlan> {
  const migrations = await readMigrations();
  const connection = await takeConnection(pool);
  const { client } = connection;
  try {
    const { rows } = await client.query("select to_regclass('schema_migrations') is not null as known");
    const applied = rows[0]?.known ? await readApplied(client) : new Map<number, AppliedMigration>();
    refuseChanged(migrations, applied);
    return comparePlan(migrations, applied);
  } finally {
    connection.release();
  }
}

/**
 * Brings the schema forward to this version, each migration in its own transaction, one process at a time.
 * Returns the names of those it applied. Throws AppError `schema-newer` if the database was made by a newer
 * version, `migration-changed` if an applied migration is no longer the one that ships.
 */
export async function migrate(
  pool: Pool,
  report: (name: string) => void = () => {},
  before?: (client: ClientBase, pending: readonly string[]) => Promise<void>,
): Promise<string[]> {
  const client = await pool.connect();
  try {
    return await migrateOn(client, report, undefined, before);
  } finally {
    client.release();
  }
}

/**
 * The same on a connection that the caller holds; applies only those that `wanted` names, if it is given. `before`
 * runs when something will be applied to a database that is not new, while nobody else can migrate it.
 */
export async function migrateOn(
  client: ClientBase,
  report: (name: string) => void = () => {},
  wanted?: ReadonlySet<string>,
  before?: (client: ClientBase, pending: readonly string[]) => Promise<void>,
): Promise<string[]> {
  const migrations = await readMigrations();
  try {
    await beginMigrating(client);
    const applied = await readApplied(client);
    refuseChanged(migrations, applied);
    const plan = comparePlan(migrations, applied);
    if (plan.newer[0]) throw schemaNewer(plan.newer[0].name);
    const chosen = plan.pending.filter(({ name }) => wanted?.has(name) ?? true);
    if (applied.size > 0 && chosen.length > 0)
      await before?.(
        client,
        chosen.map(({ name }) => name),
      );
    for (const migration of chosen) {
      report(migration.name);
      await apply(client, migration);
    }
    return chosen.map(({ name }) => name);
  } finally {
    await endMigrating(client);
  }
}

/**
 * Refuses a schema that this version can't serve: one that is behind it, or one that a newer version has
 * changed in a way that isn't marked compatible.
 */
export async function requireMigrated(pool: Pool): Promise<void> {
  const { pending, newer } = await planMigrations(pool);
  const breaking = newer.find((migration) => migration.breaking);
  if (breaking) throw schemaNewer(breaking.name);
  if (pending[0]) {
    throw appError(
      'schema-pending',
      503,
      `The database lacks ${pending.length} of this version's migrations, the first is ${pending[0].name}.`,
      { remedy: 'Run `commandcenter migrate` once, then start this again.' },
    );
  }
}

const DAY_MS = 86_400_000;

/** The driver's own limit, which can't be switched off for one statement, put out of the way. */
const patient = (text: string): { text: string } => ({ text, ...{ query_timeout: DAY_MS } });

/** A migration may rewrite a table and wait for the one that runs, so the limits of requests don't fit it. */
async function beginMigrating(client: ClientBase): Promise<void> {
  await client.query('set statement_timeout = 0');
  await client.query('set lock_timeout = 0');
  await client.query(patient(`select pg_advisory_lock(${ADVISORY_LOCK})`));
  await client.query(CREATE_LEDGER);
}

async function endMigrating(client: ClientBase): Promise<void> {
  await client.query('select pg_advisory_unlock_all()').catch(() => {});
  await client.query('reset statement_timeout').catch(() => {});
  await client.query('reset lock_timeout').catch(() => {});
}

interface AppliedMigration {
  name: string;
  checksum: string;
  breaking: boolean;
}

const CREATE_LEDGER = `
  create table if not exists schema_migrations (
    version integer primary key, name text not null, checksum text not null,
    applied_at timestamptz not null default now()
  );
  alter table schema_migrations add column if not exists breaking boolean not null default false`;

async function readApplied(client: ClientBase): Promise<Map<number, AppliedMigration>> {
  // A ledger of an older version has no `breaking` yet.
  const { rows } = await client.query<{ row: AppliedMigration & { version: number } }>(
    'select to_jsonb(m) as row from schema_migrations m',
  );
  return new Map(rows.map(({ row }) => [row.version, row]));
}

function comparePlan(migrations: Migration[], applied: Map<number, AppliedMigration>): MigrationPlan {
  const known = new Set(migrations.map(({ version }) => version));
  return {
    pending: migrations.filter(({ version }) => !applied.has(version)),
    newer: [...applied]
      .filter(([version]) => !known.has(version))
      .map(([, { name, breaking }]) => ({ name, breaking })),
  };
}

function refuseChanged(migrations: Migration[], applied: Map<number, AppliedMigration>): void {
  const changed = migrations.find(({ version, checksum }) => {
    const row = applied.get(version);
    return row !== undefined && row.checksum !== checksum;
  });
  if (!changed) return;
  throw appError(
    'migration-changed',
    500,
    `Migration ${changed.name} was applied in another form than it has now.`,
    { remedy: 'An applied migration is never edited: restore the file and add a new migration.' },
  );
}

function schemaNewer(name: string): Error {
  return appError(
    'schema-newer',
    500,
    `The database has migration ${name}, which this version doesn't know.`,
    {
      remedy: 'Start the version that made it, or a newer one.',
    },
  );
}

async function apply(client: ClientBase, migration: Migration): Promise<void> {
  await client.query('begin');
  try {
    await client.query(patient(migration.sql));
    await client.query(
      'insert into schema_migrations (version, name, checksum, breaking) values ($1, $2, $3, $4)',
      [migration.version, migration.name, migration.checksum, migration.breaking],
    );
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
