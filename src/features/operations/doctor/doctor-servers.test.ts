import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '#platform/config/index.ts';
import { applyMigrations } from '#platform/database/index.ts';
import { idsOf, testProbes } from '#testing/doctor-fault.ts';
import { findPostgres, freePort, type PostgresServer, startPostgres } from '#testing/postgres-server.ts';
import { hasRedis, type RedisServer, startRedis } from '#testing/redis-server.ts';
import { checkDatabase } from './database.ts';
import { readDatabase } from './database-store.ts';
import { checkRedis } from './redis.ts';
import { runDoctor } from './run-doctor.ts';

const PASSWORD = 'Zm9vYmFyLWJhei1xdXgtOTg3NjU0';
const KEY = '9f4c2b7e1a0d8356'.repeat(4);

// The data directory is not there yet, which is well.
const ENVIRONMENT = {
  DATA_DIR: join(tmpdir(), `commandcenter-none-${process.pid}`),
  SECRET_KEY: KEY,
  PUBLIC_URL: 'https://radar.company.test',
  PORT: '0',
};

type Variables = Readonly<Record<string, string>>;
type Undo = () => Promise<unknown>;

interface ServerFault {
  name: string;
  finds: readonly string[];
  /** Makes it wrong and says what the environment has beyond that of a healthy one, and how it is put right. */
  seed: () => Promise<{ variables?: Variables; undo?: Undo }>;
  now?: () => Date;
}

let postgres: PostgresServer;
let redis: RedisServer;

const address = (database = 'product', user = 'product'): string =>
  `postgres://${user}:${PASSWORD}@127.0.0.1:${postgres.port}/${database}`;
const onDatabase = (name: string) => ({ variables: { DATABASE_URL: address(name) } });

/** What the doctor says of an environment. */
async function look(variables: Variables, now?: () => Date) {
  const environment = { ...ENVIRONMENT, ...variables };
  const options = { environment, probes: { ...testProbes(), ...(now ? { now } : {}) } };
  const report = await runDoctor(options);
  // Nothing of a server is mended: each remedy is for a person.
  expect(report.findings.filter(({ fix }) => fix)).toEqual([]);
  for (const secret of [PASSWORD, KEY]) expect(JSON.stringify(report)).not.toContain(secret);
  return report;
}

async function expectFaults({ finds, seed, now }: ServerFault, healthy: Variables): Promise<void> {
  const { variables, undo } = await seed();
  try {
    expect(idsOf(await look({ ...healthy, ...variables }, now))).toEqual([...finds].sort());
  } finally {
    await undo?.();
  }
}

/** A database of its own, as the migrated one is. */
async function copyDatabase(name: string, ...statements: string[]): Promise<{ variables: Variables }> {
  await postgres.query(`create database ${name} template product owner product`);
  for (const statement of statements) await postgres.query(statement, name);
  return onDatabase(name);
}

