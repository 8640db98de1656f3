import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkArchive, restoreBackup } from '#features/operations/point-in-time/commands.ts';
import { backUp, readHoldings } from '#features/operations/point-in-time/keep.ts';
import { must } from '#features/operations/point-in-time/place.ts';
import { planRecovery } from '#features/operations/point-in-time/plan.ts';
import { replay } from '#features/operations/point-in-time/recover.ts';
import { freePort } from '#testing/postgres-server.ts';
import { type ArchivedServer, startArchived } from './archived-server.ts';
import { canArchive } from './programs.ts';
import { startWriter } from './writer.ts';

/** All 50 take some minutes: `POINTS_IN_TIME=50 npx vitest run e2e/point-in-time`. */
const TARGETS = Number(process.env['POINTS_IN_TIME'] ?? 5);
const SEED = Number(process.env['POINTS_IN_TIME_SEED'] ?? 20261126);
const WRITTEN = 400;

/** Evenly spread numbers in [0, 1) that are the same in each run (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe.skipIf(!canArchive)('a restore to a time', () => {
  let archived: ArchivedServer;
  /** When each row was committed, as microseconds since 1970. */
  let commits: { id: number; at: bigint }[];

  beforeAll(async () => {
    archived = await startArchived({ track_commit_timestamp: 'on' });
    const { server, place, archive } = archived;
    await backUp(place, archive, 'full');
    const writer = await startWriter(server.url(), 10);
    await writer.until(WRITTEN / 2);
    // In the midst of the writing, so that some targets are reached from one backup and some from the other.
    await backUp(place, archive, 'incr');
    await writer.until(WRITTEN);
    await writer.stop();
    const rows = await server.query(
      `SELECT id, (extract(epoch FROM pg_xact_commit_timestamp(xmin)) * 1000000)::bigint::text AS at
       FROM numbered ORDER BY id`,
    );
    commits = rows.map(({ id, at }) => ({ id: Number(id), at: BigInt(String(at)) }));
    await server.query('SELECT pg_current_xact_id()');
    await must(place, checkArchive(archive));
  });
  afterAll(() => archived?.close());

  test(`is exact to the transaction at ${TARGETS} random times (seed ${SEED})`, async () => {
    const { place, archive } = archived;
    const random = createRandom(SEED);
    const holdings = await readHoldings(place, archive);
    const earliest =
      BigInt(Math.min(...holdings.backups.map(({ finishedAt }) => finishedAt.getTime()))) * 1000n;
    const fit = commits.filter(({ at }) => at > earliest + 1_000_000n);
    expect(fit.length).toBeGreaterThan(WRITTEN / 4);
    const folder = join(archived.server.folder, 'copy');
    await must(place, ['mkdir', '-m', '0700', folder]);
    const port = await freePort();
    const wrong: string[] = [];
    for (let n = 0; n < TARGETS; n += 1) {
      const chosen = fit[Math.floor(random() * (fit.length - 1))];
      if (!chosen) throw new Error('There is nothing to choose from.');
      // At the microsecond of a commit, which is then in it; at the one before; or anywhere after it.
      const after = BigInt(Math.floor(random() * 12_000));
      const target = chosen.at + ([0n, -1n][n % 3] ?? after);
      const expected = commits.filter(({ at }) => at <= target).length;
      const plan = planRecovery(holdings, { target: new Date(Number(target / 1000n)), timeline: 1 });
      const work = { into: folder, backup: plan.backup.label, timeline: 1, delta: n > 0 };
      await must(place, restoreBackup(archive, { ...work, target: written(target) }));
      await replay(place, archive, folder, port);
      const ask = ['-XAtq', '-h', archive.socket, '-p', String(port), '-U', archive.user, '-d', 'postgres'];
      const found = await must(place, [
        'psql',
        ...ask,
        '-c',
        'SELECT count(*), coalesce(max(id), 0) FROM numbered',
      ]);
      if (found.trim() !== `${expected}|${expected}`)
        wrong.push(`${written(target)}: ${found.trim()}, not ${expected}`);
      await must(place, [join(archive.programs ?? '', 'pg_ctl'), 'stop', '-D', folder, '-m', 'immediate']);
    }
    expect(wrong).toEqual([]);
  }, 1_800_000);
});

/** As PostgreSQL reads it, with microseconds. */
function written(microseconds: bigint): string {
  const whole = new Date(Number(microseconds / 1_000_000n) * 1000)
    .toISOString()
    .slice(0, 19)
    .replace('T', ' ');
  return `${whole}.${String(microseconds % 1_000_000n).padStart(6, '0')}+00`;
}
