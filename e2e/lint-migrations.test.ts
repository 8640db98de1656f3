import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { lintMigrations } from '../scripts/migrations/lint.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');

const BEFORE = `-- compatible
create table t (
  id uuid primary key, a text not null, b varchar(20), n numeric(8, 2), k integer not null default 1,
  state text not null check (state in ('x', 'y')), other uuid references t(id), unique (a, b)
);
create index t_a on t (a);
create unique index t_b on t (b);
create function f(x text) returns text language sql as 'select x';
create policy p on t using (true);
create trigger w before insert on t for each row execute function g();
create type mood as enum ('good');
`;

/** Rules that the statements break, as "level rule". */
async function judged(sql: string, mark = '-- compatible'): Promise<string[]> {
  const findings = await lintMigrations([
    { name: '0001_before.sql', sql: BEFORE },
    { name: '0002_it.sql', sql: `${mark}\n${sql}` },
  ]);
  return findings.map(({ file, level, rule }) => {
    expect(file).toBe('0002_it.sql');
    return `${level} ${rule}`;
  });
}

describe('a compatible migration', () => {
  test.each([
    ['drop table t', 'drop-table'],
    ['drop view v', 'drop-view'],
    ['drop function f(text)', 'drop-function'],
    ['drop policy p on t', 'drop-policy'],
    ['drop trigger w on t', 'drop-trigger'],
    ['drop index t_b', 'drop-index'],
    ['drop index of_nobody_knows_what', 'drop-index'],
    ['drop type mood', 'drop-type'],
    ['drop extension pg_trgm', 'drop-extension'],
    ['alter table t rename to s', 'rename'],
    ['alter table t rename column a to c', 'rename'],
    ['alter table t rename constraint t_pkey to x', 'rename'],
    ['alter index t_b rename to x', 'rename'],
    ['alter function f(text) rename to g', 'rename'],
    ['alter type mood rename value $$good$$ to $$well$$', 'unknown'],
    ['alter table t drop column a', 'drop-column'],
    ['alter table t drop constraint t_a_b_key', 'drop-constraint'],
    ['alter table t drop constraint t_pkey', 'drop-constraint'],
    ['alter table t alter column k type bigint', 'column-type'],
    ['alter table t alter column b type varchar(10)', 'column-type'],
    ['alter table t alter column n type numeric(10, 3)', 'column-type'],
    ['alter table t alter column a type uuid using a::uuid', 'column-type'],
    ['alter table t alter column b set not null', 'set-not-null'],
    ['alter table t alter column k drop default', 'drop-default'],
    ['alter table t add column c text not null', 'not-null-column'],
    ['alter table t add column c text unique', 'unique'],
    ['alter table t add column c text check (c <> a)', 'check'],
    ['alter table t add column c uuid not null default gen_random_uuid()', 'rewrite'],
    ['alter table t add column c text generated always as (a || b) stored', 'rewrite'],
    ['alter table t add column c bigserial', 'rewrite'],
    ['alter table t add constraint c unique (k)', 'unique'],
    ['alter table t add constraint c primary key (k)', 'unique'],
    ['alter table t add constraint c check (k > 0)', 'check'],
    ['alter table t add constraint c foreign key (other) references t(id)', 'check'],
    ['alter table t enable row level security', 'narrow-policy'],
    ['alter table t disable trigger w', 'table-change'],
    ['alter table t set tablespace x', 'table-change'],
    ['alter policy p on t using (k > 1)', 'narrow-policy'],
    ['create policy q on t as restrictive using (k > 1)', 'narrow-policy'],
    ["select enable_project_isolation('t')", 'narrow-policy'],
    ['create function f(x text, y text) returns text language sql as $$select x$$', 'function-signature'],
    ['create unique index on t (k)', 'unique'],
    ['revoke select on t from somebody', 'revoke'],
    ['revoke somebody from anybody', 'unknown'],
    ['alter default privileges revoke select on tables from somebody', 'unknown'],
    ['truncate t', 'truncate'],
    ['lock table t', 'lock'],
    ['reindex table t', 'lock'],
    ['vacuum full t', 'lock'],
    ['alter table t set schema elsewhere', 'unknown'],
    ['create rule r as on insert to t do nothing', 'unknown'],
    ['do $$ begin if true then drop table t; end if; end $$', 'drop-table'],
    ["do $$ begin execute 'alter table t drop column a'; end $$", 'drop-column'],
    ["do $$ begin execute format('drop table %I', 't'); end $$", 'dynamic'],
  ])('must not: %s', async (sql, rule) => {
    expect(await judged(sql)).toContain(`refused ${rule}`);
    // A version that stops first can live with everything.
    expect(await judged(sql, '-- breaking')).toEqual([]);
  });

  test.each([
    'create table s (id uuid primary key, x text not null unique); alter table s enable row level security',
    "create table s (id uuid); select enable_project_isolation('s'); revoke delete on s from somebody",
    'create table s (id uuid); alter table s drop column id; create unique index on s (id); drop table s',
    'alter table t add column c text; alter table t drop column c',
    'alter table t add column c text',
    "alter table t add column c text[] not null default '{}'",
    'alter table t add column c timestamptz not null default now()',
    'alter table t add column c uuid references t(id)',
    "alter table t add column c text check (c in ('p', 'q'))",
    'alter table t alter column a set default $$x$$',
    'alter table t alter column b type varchar(40)',
    'alter table t alter column b type text',
    'alter table t alter column n type numeric(12, 2)',
    'alter table t validate constraint c',
    'alter table t add constraint u unique using index t_b',
    'alter index t_a rename to t_a_old',
    'create or replace function f(x text) returns text language sql as $$select upper(x)$$',
    'create function g2() returns text language sql as $$select 1$$; drop function g2()',
    'create policy q on t for select using (true)',
    'create view v as select 1 as one',
    "insert into t (id) values (gen_random_uuid()); comment on table t is 'x'",
    'grant select on t to somebody; create role somebody; grant somebody to anybody',
    'do $$ begin create role r; exception when duplicate_object then null; end $$',
    '-- compatible because: nothing has read it for two versions\nalter table t drop column b',
  ])('may: %s', async (sql) => {
    expect(await judged(sql)).toEqual([]);
  });

  test.each([
    ['create index t_k on t (k)', 'lock'],
    ['alter table t alter column k set not null', 'lock'],
    ['update t set k = 2', 'lock'],
    ['delete from t', 'delete'],
    ['alter table t add constraint c check (k > 0) not valid', 'check'],
    ['alter table t drop constraint t_state_check', 'drop-constraint'],
    ['alter table t alter column a drop not null', 'drop-not-null'],
    ['drop index t_a', 'drop-index'],
    ["alter type mood add value 'bad'", 'enum'],
    ['create trigger x after insert on t for each row execute function g()', 'trigger'],
    ['select refresh_all()', 'call'],
  ])('is warned of: %s', async (sql, rule) => {
    expect(await judged(sql)).toEqual([`warning ${rule}`]);
  });

  test('a reason counts for the statement after it only', async () => {
    const sql = '-- compatible because: it is empty\ntruncate t;\ntruncate t;';
    expect(await judged(sql)).toEqual(['refused truncate']);
  });
});

