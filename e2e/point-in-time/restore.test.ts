import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  backUp,
  checkHoldings,
  compareCopy,
  discardCopy,
  previewRecovery,
  putInPlace,
  recoverBeside,
  undoRestore,
} from '#features/operations/point-in-time/index.ts';
import { freePort } from '#testing/postgres-server.ts';
import { type ArchivedServer, startArchived } from './archived-server.ts';
import { canArchive } from './programs.ts';

const UNDO_SECONDS = 10;

describe.skipIf(!canArchive)('a database beside the one that lives', () => {
  let archived: ArchivedServer;
  let before: Date;
  const contents = async (): Promise<unknown> =>
    (
      await archived.server.query(
        "SELECT count(*)::int AS rows, md5(string_agg(t::text, ',' ORDER BY id)) AS hash FROM things t",
      )
    )[0];

  beforeAll(async () => {
    archived = await startArchived();
    const { server, place, archive } = archived;
    await server.query(
      'CREATE TABLE things AS SELECT n AS id, md5(n::text) AS word FROM generate_series(1, 1000) n',
    );
    await backUp(place, archive, 'full');
    await server.query("INSERT INTO things VALUES (1001, 'after the backup')");
    await sleep(1100);
    before = new Date();
    await sleep(50);
    await server.query('DELETE FROM things WHERE id > 10');
  });
  afterAll(() => archived?.close());

  const recover = async (target: Date, id: string) => {
    const { place, archive } = archived;
    const plan = await previewRecovery(place, archive, target);
    return recoverBeside(place, archive, plan, { id, port: await freePort() });
  };

  test('the archive is checked: a segment gets there, and every checksum is right', async () => {
    const plan = await checkHoldings(archived.place, archived.archive);
    expect(plan).toMatchObject({ timeline: 1, backup: { type: 'full', damaged: false } });
  });

  test('says before it begins what would be used and what would be lost', async () => {
    const plan = await previewRecovery(archived.place, archived.archive, before);
    expect(plan.backup.finishedAt.getTime()).toBeLessThanOrEqual(before.getTime());
    expect(plan.newest.getTime()).toBeGreaterThanOrEqual(before.getTime());
    expect(plan.lastSegment >= plan.firstSegment).toBe(true);
  });

  test('is looked at while the first one serves, and can be thrown away', async () => {
    const copy = await recover(before, 'look');
    expect(await compareCopy(archived.place, archived.archive, copy)).toEqual([
      { table: 'public.things', living: 10, restored: 1001 },
    ]);
    await archived.server.query("UPDATE things SET word = 'meanwhile' WHERE id = 1");
    await discardCopy(archived.place, archived.archive, copy);
    expect(await contents()).toMatchObject({ rows: 10 });
  });

  test('takes its place, is undone in 10 s with every row as it was, and done once more', async () => {
    const { place, archive, server } = archived;
    const living = await contents();
    await putInPlace(place, archive, await recover(before, '1'));
    expect(await contents()).toMatchObject({ rows: 1001 });
    // It is a database like any other: it takes writes and is archived, on a timeline of its own.
    await server.query("INSERT INTO things VALUES (2000, 'on the second timeline')");
    expect(await checkHoldings(place, archive)).toMatchObject({ timeline: 2 });

    const begun = Date.now();
    await undoRestore(place, archive);
    expect((Date.now() - begun) / 1000).toBeLessThanOrEqual(UNDO_SECONDS);
    expect(await contents()).toEqual(living);
    await server.query("INSERT INTO things VALUES (3000, 'after the undoing')");
    await sleep(50);
    const later = new Date();
    await sleep(50);
    await server.query('TRUNCATE things');
    // By the first timeline, though the archive has a later one.
    await putInPlace(place, archive, await recover(later, '2'));
    expect(await contents()).toMatchObject({ rows: 11 });
    await expect(undoRestore(place, archive)).resolves.toMatchObject({
      kept: expect.stringContaining('-undone-2'),
    });
  });

  test('a time before the first backup, or after the end of the WAL, is refused with what can be had', async () => {
    const { place, archive } = archived;
    await expect(previewRecovery(place, archive, new Date(0))).rejects.toMatchObject({
      code: 'point-too-early',
      remedy: expect.stringMatching(/first time that can be restored to is 20/),
    });
    await expect(previewRecovery(place, archive, new Date(Date.now() + 3_600_000))).rejects.toMatchObject({
      code: 'point-not-reached',
      message: expect.stringMatching(/ends at 20/),
    });
  });
});
