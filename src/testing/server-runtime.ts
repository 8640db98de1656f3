import { createHash } from 'node:crypto';
import pg from 'pg';

/** Which database a new test database is copied from. */
export const TEMPLATE_DATABASE = 'commandcenter_template';
/** Whether tests run on PostgreSQL and Redis instead of the embedded database. */
export const onServer: boolean = process.env['TEST_RUNTIME'] === 'server';
const TEST_KEY = '0'.repeat(64);

/** The part of the servers of `TEST_RUNTIME=server` that one test application has for itself. */
export interface ServerRuntime {
  env: Record<string, string>;
  drop(): Promise<void>;
}

/** Makes the database that belongs to a data directory, unless it exists; undefined on the embedded runtime. */
export async function prepareServer(dataDir: string): Promise<ServerRuntime | undefined> {
  const postgresUrl = process.env['TEST_POSTGRES_URL'];
  const redisUrl = process.env['TEST_REDIS_URL'];
  if (!postgresUrl) return undefined;
  const name = `test_${createHash('sha256').update(dataDir).digest('hex').slice(0, 20)}`;
  await asAdministrator(postgresUrl, async (client) => {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
    if (rowCount === 0) await client.query(`create database ${name} template ${TEMPLATE_DATABASE}`);
  });
  const url = new URL(postgresUrl);
  url.pathname = name;
  return {
    env: {
      DATABASE_URL: url.href,
      DATABASE_POOL_SIZE: '5',
      SECRET_KEY: TEST_KEY,
      ...(redisUrl ? { REDIS_URL: redisUrl, REDIS_KEY_PREFIX: `${name}:` } : {}),
    },
    drop: () =>
      asAdministrator(postgresUrl, async (client) => {
        await client.query(`drop database if exists ${name} with (force)`);
      }),
  };
}

async function asAdministrator(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
