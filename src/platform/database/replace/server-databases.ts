import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { appError } from '#platform/errors/index.ts';
import { sqlState } from '../explain-error.ts';
import {
  createDatabase,
  databaseNameIn,
  dropDatabase,
  findDatabase,
  listDatabases,
  urlOfDatabase,
} from '../server/databases.ts';
import { explainReplacing, noMaintenance } from './explain-replacing.ts';

export interface Exchange {
  /** What is put in the place of the living database. */
  incoming: string;
  /** What the living one is called afterwards; nobody can connect to it. */
  outgoing: string;
  /** Runs while nobody reads or writes either; if it fails, nothing has happened. */
  whileClosed(): Promise<void>;
}

/** The databases of a server, for whoever puts one in the place of another. */
export interface ServerDatabases {
  /** The name in DATABASE_URL. */
  readonly live: string;
  /** DATABASE_URL with the name of another database. */
  url(name: string): string;
  /** Tells databases apart whatever they are called; undefined if there is none of that name. */
  identify(name: string): Promise<number | undefined>;
  /** Whether it is there and lets us in. */
  answers(name: string): Promise<boolean>;
  /** Makes an empty one; does nothing if it is there. */
  ensure(name: string): Promise<void>;
  /** The databases whose names begin so. */
  list(prefix: string): Promise<string[]>;
  /** Ends whoever is connected to it; does nothing if there is none. */
  drop(name: string): Promise<void>;
  /** Resolves with the milliseconds for which nobody was let in. */
  exchange(exchange: Exchange): Promise<number>;
  close(): Promise<void>;
}

const ONE_AT_A_TIME = 7_263_403;
const MAINTENANCE = ['postgres', 'template1'];
const CONNECT_MS = 5000;
const TERMINATE_EVERY_MS = 20;

/**
 * Connects to another database of the server that DATABASE_URL names, because one that is renamed can't be in
 * use. Throws `restore-under-way` if somebody else does the same.
 */
export async function openServerDatabases(url: string): Promise<ServerDatabases> {
  const live = databaseNameIn(url);
  const { client, at } = await connectElsewhere(url, live);
  const { rows } = await client.query('select pg_try_advisory_lock($1, hashtext($2)) as alone', [
    ONE_AT_A_TIME,
    live,
  ]);
  if (!rows[0]?.alone) {
    await client.end();
    throw appError('restore-under-way', 409, 'Another restore is at work on this server.', {
      remedy: 'Wait until it has ended.',
    });
  }
  const explained = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => {
      throw explainReplacing(error, live);
    });
  return {
    live,
    url: (name) => urlOfDatabase(url, name),
    identify: (name) => findDatabase(client, name),
    async answers(name) {
      const other = await connect(urlOfDatabase(url, name)).catch(() => undefined);
      await other?.end();
      return other !== undefined;
    },
    async ensure(name) {
      if ((await findDatabase(client, name)) === undefined) await explained(createDatabase(client, name));
    },
    list: (prefix) => listDatabases(client, prefix),
    drop: (name) => explained(dropDatabase(client, name)),
    async exchange(exchange) {
      return explained(swap(client, urlOfDatabase(url, at), { ...exchange, live }));
    },
    close: () => client.end(),
  };
}

const quote = (name: string): string => pg.escapeIdentifier(name);

async function connectElsewhere(url: string, live: string): Promise<{ client: pg.Client; at: string }> {
  let last: unknown;
  for (const at of MAINTENANCE.filter((name) => name !== live)) {
    const client = await connect(urlOfDatabase(url, at)).catch((error: unknown) => {
      last = error;
      return undefined;
    });
    if (client) return { client, at };
  }
  throw noMaintenance(last);
}

async function connect(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString,
    application_name: 'commandcenter restore',
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
  });
  client.on('error', () => {});
  await client.connect();
  return client;
}

/**
 * Both renames are one transaction: whoever is killed in it leaves everything as it was. PostgreSQL locks the
 * database first, so that new connections wait, and then looks for five seconds whether the old ones have ended.
 */
async function swap(
  client: pg.Client,
  url: string,
  { live, incoming, outgoing, whileClosed }: Exchange & { live: string },
): Promise<number> {
  const terminator = await connect(url);
  const began = performance.now();
  try {
    await client.query('begin');
    await freed(client, terminator, live, `alter database ${quote(live)} rename to ${quote(outgoing)}`);
    await client.query(`alter database ${quote(outgoing)} allow_connections false`);
    await freed(client, terminator, incoming, `alter database ${quote(incoming)} rename to ${quote(live)}`);
    await client.query(`alter database ${quote(live)} allow_connections true`);
    await whileClosed();
    await client.query('commit');
    return performance.now() - began;
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw error;
  } finally {
    await terminator.end().catch(() => {});
  }
}

/** Runs a statement that needs a database without sessions, and ends those that are there until it has run. */
async function freed(
  client: pg.Client,
  terminator: pg.Client,
  name: string,
  statement: string,
): Promise<void> {
  let refused: unknown;
  const renaming = { done: false };
  const work = client.query(statement).finally(() => {
    renaming.done = true;
  });
  const terminate = async (): Promise<void> => {
    while (!renaming.done) {
      await terminator
        .query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name])
        .catch((error: unknown) => {
          refused = error;
        });
      await sleep(TERMINATE_EVERY_MS);
    }
  };
  const [result] = await Promise.allSettled([work, terminate()]);
  if (result.status === 'fulfilled') return;
  // That sessions are left is what follows; that they may not be ended is why.
  throw sqlState(result.reason) === '55006' && refused ? refused : result.reason;
}