const databaseFaults: ServerFault[] = [
  {
    name: 'a server that is not there',
    finds: ['database-unreachable'],
    seed: async () => ({ variables: { DATABASE_URL: `postgres://product@127.0.0.1:${await freePort()}/x` } }),
  },
  {
    name: 'a host without an address',
    finds: ['database-unreachable', 'host-unresolved'],
    seed: async () => ({ variables: { DATABASE_URL: `postgres://product:${PASSWORD}@nothing.invalid/x` } }),
  },
  {
    name: 'a wrong password',
    finds: ['database-password-wrong'],
    seed: async () => ({ variables: { DATABASE_URL: address().replace(PASSWORD, 'wrong') } }),
  },
  {
    name: 'a login that is not let in',
    finds: ['database-login-refused'],
    seed: async () => ({ variables: { DATABASE_URL: address('product', 'refused') } }),
  },
  {
    name: 'a database that is missing',
    finds: ['database-missing'],
    seed: async () => onDatabase('nowhere'),
  },
  {
    name: 'a database in another encoding',
    finds: ['database-encoding', 'migrations-pending'],
    seed: async () => {
      await postgres.query("create database latin owner product template template0 encoding 'LATIN1'");
      return onDatabase('latin');
    },
  },
  {
    name: 'a database that takes no changes',
    finds: ['database-read-only'],
    seed: () => copyDatabase('fixed', 'alter database fixed set default_transaction_read_only = on'),
  },
  {
    name: 'a login that may not make roles, where they are missing',
    finds: ['database-createrole-missing', 'migrations-pending'],
    seed: async () => {
      await postgres.query(`create role plain login password '${PASSWORD}'`);
      await postgres.query('create database plain owner plain');
      await postgres.query('alter role commandcenter_app rename to set_aside');
      const undo = () => postgres.query('alter role set_aside rename to commandcenter_app');
      return { variables: { DATABASE_URL: address('plain', 'plain') }, undo };
    },
  },
  {
    name: 'a pool that PostgreSQL could never fill',
    finds: ['database-connections'],
    seed: async () => ({ variables: { DATABASE_POOL_SIZE: '400' } }),
  },
  {
    name: 'pools that PostgreSQL can fill only one by one',
    finds: ['database-connections'],
    seed: async () => ({ variables: { DATABASE_POOL_SIZE: '60' } }),
  },
  {
    name: 'a database that was never migrated',
    finds: ['migrations-pending'],
    seed: async () => {
      await postgres.query('create database fresh owner product');
      return onDatabase('fresh');
    },
  },
  {
    name: 'a database that lacks the newest migration',
    finds: ['migrations-pending'],
    seed: () =>
      copyDatabase(
        'behind',
        'delete from schema_migrations where version = (select max(version) from schema_migrations)',
      ),
  },
  {
    name: 'a database that a newer version has migrated',
    finds: ['schema-newer'],
    seed: () =>
      copyDatabase(
        'newer',
        "insert into schema_migrations (version, name, checksum, breaking) values (9999, '9999_later.sql', 'x', true)",
      ),
  },
  {
    name: 'a database with a migration that ships in another form',
    finds: ['migration-changed'],
    seed: () => copyDatabase('edited', "update schema_migrations set checksum = 'x' where version = 1"),
  },
  {
    name: 'a mirror that was not synchronised for days',
    finds: ['mirrors-stale'],
    seed: () =>
      copyDatabase(
        'stale',
        `insert into projects (id, slug, name) values ('01900000-0000-7000-8000-000000000001', 'stale', 'Stale')`,
        `insert into repositories
           (id, project_id, name, location, location_key, kind, state, sync_every_minutes, last_synced_at)
         values ('01900000-0000-7000-8000-000000000002', '01900000-0000-7000-8000-000000000001', 'shop',
           'https://git.test/shop', 'git.test/shop', 'url', 'ready', 30, now() - interval '3 days')`,
      ),
  },
  {
    name: 'a clock that is a minute ahead of the database’s',
    finds: ['clock-differs'],
    seed: async () => ({}),
    now: () => new Date(Date.now() + 60_000),
  },
];

// Skipped where PostgreSQL is not installed; CI has it.
describe.skipIf(!findPostgres())('PostgreSQL', () => {
  beforeAll(async () => {
    postgres = await startPostgres({ settings: { max_connections: '100' } });
    const file = join(postgres.folder, 'data/pg_hba.conf');
    const rules = `local all all trust
host all product 127.0.0.1/32 scram-sha-256
host all plain 127.0.0.1/32 scram-sha-256
host all refused 127.0.0.1/32 reject
`;
    await writeFile(file, `${rules}${await readFile(file, 'utf8')}`);
    await postgres.query('select pg_reload_conf()');
    await postgres.query(`create role product login createrole password '${PASSWORD}'`);
    await postgres.query('create database product owner product');
    await applyMigrations({ url: address(), settings: loadConfig({}) }, () => {});
  });
  afterAll(() => postgres.close());

  const healthy = (): Variables => ({ DATABASE_URL: address() });

  test('that is as it should be is well', async () => {
    const { findings } = await look(healthy());
    expect(findings.find(({ id }) => id === 'database-ok')?.sentence).toMatch(
      /PostgreSQL 1\d.*nothing pending/,
    );
    expect(idsOf({ findings })).toEqual([]);
  });

  test.each(databaseFaults)('$name', (fault) => expectFaults(fault, healthy()));

  test('a server of an older version', async () => {
    const read = await readDatabase(address(), loadConfig({}), () => new Date());
    if ('message' in read) throw new Error(read.message);
    const old = { ...read, server: { ...read.server, version: '14.13', versionNumber: 140_013 } };
    const target = { address: 'db/product', user: 'product', name: 'product' };
    expect(checkDatabase(old, target, { poolSize: 10, processes: 2 })).toMatchObject([
      { id: 'database-too-old', status: 'problem' },
    ]);
  });

  test('one that is frozen is told', async () => {
    postgres.signal('SIGSTOP');
    try {
      expect(idsOf(await look(healthy()))).toEqual(['database-unreachable']);
    } finally {
      postgres.signal('SIGCONT');
    }
  });
});

