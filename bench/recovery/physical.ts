import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { makeBackup } from '#features/operations/point-in-time/commands.ts';
import { type Archive, backUp } from '#features/operations/point-in-time/index.ts';
import { must } from '#features/operations/point-in-time/place.ts';
import { startArchived } from '../../e2e/point-in-time/archived-server.ts';
import { median } from './logical.ts';

const BYTES_OF_ROW = 8192;
/** Of 16 random bytes each: a row of 8 kB, which PostgreSQL does not compress either. */
const PARTS = BYTES_OF_ROW / 16;
const MEGABYTE = 1e6;

/** A physical backup, compressed and encrypted, against pg_basebackup of the same database, in turns. */
export async function measurePhysical(megabytes: number, rounds: number): Promise<string[]> {
  const archived = await startArchived({ fsync: 'on', max_wal_size: '4GB' });
  const { server, place, archive, folder } = archived;
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
    const seconds: Record<Name, number[]> = { base: [], alike: [], physical: [] };
    for (let round = 0; round < rounds; round += 1) {
      process.stderr.write(`physical, round ${round + 1} of ${rounds}\n`);
      for (const name of NAMES) {
        const into = join(folder, `${name}-${round}`);
        const argv = {
          base: baseBackup(archive, into),
          alike: alikeBackup(archive, into),
          physical: makeBackup(archive, 'full'),
        };
        seconds[name].push(await timed(() => must(place, argv[name])));
        rmSync(into, { recursive: true, force: true });
        // What one has left to be written would be waited for by the next.
        await must(place, ['sync']);
      }
    }
    return report(Number(size?.['bytes']), seconds);
  } finally {
    await archived.close();
  }
}

const NAMES = ['base', 'alike', 'physical'] as const;
type Name = (typeof NAMES)[number];

const baseBackupOf = ({ programs, socket, port, user }: Archive): string[] => [
  join(programs ?? '', 'pg_basebackup'),
  ...['-c', 'fast', '-h', socket, '-p', String(port), '-U', user],
];

/** Into a folder, with the WAL that it needs, as one would use it. */
const baseBackup = (archive: Archive, into: string): string[] => [
  ...baseBackupOf(archive),
  ...['-X', 'stream', '-D', into],
];

/** The same work as pgBackRest's: compressed with zstd, encrypted with AES-256, each file with its checksum, on the disk. */
const alikeBackup = (archive: Archive, into: string): string[] => [
  ...['bash', '-o', 'pipefail', '-c'],
  `"$@" | zstd -1 -q | openssl enc -aes-256-cbc -pbkdf2 -pass pass:bench -out "$0" && sync "$0"`,
  into,
  ...baseBackupOf(archive),
  ...['-X', 'fetch', '-Ft', '--manifest-checksums=SHA256', '-D', '-'],
];

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1000;
}

function report(bytes: number, seconds: Record<Name, number[]>): string[] {
  const shown = (name: Name): string =>
    `${median(seconds[name]).toFixed(1)} (${seconds[name].map((one) => one.toFixed(1)).join(', ')})`;
  const over = (name: Name): string => (median(seconds.physical) / median(seconds[name])).toFixed(2);
  return [
    `The database has ${(bytes / MEGABYTE).toFixed(0)} MB.`,
    '',
    '| what | seconds | pgBackRest to it | at most |',
    '|---|---|---|---|',
    `| pg_basebackup | ${shown('base')} | ${over('base')} | 1.3 |`,
    `| pg_basebackup with zstd, AES-256 and SHA-256 | ${shown('alike')} | ${over('alike')} | |`,
    `| pgBackRest, full, with zstd, AES-256 and SHA-1 | ${shown('physical')} | | |`,
  ];
}