test('what can’t run in a transaction is refused in any migration', async () => {
  for (const sql of ['create index concurrently x on t (k)', 'drop index concurrently t_a', 'commit']) {
    expect(await judged(sql, '-- breaking')).toEqual(['refused transaction']);
  }
});

test('the first line has to say what it is, and names count up', async () => {
  expect(await judged('select 1', '-- a table')).toEqual(['refused mark']);
  expect(await judged('create table', '-- breaking')).toEqual(['refused syntax']);
  const [gap] = await lintMigrations([{ name: '0002_gap.sql', sql: '-- compatible' }]);
  expect(gap).toMatchObject({ level: 'refused', rule: 'name' });
});

test('a finding names the line of its statement, after comments and letters of several bytes', async () => {
  const [found] = await lintMigrations([
    {
      name: '0001_it.sql',
      sql: '-- compatible\n-- Größe\ncreate table s (id uuid);\n\n-- Weg damit\ndrop table t;\n',
    },
  ]);
  expect(found).toMatchObject({ line: 6, rule: 'drop-table' });
});

test('the migrations that ship pass, and one that drops a table of theirs would not', async () => {
  await run(process.execPath, [join(root, 'scripts/lint-migrations.ts')]);
  const folder = join(root, 'migrations');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  const files = await Promise.all(
    names.map(async (name) => ({ name, sql: await readFile(join(folder, name), 'utf8') })),
  );
  const next = `${String(names.length + 1).padStart(4, '0')}_next.sql`;
  const findings = await lintMigrations([...files, { name: next, sql: '-- compatible\ndrop table jobs;' }]);
  expect(findings.filter(({ file }) => file === next)).toMatchObject([{ rule: 'drop-table', line: 2 }]);
});
