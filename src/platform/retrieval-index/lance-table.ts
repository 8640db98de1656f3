import { createRequire } from 'node:module';
import type { Connection, Table } from '@lancedb/lancedb';

const require = createRequire(import.meta.url);

type Engine = typeof import('@lancedb/lancedb');

const TABLE = 'chunks';
/** The engine's caches default to 7 GB; these hold the full-text index of some 100,000 chunks. */
const INDEX_CACHE_BYTES = 96n * 1024n * 1024n;
const METADATA_CACHE_BYTES = 16n * 1024n * 1024n;

export interface LanceTable {
  readonly engine: Engine;
  readonly connection: Connection;
  readonly table: Table;
}

/** Loads the engine on first use: a process that never searches doesn't pay for it. */
async function connect(uri: string): Promise<{ engine: Engine; connection: Connection }> {
  const engine = await import('@lancedb/lancedb');
  const session = new engine.Session(INDEX_CACHE_BYTES, METADATA_CACHE_BYTES);
  // Interval 0: every read sees what another process has committed.
  const connection = await engine.connect({ uri, readConsistencyInterval: 0, session });
  return { engine, connection };
}

/** Opens the table, or answers undefined if there is none. Throws if what is there can't be read. */
export async function openTable(uri: string): Promise<LanceTable | undefined> {
  const { engine, connection } = await connect(uri);
  const names = await connection.tableNames();
  if (!names.includes(TABLE)) return undefined;
  const table = await connection.openTable(TABLE);
  const indices = await table.listIndices();
  for (const column of ['text', 'code']) {
    if (!indices.some((index) => index.columns.includes(column))) {
      throw new Error(`The retrieval index has no full-text index on ${column}.`);
    }
  }
  return { engine, connection, table };
}

export async function createTable(uri: string): Promise<LanceTable> {
  const { engine, connection } = await connect(uri);
  // As the engine loads it: the form for ES modules would be a second copy of it.
  const { Field, Schema, Utf8 } = require('apache-arrow') as typeof import('apache-arrow');
  const required = ['chunkId', 'documentId', 'projectId', 'source', 'repositoryId', 'text'];
  const fields = required.map((name) => new Field(name, new Utf8(), false));
  // Only code rows have it: the words inside identifiers help there and lower the ranking of prose.
  fields.push(new Field('code', new Utf8(), true));
  const table = await connection.createEmptyTable(TABLE, new Schema(fields));
  // The engine's default tokenizer: measured best. An Index object can be used once only.
  const fullText = () => engine.Index.fts({ withPosition: false });
  await table.createIndex('projectId', { config: engine.Index.bitmap() });
  await table.createIndex('documentId', { config: engine.Index.btree() });
  await table.createIndex('code', { config: fullText() });
  // Last, because openTable takes this one as the sign of a complete table.
  await table.createIndex('text', { config: fullText() });
  return { engine, connection, table };
}

export async function dropTable(uri: string): Promise<void> {
  const { connection } = await connect(uri);
  if ((await connection.tableNames()).includes(TABLE)) await connection.dropTable(TABLE);
}
