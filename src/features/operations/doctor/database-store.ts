import pg from 'pg';
import { selectSyncAges } from '#features/repositories/index.ts';
import type { Config } from '#platform/config/index.ts';
import { type MigrationPlan, readMigrationPlan, sqlState } from '#platform/database/index.ts';
import { AppError } from '#platform/errors/index.ts';
import { LOOK_MS, withinLook } from './probes.ts';

/** What a PostgreSQL server says of itself. */
export interface ServerFacts {
  version: string;
  /** 150004 is 15.4. */
  versionNumber: number;
  encoding: string;
  readOnly: boolean;
  /** Connections that are left to those who are no superuser. */
  connections: number;
  /** The login may make the roles that the product works under, or they are there. */
  mayMakeRoles: boolean;
  /** How far the server's clock is ahead of this machine's. */
  aheadMs: number;
}

export type SchemaFacts =
  | { plan: { pending: string[]; newer: { name: string; breaking: boolean }[] } }
  | { changed: string }
  | null;

export interface Read {
  server: ServerFacts;
  schema: SchemaFacts;
  /** Null while there is no table of repositories. */
  sync: { overdue: number; oldestSeconds: number } | null;
}

export type Failure = { code: string | null; message: string };

const SERVER = `
  select current_setting('server_version') as version,
    current_setting('server_version_num')::int as "versionNumber",
    pg_encoding_to_char(encoding) as encoding,
    pg_is_in_recovery() or current_setting('default_transaction_read_only')::bool as "readOnly",
    current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int as connections,
    (select rolsuper or rolcreaterole from pg_roles where rolname = current_user)
      or (select count(*) = 2 from pg_roles where rolname in ('commandcenter_app', 'commandcenter_identity'))
      as "mayMakeRoles",
    extract(epoch from clock_timestamp())::float8 * 1000 as "serverMs",
    to_regclass('repositories') is not null as "hasRepositories"
  from pg_database where datname = current_database()`;

/** Reads everything in one short connection, or says why there is none. */
export async function readDatabase(url: string, config: Config, now: () => Date): Promise<Read | Failure> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'commandcenter doctor',
    connectionTimeoutMillis: LOOK_MS,
    query_timeout: LOOK_MS,
  });
  // It may break at any moment; whoever waits for it is told by the rejection.
  client.on('error', () => {});
  try {
    await withinLook(client.connect());
    const before = now().getTime();
    const { rows } = await client.query(SERVER);
    const { serverMs, hasRepositories, ...server } = rows[0];
    const aheadMs = Number(serverMs) - (before + now().getTime()) / 2;
    const ownerQuery = (text: string, values?: unknown[]) => client.query(text, values);
    const sync = hasRepositories ? await withinLook(selectSyncAges({ ownerQuery })).catch(() => null) : null;
    return { server: { ...server, aheadMs }, schema: await readSchema(url, config), sync };
  } catch (error) {
    return { code: sqlState(error) ?? null, message: messageOf(error) };
  } finally {
    await withinLook(client.end(), 500).catch(() => {});
  }
}

async function readSchema(url: string, config: Config): Promise<SchemaFacts> {
  const seconds = LOOK_MS / 1000;
  const settings = {
    ...config,
    databasePoolSize: 2,
    databaseConnectTimeoutSeconds: seconds,
    databaseStatementTimeoutSeconds: seconds,
  };
  try {
    const { pending, newer }: MigrationPlan = await withinLook(readMigrationPlan({ url, settings }));
    return { plan: { pending: pending.map(({ name }) => name), newer } };
  } catch (error) {
    if (error instanceof AppError && error.code === 'migration-changed') return { changed: error.message };
    return null;
  }
}

/** Several addresses that all refuse are one error without words of its own. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return messageOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
