import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { appError } from '#platform/errors/index.ts';
import type { EmbeddedOptions, ServerOptions } from '../backend.ts';
import { migrateOn, readMigrations } from '../migrate.ts';
import { createDatabaseLike, dropDatabase, urlOfDatabase } from '../server/databases.ts';
import {
  type Catalog,
  type LedgerEntry,
  quoteName,
  readCatalog,
  type SequenceState,
  selectRows,
  type TableShape,
} from './catalog.ts';
import { copyIn } from './copy-in.ts';
import { copyOut } from './copy-out.ts';
import { deferIndexes, setSequence } from './deferred.ts';
import { fetchOut } from './fetch-out.ts';
import { createIndexBuilder } from './index-builder.ts';
import { applySettings, openSession, type Session } from './session.ts';
import { streamIn } from './stream-in.ts';

/**
 * Where it is made: a folder that does not exist, or a database that does not exist beside the one of the URL. A
 * template saves a folder's migrations where all of this version are wanted.
 */
export type ScratchPlace = EmbeddedOptions | { server: ServerOptions; database: string };

/**
 * A database that is being filled. The order is: `load` every table, `complete`, then `read` to compare, then
 * `migrate`, and `close`, or `drop` at any time.
 */
export interface Scratch {
  /** To open it with, when it has been closed. */
  readonly options: EmbeddedOptions | ServerOptions;
  /** As the migrations have left it: empty, without keys and indexes. */
  readonly catalog: Catalog;
  /** All rows of a table, in COPY's text format. */
  load(table: { name: string; columns: string[] }, content: AsyncIterable<Uint8Array>): Promise<void>;
  /** Makes keys and indexes and sets the sequences. A row that breaks a key is told here. */
  complete(sequences: readonly SequenceState[]): Promise<void>;
  read(table: TableShape): AsyncIterable<Buffer>;
  query<T>(text: string, values?: unknown[]): Promise<T[]>;
  /** Applies what this version has and the contents had not; returns the names. */
  migrate(): Promise<string[]>;
  close(): Promise<void>;
  /** Closes and removes it. */
  drop(): Promise<void>;
}

/** What is written with a transaction that waits is on the disk with all that was written before it. */
const FLUSH = "set synchronous_commit = on; select pg_logical_emit_message(true, 'commandcenter', 'filled')";

/**
 * Makes an empty database with the schema that `migrations` names. Rights, roles and policies are those of the
 * migrations. Throws AppError `backup-schema-unknown` if this version does not have them.
 */
export async function createScratch(
  place: ScratchPlace,
  migrations: readonly LedgerEntry[],
): Promise<Scratch> {
  const complete = await refuseUnknown(migrations);
  const { options, remove } = await makePlace(place);
  let session: Session | undefined;
  try {
    session = await openSession(complete ? options : withoutTemplate(options));
    await migrateOn(session.client, undefined, new Set(migrations.map(({ name }) => name)));
    await applySettings(session.client);
    return await createFilling(session, options, remove);
  } catch (error) {
    await session?.close();
    await remove();
    throw error;
  }
}

async function createFilling(
  session: Session,
  options: Scratch['options'],
  remove: () => Promise<void>,
): Promise<Scratch> {
  const { client } = session;
  const onServer = session.runtime === 'server';
  const catalog = await readCatalog(client);
  const tables = catalog.tables.map(({ name }) => name);
  const deferred = await deferIndexes(client, tables);
  // What migrations have put in is in the contents as well, as it had become by then.
  if (tables.length > 0)
    await client.query(`truncate ${tables.map((name) => `public.${quoteName(name)}`).join(', ')}`);
  const builder = createIndexBuilder(onServer ? await session.addClient() : client, deferred, tables);
  return {
    options,
    catalog,
    async load(table, content) {
      if (!onServer) return copyIn(client, table, content);
      await streamIn(client, table, content);
      builder.begin(table.name);
    },
    async complete(sequences) {
      await builder.finish();
      for (const sequence of sequences) await client.query(setSequence(sequence));
    },
    async *read(table) {
      await client.query('begin isolation level repeatable read read only');
      yield* (onServer ? copyOut : fetchOut)(client, selectRows(table));
      await client.query('commit');
    },
    async query<T>(text: string, values?: unknown[]) {
      return (await client.query(text, values)).rows as T[];
    },
    migrate: () => migrateOn(client),
    async close() {
      // What was loaded without waiting for the disk is on it from here on.
      if (onServer) await client.query(FLUSH);
      else await client.query('checkpoint');
      await session.close();
    },
    async drop() {
      await session.close();
      await remove();
    },
  };
}

async function makePlace(
  place: ScratchPlace,
): Promise<{ options: EmbeddedOptions | ServerOptions; remove: () => Promise<void> }> {
  if ('directory' in place) {
    if (existsSync(place.directory)) throw exists(place.directory);
    await mkdir(dirname(place.directory), { recursive: true, mode: 0o700 });
    return {
      options: place,
      remove: () => rm(place.directory, { recursive: true, force: true }),
    };
  }
  const { server, database } = place;
  await onServer(server, (client) => createDatabaseLike(client, database));
  return {
    options: { ...server, url: urlOfDatabase(server.url, database) },
    remove: () => onServer(server, (client) => dropDatabase(client, database)),
  };
}

async function onServer(
  server: ServerOptions,
  work: (client: Session['client']) => Promise<void>,
): Promise<void> {
  const session = await openSession(server);
  try {
    await work(session.client);
  } finally {
    await session.close();
  }
}

function withoutTemplate(options: EmbeddedOptions | ServerOptions): EmbeddedOptions | ServerOptions {
  return 'directory' in options ? { directory: options.directory } : options;
}

/** Returns whether the migrations are all that this version has. */
async function refuseUnknown(migrations: readonly LedgerEntry[]): Promise<boolean> {
  const shipped = new Map((await readMigrations()).map(({ name, checksum }) => [name, checksum]));
  const unknown = migrations.find(({ name, checksum }) => shipped.get(name) !== checksum);
  if (!unknown) return migrations.length === shipped.size;
  throw appError('backup-schema-unknown', 409, `This version does not have the migration ${unknown.name}.`, {
    remedy: 'Use the version that made the backup, or a newer one.',
  });
}

function exists(directory: string): Error {
  return appError('scratch-exists', 409, `${directory} is there already.`, {
    remedy: 'Remove it, or choose another place.',
  });
}
