import type { ClientBase } from 'pg';
import { quoteName, quoteText } from './catalog.ts';

/** Statements that make again what was taken away. */
export interface Deferred {
  /** Keys and indexes of one table, when it is filled. */
  ofTable(name: string): string[];
  /** What ties tables together, and the rest, when all have their keys. */
  ofAll: string[];
}

interface Constraint {
  table: string;
  name: string;
  kind: string;
  definition: string;
}

const CONSTRAINTS = `
  select t.relname as "table", c.conname as name, c.contype as kind, pg_get_constraintdef(c.oid) as definition
  from pg_constraint c join pg_class t on t.oid = c.conrelid
  where t.relnamespace = 'public'::regnamespace and t.relname = any($1) and c.contype in ('p', 'u', 'x', 'f')
  order by t.relname, c.conname`;

const INDEXES = `
  select t.relname as "table", i.relname as name, pg_get_indexdef(i.oid) as definition
  from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class t on t.oid = x.indrelid
  where t.relnamespace = 'public'::regnamespace and t.relname = any($1)
    and not exists (select from pg_constraint c where c.conindid = i.oid and c.contype in ('p', 'u', 'x'))
  order by i.relname`;

const COMMENTS = `
  select format('comment on constraint %I on public.%I is %L', c.conname, t.relname, d.description) as statement
  from pg_description d join pg_constraint c on d.classoid = 'pg_constraint'::regclass and d.objoid = c.oid
  join pg_class t on t.oid = c.conrelid
  where t.relnamespace = 'public'::regnamespace and t.relname = any($1) and c.contype in ('p', 'u', 'x', 'f')
  union all
  select format('comment on index public.%I is %L', i.relname, d.description)
  from pg_description d join pg_class i on d.classoid = 'pg_class'::regclass and d.objoid = i.oid and i.relkind = 'i'
  join pg_index x on x.indexrelid = i.oid join pg_class t on t.oid = x.indrelid
  where t.relnamespace = 'public'::regnamespace and t.relname = any($1)`;

/**
 * Takes keys and indexes off tables and silences their triggers: loading is then one pass in any order of tables,
 * an index is built once from all rows, and no trigger derives again what is loaded. Says how to put it all back.
 */
export async function deferIndexes(client: ClientBase, tables: string[]): Promise<Deferred> {
  const constraints = (await client.query<Constraint>(CONSTRAINTS, [tables])).rows;
  const indexes = (await client.query<Omit<Constraint, 'kind'>>(INDEXES, [tables])).rows;
  const comments = (await client.query<{ statement: string }>(COMMENTS, [tables])).rows;
  const foreign = constraints.filter(({ kind }) => kind === 'f');
  const own = constraints.filter(({ kind }) => kind !== 'f');
  const drop = [
    ...tables.map((table) => `alter table public.${quoteName(table)} disable trigger user`),
    ...[...foreign, ...own].map(
      ({ table, name }) => `alter table public.${quoteName(table)} drop constraint ${quoteName(name)}`,
    ),
    ...indexes.map(({ name }) => `drop index public.${quoteName(name)}`),
  ];
  for (const statement of drop) await client.query(statement);
  const add = ({ table, name, definition }: Constraint): string =>
    `alter table public.${quoteName(table)} add constraint ${quoteName(name)} ${definition}`;
  return {
    ofTable: (name) => [
      ...own.filter(({ table }) => table === name).map(add),
      ...indexes.filter(({ table }) => table === name).map(({ definition }) => definition),
    ],
    ofAll: [
      ...foreign.map(add),
      ...comments.map(({ statement }) => statement),
      ...tables.map((table) => `alter table public.${quoteName(table)} enable trigger user`),
    ],
  };
}

/** Sets a sequence to where it was. */
export function setSequence(sequence: { name: string; lastValue: string; called: boolean }): string {
  const name = quoteText(`public.${quoteName(sequence.name)}`);
  return `select setval(${name}, ${BigInt(sequence.lastValue)}, ${sequence.called})`;
}
