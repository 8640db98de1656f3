import pg, { type ClientBase } from 'pg';
import { appError } from '#platform/errors/index.ts';

// Whole databases of a server: named, found, made and dropped, each from a connection to another one.

interface DatabaseRow {
  datname: string;
  datcollate: string;
  datctype: string;
  datlocprovider: string;
  daticulocale?: string | null;
  datlocale?: string | null;
}

/** Settings whose value is a list that PostgreSQL has quoted already. */
const QUOTED_LISTS = new Set([
  'search_path',
  'temp_tablespaces',
  'local_preload_libraries',
  'session_preload_libraries',
]);

const quote = (name: string): string => pg.escapeIdentifier(name);
const quoteText = (text: string): string => pg.escapeLiteral(text);

/** The same server and login, another database of it. */
export function urlOfDatabase(url: string, name: string): string {
  const other = new URL(url);
  other.pathname = `/${encodeURIComponent(name)}`;
  return other.href;
}

export function databaseNameIn(url: string): string {
  return decodeURIComponent(new URL(url).pathname.slice(1));
}

/** What the server knows it by, whatever it is called; undefined if there is none of that name. */
export async function findDatabase(client: ClientBase, name: string): Promise<number | undefined> {
  const text = 'select oid::int8::text as oid from pg_database where datname = $1';
  const { rows } = await client.query<{ oid: string }>(text, [name]);
  return rows[0] && Number(rows[0].oid);
}

/** The databases whose names begin so. */
export async function listDatabases(client: ClientBase, prefix: string): Promise<string[]> {
  const text = 'select datname from pg_database where starts_with(datname, $1) order by datname';
  const { rows } = await client.query<{ datname: string }>(text, [prefix]);
  return rows.map(({ datname }) => datname);
}

/** Makes an empty one with what the server takes for ordinary. Throws AppError `database-not-allowed`. */
export async function createDatabase(
  client: ClientBase,
  name: string,
  where = "encoding 'UTF8'",
): Promise<void> {
  await client.query(`create database ${quote(name)} template template0 ${where}`).catch(explainRefusal);
}

/** Makes an empty one that sorts, encodes, admits and is set up as the one that the client is connected to. */
export async function createDatabaseLike(client: ClientBase, name: string): Promise<void> {
  const { rows } = await client.query<{ row: DatabaseRow; encoding: string; owner: string }>(
    `select to_jsonb(d) as row, pg_encoding_to_char(d.encoding) as encoding, pg_get_userbyid(d.datdba) as owner
     from pg_database d where d.datname = current_database()`,
  );
  const [found] = rows;
  if (!found) throw new Error('The current database is not listed.');
  const where = `${localeOf(found.row)} encoding ${quoteText(found.encoding)} owner ${quote(found.owner)}`;
  await createDatabase(client, name, where);
  for (const statement of await settingsOf(client, name)) await client.query(statement);
}

/** Ends whoever is connected to it; does nothing if there is none. */
export async function dropDatabase(client: ClientBase, name: string): Promise<void> {
  await client.query(`drop database if exists ${quote(name)} with (force)`);
}

function localeOf(row: DatabaseRow): string {
  const basic = `lc_collate ${quoteText(row.datcollate)} lc_ctype ${quoteText(row.datctype)}`;
  const locale = quoteText(row.datlocale ?? row.daticulocale ?? '');
  if (row.datlocprovider === 'i') return `${basic} locale_provider icu icu_locale ${locale}`;
  if (row.datlocprovider === 'b') return `${basic} locale_provider builtin builtin_locale ${locale}`;
  return basic;
}

/** What was set for the database, and who may connect to it. */
async function settingsOf(client: ClientBase, name: string): Promise<string[]> {
  const settings = await client.query<{ role: string | null; setting: string }>(
    `select pg_get_userbyid(nullif(s.setrole, 0)) as role, unnest(s.setconfig) as setting
     from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase where d.datname = current_database()`,
  );
  const grants = await client.query<{ grantee: string | null; privilege: string; grantable: boolean }>(
    `select pg_get_userbyid(nullif(a.grantee, 0)) as grantee, a.privilege_type as privilege, a.is_grantable as grantable
     from pg_database d cross join lateral aclexplode(d.datacl) a where d.datname = current_database()`,
  );
  const database = `database ${quote(name)}`;
  const set = settings.rows.map(({ role, setting }) => {
    const at = setting.indexOf('=');
    const [parameter, value] = [setting.slice(0, at), setting.slice(at + 1)];
    const subject = role === null ? database : `role ${quote(role)} in ${database}`;
    return `alter ${subject} set ${parameter} = ${QUOTED_LISTS.has(parameter) ? value : quoteText(value)}`;
  });
  if (grants.rows.length === 0) return set;
  const grant = grants.rows.map(
    ({ grantee, privilege, grantable }) =>
      `grant ${privilege} on ${database} to ${grantee === null ? 'public' : quote(grantee)}${grantable ? ' with grant option' : ''}`,
  );
  return [...set, `revoke all on ${database} from public`, ...grant];
}

function explainRefusal(error: unknown): never {
  if ((error as { code?: string }).code !== '42501') throw error;
  throw appError('database-not-allowed', 403, 'The login of DATABASE_URL may not make a database.', {
    remedy: 'As a superuser: ALTER ROLE <login> CREATEDB;',
    cause: error,
  });
}
