import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '#platform/ids/index.ts';
import { type Database, openDatabase } from './index.ts';

const scope = { projectId: newId(), role: 'owner' as const };
let directory: string;
let database: Database;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'commandcenter-gone-'));
  database = await openDatabase({ directory });
}, 60_000);
afterAll(async () => {
  await database.close();
  await rm(directory, { recursive: true, force: true });
});

test('what waits for a connection when its caller goes is not begun, and the connection goes to the next', async () => {
  const gone = new AbortController();
  const held = Promise.withResolvers<void>();
  const taken = Promise.withResolvers<void>();
  // The embedded database has one connection, so everybody else waits.
  const holder = database.transaction(scope, async () => {
    taken.resolve();
    await held.promise;
  });
  await taken.promise;
  let begun = 0;
  const count = async (): Promise<number> => {
    begun += 1;
    return begun;
  };
  const reading = {
    name: 'one',
    text: 'select 1 as one',
    values: [],
    take: (rows: readonly unknown[]) => rows.length,
  };
  const abandoned = [
    database.transaction({ ...scope, signal: gone.signal }, count),
    database.read({ ...scope, signal: gone.signal }, [reading]),
  ];
  const settled = Promise.allSettled(abandoned);
  const patient = database.transaction({ ...scope, signal: new AbortController().signal }, (tx) =>
    tx.execute(sql`select 1`),
  );
  gone.abort();
  held.resolve();
  await holder;
  for (const one of await settled)
    expect(one).toMatchObject({ reason: { code: 'caller-gone', status: 499 } });
  expect((await patient).rows).toHaveLength(1);
  expect(begun).toBe(0);
  await expect(database.read({ ...scope, signal: gone.signal }, [reading])).rejects.toMatchObject({
    code: 'caller-gone',
  });
  expect(database.connections().waiting).toBe(0);
});