const redisAddress = (): string => redis.url.replace('redis://', `redis://product:${PASSWORD}@`);

/** Sets something and says how it is put back. */
async function setting(name: string, value: string, before: string): Promise<Undo> {
  await redis.command('CONFIG', 'SET', name, value);
  return () => redis.command('CONFIG', 'SET', name, before);
}

const redisFaults: ServerFault[] = [
  {
    name: 'a server that is not there',
    finds: ['redis-unreachable'],
    seed: async () => ({ variables: { REDIS_URL: `redis://127.0.0.1:${await freePort()}` } }),
  },
  {
    name: 'a wrong password',
    finds: ['redis-password-wrong'],
    seed: async () => ({ variables: { REDIS_URL: redisAddress().replace(PASSWORD, 'wrong') } }),
  },
  {
    name: 'a user who may not look',
    finds: ['redis-password-wrong'],
    seed: async () => {
      await redis.command('ACL', 'SETUSER', 'blind', 'on', `>${PASSWORD}`, '~*', '+ping');
      return { variables: { REDIS_URL: redisAddress().replace('product', 'blind') } };
    },
  },
  {
    name: 'one that evicts what it likes',
    finds: ['redis-evicts-state'],
    seed: async () => {
      const undo = [
        await setting('maxmemory', '100mb', '0'),
        await setting('maxmemory-policy', 'allkeys-lru', 'noeviction'),
      ];
      return { undo: () => Promise.all(undo.map((one) => one())) };
    },
  },
  {
    name: 'one that is full',
    finds: ['redis-full'],
    seed: async () => ({ undo: await setting('maxmemory', '1mb', '0') }),
  },
  {
    name: 'a replica',
    finds: ['redis-read-only'],
    seed: async () => {
      await redis.command('REPLICAOF', '127.0.0.1', '1');
      return { undo: () => redis.command('REPLICAOF', 'NO', 'ONE') };
    },
  },
];

// Skipped where Redis is not installed; CI has it.
describe.skipIf(!hasRedis())('Redis', () => {
  beforeAll(async () => {
    redis = await startRedis();
    await redis.command('ACL', 'SETUSER', 'product', 'on', `>${PASSWORD}`, '~*', '&*', '+@all');
  });
  afterAll(() => redis.close());

  const healthy = (): Variables => ({ REDIS_URL: redisAddress() });

  test('that is as it should be is well', async () => {
    const { findings } = await look(healthy());
    expect(findings.find(({ id }) => id === 'redis-ok')?.sentence).toMatch(/^Redis \d+\.\d+/);
    expect(idsOf({ findings })).toEqual([]);
  });

  test.each(redisFaults)('$name', (fault) => expectFaults(fault, healthy()));

  test('one that evicts is right for the cache alone', async () => {
    const cache = await startRedis({ maxmemory: '50mb', 'maxmemory-policy': 'allkeys-lru' });
    expect(idsOf(await look({ ...healthy(), REDIS_CACHE_URL: cache.url }))).toEqual([]);
    await cache.close();
  });

  test('a server of an older version', () => {
    const old = { version: '6.2.14', policy: 'noeviction', maxBytes: 0, usedBytes: 1, readOnly: false };
    expect(checkRedis(old, 'cache:6379', false)).toMatchObject([{ id: 'redis-too-old', status: 'problem' }]);
  });

  test('one that is frozen is told', async () => {
    redis.freeze();
    try {
      expect(idsOf(await look(healthy()))).toEqual(['redis-unreachable']);
    } finally {
      redis.thaw();
    }
  });
});
