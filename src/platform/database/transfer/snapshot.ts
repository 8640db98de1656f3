import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { appError } from '#platform/errors/index.ts';
import type { EmbeddedOptions, ServerOptions } from '../backend.ts';
import { type Catalog, readCatalog, selectRows, type TableShape } from './catalog.ts';
import { copyOut } from './copy-out.ts';
import { fetchOut } from './fetch-out.ts';
import { openSession, type Session } from './session.ts';

/** The database as it was at one moment. It holds one connection, and reads one thing at a time. */
export interface Snapshot {
  readonly runtime: 'embedded' | 'server';
  /** By the clock of the database. */
  readonly takenAt: string;
  readonly serverVersion: string;
  readonly catalog: Catalog;
  /** About how many bytes the tables take, to see beforehand whether there is room. */
  readonly approximateBytes: number;
  /** A table's rows in COPY's text format, in the order of its key. */
  read(table: TableShape): AsyncIterable<Buffer>;
  query<T>(text: string, values?: unknown[]): Promise<T[]>;
  close(): Promise<void>;
}

const ABOUT = `select current_setting('server_version') as version,
  to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "takenAt",
  coalesce((select sum(pg_table_size(oid)) from pg_class where relkind = 'r'
    and relnamespace = 'public'::regnamespace), 0)::bigint as bytes`;

/**
 * Opens one on a database whatever its schema is; for the embedded one the caller holds the lock of its data
 * directory, and no Database is open on it.
 */
export async function openSnapshot(options: EmbeddedOptions | ServerOptions): Promise<Snapshot> {
  if ('directory' in options && !existsSync(join(options.directory, 'PG_VERSION'))) {
    throw appError('database-missing', 404, `There is no database in ${options.directory}.`, {
      remedy: 'Set DATA_DIR to the folder that CommandCenter uses.',
    });
  }
  const session = await openSession(options);
  try {
    return await takeSnapshot(session);
  } catch (error) {
    await session.close();
    throw error;
  }
}

async function takeSnapshot({ client, runtime, close }: Session): Promise<Snapshot> {
  await client.query('begin isolation level repeatable read read only');
  const { rows } = await client.query<{ version: string; takenAt: string; bytes: number }>(ABOUT);
  const about = rows[0] ?? { version: '', takenAt: '', bytes: 0 };
  const catalog = await readCatalog(client);
  const read = runtime === 'server' ? copyOut : fetchOut;
  return {
    runtime,
    takenAt: about.takenAt,
    serverVersion: about.version,
    catalog,
    approximateBytes: about.bytes,
    read: (table) => read(client, selectRows(table)),
    async query<T>(text: string, values?: unknown[]) {
      const result = await client.query(text, values);
      return result.rows as T[];
    },
    async close() {
      await client.query('rollback').catch(() => {});
      await close();
    },
  };
}
