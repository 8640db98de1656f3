import { appError } from '#platform/errors/index.ts';
import type { ServerOptions } from '../server/open.ts';
import { quoteName, quoteText } from './catalog.ts';
import { openSession, type Session } from './session.ts';

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

/** The same server, another database of it. */
export function atDatabase(options: ServerOptions, database: string): ServerOptions {
  const url = new URL(options.url);
  url.pathname = `/${encodeURIComponent(database)}`;
  return { ...options, url: url.href };
}

/** Makes an empty database that sorts, encodes, admits and is set up as the one that `options` names. */
export async function createDatabaseLike(options: ServerOptions, name: string): Promise<void> {
  await onServer(options, async ({ client }) => {
    const { rows } = await client.query<{ row: DatabaseRow; encoding: string; owner: string }>(
      `select to_jsonb(d) as row, pg_encoding_to_char(d.encoding) as encoding, pg_get_userbyid(d.datdba) as owner
       from pg_database d where d.datname = current_database()`,
    );
    const [found] = rows;
    if (!found) throw new Error('The current database is not listed.');
    const where = `${localeOf(found.row)} encoding ${quoteText(found.encoding)} owner ${quoteName(found.owner)}`;
    await client
      .query(`create database ${quoteName(name)} template template0 ${where}`)
      .catch(explainRefusal);
    for (const statement of await settingsOf(client, name)) await client.query(statement);
  });
}

export async function dropDatabase(options: ServerOptions, name: string): Promise<void> {
  await onServer(options, async ({ client }) => {
    await client.query(`drop database if exists ${quoteName(name)} with (force)`);
  });
}

async function onServer<T>(options: ServerOptions, work: (session: Session) => Promise<T>): Promise<T> {
  const session = await openSession(options);
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

function localeOf(row: DatabaseRow): string {
  const basic = `lc_collate ${quoteText(row.datcollate)} lc_ctype ${quoteText(row.datctype)}`;
  const locale = quoteText(row.datlocale ?? row.daticulocale ?? '');
  if (row.datlocprovider === 'i') return `${basic} locale_provider icu icu_locale ${locale}`;
  if (row.datlocprovider === 'b') return `${basic} locale_provider builtin builtin_locale ${locale}`;
  return basic;
}

/** What was set for the database, and who may connect to it. */
async function settingsOf(client: Session['client'], name: string): Promise<string[]> {
  const settings = await client.query<{ role: string | null; setting: string }>(
    `select pg_get_userbyid(nullif(s.setrole, 0)) as role, unnest(s.setconfig) as setting
     from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase where d.datname = current_database()`,
  );
  const grants = await client.query<{ grantee: string | null; privilege: string; grantable: boolean }>(
    `select pg_get_userbyid(nullif(a.grantee, 0)) as grantee, a.privilege_type as privilege, a.is_grantable as grantable
     from pg_database d cross join lateral aclexplode(d.datacl) a where d.datname = current_database()`,
  );
  const database = `database ${quoteName(name)}`;
  const set = settings.rows.map(({ role, setting }) => {
    const at = setting.indexOf('=');
    const [parameter, value] = [setting.slice(0, at), setting.slice(at + 1)];
    const subject = role === null ? database : `role ${quoteName(role)} in ${database}`;
    return `alter ${subject} set ${parameter} = ${QUOTED_LISTS.has(parameter) ? value : quoteText(value)}`;
  });
  if (grants.rows.length === 0) return set;
  const grant = grants.rows.map(
    ({ grantee, privilege, grantable }) =>
      `grant ${privilege} on ${database} to ${grantee === null ? 'public' : quoteName(grantee)}${grantable ? ' with grant option' : ''}`,
  );
  return [...set, `revoke all on ${database} from public`, ...grant];
}

function explainRefusal(error: unknown): never {
  if ((error as { code?: string }).code !== '42501') throw error;
  throw appError('database-not-allowed', 403, 'The login of DATABASE_URL may not make a database.', {
    remedy: 'Allow it: ALTER ROLE … CREATEDB.',
    cause: error,
  });
}
