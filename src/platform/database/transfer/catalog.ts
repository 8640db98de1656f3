import type { ClientBase } from 'pg';

/** A table as far as its contents can be read and loaded. */
export interface TableShape {
  name: string;
  /** In the order of the table; none that PostgreSQL computes itself. */
  columns: string[];
  /** What its rows are ordered by: its primary key, or every column. */
  order: { column: string; text: boolean }[];
}

export interface SequenceState {
  name: string;
  lastValue: string;
  called: boolean;
}

export interface LedgerEntry {
  name: string;
  checksum: string;
}

/** What a database holds, apart from the rows. */
export interface Catalog {
  tables: TableShape[];
  sequences: SequenceState[];
  migrations: LedgerEntry[];
}

/** Which migrations were applied is part of the catalog, and said by no table. */
const LEDGER = 'schema_migrations';

const OF_THE_PRODUCT = `
  c.relnamespace = 'public'::regnamespace
  and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')`;

const TABLES = `
  select c.relname as name,
    (select json_agg(a.attname order by a.attnum) from pg_attribute a
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
    coalesce(
      (select json_agg(json_build_object('column', a.attname, 'text', a.attcollation <> 0) order by k.place)
        from pg_index i cross join lateral unnest(i.indkey::int[]) with ordinality as k (attnum, place)
        join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
        where i.indrelid = c.oid and i.indisprimary),
      (select json_agg(json_build_object('column', a.attname, 'text', a.attcollation <> 0) order by a.attnum) from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '')
    ) as "order"
  from pg_class c
  where c.relkind = 'r' and c.relname <> '${LEDGER}' and ${OF_THE_PRODUCT}
  order by c.relname collate "C"`;

const SEQUENCES = `select c.relname as name from pg_class c where c.relkind = 'S' and ${OF_THE_PRODUCT}
  order by c.relname collate "C"`;

/** Reads what the product has in its schema; the queue's tables are in another one. */
export async function readCatalog(client: ClientBase): Promise<Catalog> {
  const tables = await client.query<TableShape>(TABLES);
  return {
    tables: tables.rows,
    sequences: await readSequences(client),
    migrations: await readLedger(client),
  };
}

async function readSequences(client: ClientBase): Promise<SequenceState[]> {
  const { rows } = await client.query<{ name: string }>(SEQUENCES);
  const sequences: SequenceState[] = [];
  for (const { name } of rows) {
    const state = await client.query<Omit<SequenceState, 'name'>>(
      `select last_value::text as "lastValue", is_called as called from public.${quoteName(name)}`,
    );
    for (const row of state.rows) sequences.push({ name, ...row });
  }
  return sequences;
}

async function readLedger(client: ClientBase): Promise<LedgerEntry[]> {
  const { rows } = await client.query<{ known: boolean }>(
    `select to_regclass('public.${LEDGER}') is not null as known`,
  );
  if (!rows[0]?.known) return [];
  const ledger = await client.query<LedgerEntry>(
    `select name, checksum from public.${LEDGER} order by version`,
  );
  return ledger.rows;
}

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** The rows of a table, in an order that is the same whatever the database sorts texts by. */
export function selectRows({ name, columns, order }: TableShape): string {
  const keys = order.map(({ column, text }) => `${quoteName(column)}${text ? ' collate "C"' : ''}`);
  return `select ${columns.map(quoteName).join(', ')} from public.${quoteName(name)} order by ${keys.join(', ')}`;
}
