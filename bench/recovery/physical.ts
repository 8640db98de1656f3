import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { makeBackup } from '#features/operations/point-in-time/commands.ts';
import { backUp } from '#features/operations/point-in-time/index.ts';
import { must, type Place } from '#features/operations/point-in-time/place.ts';
import { type ArchivedServer, startArchived } from '../../e2e/point-in-time/archived-server.ts';
import { median } from './logical.ts';

const BYTES_OF_ROW = 8192;
/** Of 16 random bytes each: a row of 8 kB, which PostgreSQL does not compress either. */
const PARTS = BYTES_OF_ROW / 16;
const MEGABYTE = 1e6;

/** A physical backup, compressed and encrypted, against pg_basebackup of the same database, in turns. */
export async function measurePhysical(megabytes: number, rounds: number): Promise<string[]> {
  const archived = await startArchived({ fsync: 'on', max_wal_size: '4GB' });
  const { server, place, archive } = archived;
  try {
    process.stderr.write('filling…\n');
    await server.query('CREATE TABLE blobs (id int PRIMARY KEY, content bytea)');
    await server.query('ALTER TABLE blobs ALTER content SET STORAGE EXTERNAL');
    await server.query(
      `INSERT INTO blobs SELECT n, (SELECT string_agg(uuid_send(gen_random_uuid()), '') FROM generate_series(1, ${PARTS} + n * 0))
       FROM generate_series(1, ${Math.ceil((megabytes * MEGABYTE) / BYTES_OF_ROW)}) n`,
    );
    await server.query('CHECKPOINT');
    const [size] = await server.query('SELECT sum(pg_database_size(oid))::bigint AS bytes FROM pg_database');
    await backUp(place, archive, 'full');
    const base: number[] = [];
    const physical: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      process.stderr.write(`physical, round ${round + 1} of ${rounds}\n`);
      base.push(await baseBackup(archived, `base-${round}`));
      await settle(place);
      physical.push(await timed(() => must(place, makeBackup(archive, 'full'))));
      await settle(place);
    }
    return report(Number(size?.['bytes']), base, physical);
  } finally {
    await archived.close();
  }
}

/** Into a folder, with the WAL that it needs, as one would use it. */
async function baseBackup({ archive, place, folder }: ArchivedServer, name: string): Promise<number> {
  const into = join(folder, name);
  const argv = [
    '-D',
    into,
    '-X',
    'stream',
    '-c',
    'fast',
    '-h',
    archive.socket,
    '-p',
    String(archive.port),
    '-U',
    archive.user,
  ];
  const seconds = await timed(() => must(place, [join(archive.programs ?? '', 'pg_basebackup'), ...argv]));
  rmSync(into, { recursive: true });
  return seconds;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1000;
}

/** What one has left to be written would be waited for by the next. */
async function settle(place: Place): Promise<void> {
  await must(place, ['sync']);
}

function report(bytes: number, base: number[], physical: number[]): string[] {
  const shown = (values: number[]): string =>
    `${median(values).toFixed(1)} (${values.map((one) => one.toFixed(1)).join(', ')})`;
  return [
    `The database has ${(bytes / MEGABYTE).toFixed(0)} MB.`,
    '',
    '| what | seconds | ratio | at most |',
    '|---|---|---|---|',
    `| pg_basebackup | ${shown(base)} | | |`,
    `| pgBackRest, full, zstd and AES-256 | ${shown(physical)} | ${(median(physical) / median(base)).toFixed(2)} | 1.3 |`,
  ];
}
