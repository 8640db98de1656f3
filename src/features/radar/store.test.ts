import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createContext } from '#platform/context/index.ts';
import { newId } from '#platform/ids/index.ts';
import { startTestApp, type TestApp } from '#testing/index.ts';
import { insertMove } from './store.ts';
import { addTechnology, type NewTechnology, readTechnologies, readTechnology } from './technology-store.ts';

let app: TestApp;
let technologyId: string;

const elm = (id: string): NewTechnology => ({
  id,
  slug: 'elm',
  name: 'Elm',
  kind: 'language',
  quadrant: 'languages',
  edited: [],
  at: new Date(),
});

beforeAll(async () => {
  app = await startTestApp();
  technologyId = newId();
  await app.context.change(addTechnology(elm(technologyId), 0));
  await app.context.transaction(async (tx) => {
    await insertMove(tx, {
      id: newId(),
      technologyId,
      fromRing: null,
      toRing: 'assess',
      reason: 'Try it once',
      actorKind: 'owner',
      actorId: 'ada',
      actorName: 'Ada',
      decidedAt: new Date('2026-01-01T00:00:00Z'),
    });
  });
}, 60_000);
afterAll(() => app.close());

/** The SQLSTATE that a statement fails with, wherever in the chain of causes it is. */
async function stateOf(attempt: Promise<unknown>): Promise<string | undefined> {
  let error: unknown = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  while (error instanceof Error) {
    const { code } = error as Error & { code?: unknown };
    if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) return code;
    error = error.cause;
  }
  return undefined;
}

describe('moves are written once', () => {
  test.each([
    ["update moves set reason = 'other'"],
    ['delete from moves'],
    ['truncate moves'],
    ['delete from technologies'],
  ])('the application may not: %s', async (statement) => {
    expect(await stateOf(app.context.transaction((tx) => tx.execute(sql.raw(statement))))).toBe('42501');
  });

  test.each([["update moves set reason = 'other'"], ['delete from moves'], ['truncate moves']])(
    'nor may the owner of the schema: %s',
    async (statement) => {
      expect(await stateOf(app.platform.database.ownerQuery(statement))).toBe('23001');
    },
  );

  test('a move needs a reason and a known ring', async () => {
    const move = {
      technologyId,
      fromRing: null,
      actorKind: 'owner',
      actorId: 'ada',
      actorName: 'Ada',
      decidedAt: new Date(),
    };
    const without = { ...move, id: newId(), toRing: 'hold' as const, reason: '  ' };
    expect(await stateOf(app.context.transaction((tx) => insertMove(tx, without)))).toBe('23514');
    const unknown = { ...move, id: newId(), toRing: 'later' as 'hold', reason: 'why' };
    expect(await stateOf(app.context.transaction((tx) => insertMove(tx, unknown)))).toBe('23514');
  });
});

test('a slug that is taken is not written over', async () => {
  expect(await stateOf(app.context.change(addTechnology(elm(newId()), 0)))).toBe('23505');
});

test('of several changes in one message none is made if one fails', async () => {
  const fresh = newId();
  const changes = app.context.change(
    addTechnology({ ...elm(fresh), slug: 'fresh' }, 0),
    addTechnology(elm(newId()), 0),
  );
  expect(await stateOf(changes)).toBe('23505');
  expect(await app.context.read(readTechnology({ id: fresh }))).toEqual([undefined]);
});

test('another project sees nothing, and a viewer writes nothing', async () => {
  const stranger = createContext(app.platform, {
    projectId: newId(),
    role: 'owner',
    actor: app.context.actor,
  });
  const [seen] = await stranger.read(readTechnologies({ archived: false }, { limit: 10 }));
  expect(seen).toEqual({ items: '[]', nextCursor: null, total: 0 });
  const [found] = await stranger.read(readTechnologies({ archived: false, q: 'elm' }, { limit: 10 }));
  expect(found.total).toBe(0);
  expect(await stranger.read(readTechnology({ id: technologyId }))).toEqual([undefined]);
  const viewer = createContext(app.platform, {
    projectId: app.context.projectId,
    role: 'viewer',
    actor: app.context.actor,
  });
  expect(await stateOf(viewer.change(addTechnology({ ...elm(newId()), slug: 'new' }, 0)))).toBe('42501');
  expect(await stateOf(app.context.read(addTechnology({ ...elm(newId()), slug: 'new' }, 0)))).toBe('25006');
});

test('a search takes % and _ as they are', async () => {
  const search = async (q: string): Promise<number> => {
    const [page] = await app.context.read(readTechnologies({ archived: false, q }, { limit: 10 }));
    return page.total;
  };
  expect(await search('EL')).toBe(1);
  expect(await search('%')).toBe(0);
  expect(await search('_lm')).toBe(0);
});
