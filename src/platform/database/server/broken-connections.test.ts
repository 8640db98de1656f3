import { connect, createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { loadConfig } from '#platform/config/index.ts';
import { type Database, openDatabase } from '#platform/database/index.ts';
import { findPostgres, type PostgresServer, startPostgres } from '#testing/postgres-server.ts';

/** What PostgreSQL says to a connection that somebody terminates. */
const TERMINATED = (() => {
  const fields = Buffer.from('SFATAL\0VFATAL\0C57P01\0Mterminating connection\0\0');
  const head = Buffer.from([0x45, 0, 0, 0, fields.length + 4]);
  return Buffer.concat([head, fields]);
})();
/** ReadyForQuery, outside of a transaction. */
const READY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

// Skipped where PostgreSQL is not installed; CI has it.
describe.skipIf(!findPostgres())('a network between the product and PostgreSQL', () => {
  let postgres: PostgresServer;
  let between: Server;
  let database: Database;
  /** How many of the next connections are closed as soon as they are open. */
  let hangUps = 0;
  /** How many of the next connections are terminated in the moment in which they become ready. */
  let terminations = 0;

  beforeAll(async () => {
    postgres = await startPostgres();
    between = createServer((caller) => {
      caller.on('error', () => {});
      if (hangUps > 0) {
        hangUps -= 1;
        caller.destroy();
        return;
      }
      const called = connect(postgres.port, '127.0.0.1');
      called.on('error', () => {});
      caller.pipe(called);
      caller.on('close', () => called.destroy());
      called.on('close', () => caller.destroy());
      called.on('data', (chunk: Buffer) => {
        if (terminations > 0 && chunk.subarray(-READY.length).equals(READY)) {
          terminations -= 1;
          caller.end(Buffer.concat([chunk, TERMINATED]));
        } else if (caller.writable) caller.write(chunk);
      });
    });
    await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve));
    const { port } = between.address() as { port: number };
    await postgres.query('create database product');
    const settings = loadConfig({ DATABASE_POOL_SIZE: '4', DATABASE_CONNECT_TIMEOUT_SECONDS: '1' });
    const url = postgres.url('product').replace(`:${postgres.port}`, `:${port}`);
    database = await openDatabase({ url, settings });
  });
  afterAll(async () => {
    await database.close();
    between.close();
    await postgres.close();
  });

  /** Empties the pool, so that the next query opens a connection. */
  const cutAll = async (): Promise<void> => {
    await postgres.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'commandcenter'",
    );
    await vi.waitFor(() => expect(database.connections().total).toBe(0));
  };
  const read = (): Promise<unknown> =>
    database.identityTransaction(async () => 'answered', { readOnly: true });

  test('a connection that is terminated in the moment in which it opens is replaced', async () => {
    await cutAll();
    terminations = 2;
    expect(await read()).toBe('answered');
    expect(terminations).toBe(0);
    await cutAll();
    terminations = 1;
    expect((await database.ownerQuery('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });

  test('a proxy that hangs up while the server restarts is asked again', async () => {
    await cutAll();
    hangUps = 3;
    expect(await read()).toBe('answered');
    expect(hangUps).toBe(0);
  });

  test('a server that takes connections and says nothing is away, which is not a full pool', async () => {
    await cutAll();
    postgres.signal('SIGSTOP');
    await expect(read()).rejects.toMatchObject({ code: 'database-unavailable', status: 503 });
    postgres.signal('SIGCONT');
    expect(await read()).toBe('answered');
  });
});
