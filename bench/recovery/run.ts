import { rmSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { makeBackup } from '#features/operations/point-in-time/commands.ts';
import { backUp } from '#features/operations/point-in-time/index.ts';
import { must } from '#features/operations/point-in-time/place.ts';
import { startArchived } from '../../e2e/point-in-time/archived-server.ts';

/**
 * A physical backup, compressed and encrypted, against pg_basebackup of the same database, in turns.
 * Usage: node bench/recovery/run.ts [--small]; 1 GB that does not compress, or 64 MB.
 */
const small = process.argv.includes('--small');
const ROWS = small ? 8_000 : 131_072;
const ROUNDS = small ? 1 : 3;
/** Of 16 random bytes each: a row of 8 kB, which PostgreSQL does not compress either. */
const PARTS = 512;
const MEGABYTE = 1e6;

const archived = await startArchived({ fsync: 'on', max_wal_size: '4GB' });
const { server, place, archive, folder } = archived;
try {
  process.stderr.write('filling…\n');
  await server.query('CREATE TABLE blobs (id int PRIMARY KEY, content bytea)');
  await server.query('ALTER TABLE blobs ALTER content SET STORAGE EXTERNAL');
  await server.query(
    `INSERT INTO blobs SELECT n, (SELECT string_agg(uuid_send(gen_random_uuid()), '') FROM generate_series(1, ${PARTS} + n * 0))
     FROM generate_series(1, ${ROWS}) n`,
  );
  await server.query('CHECKPOINT');
  const [size] = await server.query('SELECT sum(pg_database_size(oid))::bigint AS bytes FROM pg_database');
  await backUp(place, archive, 'full');
  const base: number[] = [];
  const physical: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    process.stderr.write(`round ${round + 1} of ${ROUNDS}\n`);
    base.push(await baseBackup(`base-${round}`));
    await settle();
    physical.push(await timed(() => must(place, makeBackup(archive, 'full'))));
    await settle();
  }
  report(Number(size?.['bytes']), base, physical);
} finally {
  await archived.close();
}

/** Into a folder, with the WAL that it needs, as one would use it. */
async function baseBackup(name: string): Promise<number> {
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
async function settle(): Promise<void> {
  await must(place, ['sync']);
}

function report(bytes: number, base: number[], physical: number[]): void {
  const median = (values: number[]): number =>
    values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
  const shown = (values: number[]): string =>
    `${median(values).toFixed(1)} s (${values.map((one) => one.toFixed(1)).join(', ')})`;
  const lines = [
    `${(bytes / MEGABYTE).toFixed(0)} MB, ${cpus().length} cores`,
    '',
    '| what | median of the rounds |',
    '|---|---|',
    `| pg_basebackup | ${shown(base)} |`,
    `| pgBackRest, full, zstd and AES-256 | ${shown(physical)} |`,
    `| ratio | ${(median(physical) / median(base)).toFixed(2)} |`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
