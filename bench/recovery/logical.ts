import { execFileSync } from 'node:child_process';
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { findPostgres, type PostgresServer } from '../../src/testing/postgres-server.ts';
import { postgresCpuMs } from '../api/contestants.ts';
import { DATABASE } from '../api/seed.ts';
import { type Measured, measured } from './measured.ts';

export interface Installation {
  postgres: PostgresServer;
  folder: string;
  /** How the product is run on it. */
  env: NodeJS.ProcessEnv;
  program: string;
}

interface Sample extends Measured {
  /** Of PostgreSQL's processes meanwhile. */
  databaseCpuSeconds: number;
}

type Name = 'pg_dump' | 'create' | 'pg_restore' | 'two' | 'restore' | 'compared';

const RESTORED = 'bench_restored';

/** Sets against pg_dump and pg_restore of the same database, in turns. Returns lines in Markdown. */
export async function measureLogical(
  { postgres, folder, env, program }: Installation,
  rounds: number,
): Promise<string[]> {
  const bin = findPostgres() ?? '';
  const server = ['-h', '127.0.0.1', '-p', String(postgres.port), '-U', 'owner'];
  const dump = join(folder, 'bench.dump');
  const samples: Record<Name, Sample[]> = {
    pg_dump: [],
    create: [],
    pg_restore: [],
    two: [],
    restore: [],
    compared: [],
  };
  let stored = 0;
  for (let round = 0; round < rounds; round += 1) {
    process.stderr.write(`sets, round ${round + 1} of ${rounds}\n`);
    samples.pg_dump.push(
      await sample(postgres, [join(bin, 'pg_dump'), '-Fc', ...server, '-f', dump, DATABASE]),
    );
    await settle(postgres);
    const made = await sample(postgres, [program, 'backup', 'create', '--json'], env);
    samples.create.push(made);
    stored = (JSON.parse(made.stdout) as { bytes: number }).bytes;
    for (const [name, jobs] of [
      ['pg_restore', '1'],
      ['two', '2'],
    ] as const) {
      await postgres.query(`create database ${RESTORED} template template0`);
      await settle(postgres);
      const argv = [join(bin, 'pg_restore'), ...server, '-j', jobs, '-d', RESTORED, dump];
      samples[name].push(await sample(postgres, argv));
      await postgres.query(`drop database ${RESTORED}`);
    }
    await settle(postgres);
    const restored = await sample(
      postgres,
      [program, 'restore', '--latest', '--yes', '--no-safety-copy', '--json'],
      env,
    );
    samples.compared.push(restored);
    samples.restore.push({ ...restored, seconds: restored.seconds - comparingOf(restored) });
    await sample(postgres, [program, 'restore', '--forget'], env);
    rmSync(join(env['BACKUP_DIR'] ?? ''), { recursive: true });
    if (round < rounds - 1) rmSync(dump);
    await settle(postgres);
  }
  return report(samples, { dumped: statSync(dump).size, stored });
}

/** What one has left to be written would be waited for by the next. */
async function settle(postgres: PostgresServer): Promise<void> {
  await postgres.query('checkpoint');
  execFileSync('sync');
}

async function sample(
  postgres: PostgresServer,
  argv: readonly string[],
  env?: NodeJS.ProcessEnv,
): Promise<Sample> {
  const before = postgresCpuMs(postgres);
  const found = await measured(argv, env);
  return { ...found, databaseCpuSeconds: (postgresCpuMs(postgres) - before) / 1000 };
}

/** From the line that tells of the comparison to the next. */
function comparingOf({ told }: Measured): number {
  const at = told.findIndex(({ line }) => line.startsWith('compare'));
  return (told[at + 1]?.seconds ?? 0) - (told[at]?.seconds ?? 0);
}

const ROWS: readonly { name: Name; title: string; against?: Name; aim?: number; secondsAlone?: boolean }[] = [
  { name: 'pg_dump', title: 'pg_dump -Fc' },
  { name: 'create', title: 'backup create, encrypted', against: 'pg_dump', aim: 1.25 },
  { name: 'pg_restore', title: 'pg_restore' },
  { name: 'two', title: 'pg_restore -j 2', against: 'pg_restore', secondsAlone: true },
  {
    name: 'restore',
    title: 'restore, without its comparison',
    against: 'pg_restore',
    aim: 1.15,
    secondsAlone: true,
  },
  { name: 'compared', title: 'restore, whole', against: 'pg_restore', aim: 1.6 },
];

function report(samples: Record<Name, Sample[]>, bytes: { dumped: number; stored: number }): string[] {
  const of = (name: Name, key: 'seconds' | 'cpuSeconds' | 'databaseCpuSeconds' | 'peakMegabytes'): number[] =>
    samples[name].map((each) => each[key]);
  const lines = ROWS.map(({ name, title, against, aim, secondsAlone }) => {
    const seconds = of(name, 'seconds');
    const ratio = against ? (median(seconds) / median(of(against, 'seconds'))).toFixed(2) : '';
    const cells = [
      `${median(seconds).toFixed(1)} (${seconds.map((one) => one.toFixed(1)).join(', ')})`,
      ratio,
      aim === undefined ? '' : String(aim),
      ...(secondsAlone
        ? ['', '', '']
        : [
            median(of(name, 'cpuSeconds')).toFixed(1),
            median(of(name, 'databaseCpuSeconds')).toFixed(1),
            Math.max(...of(name, 'peakMegabytes')).toFixed(0),
          ]),
    ];
    return `| ${title} | ${cells.join(' | ')} |`;
  });
  const megabytes = (count: number): string => (count / 1e6).toFixed(0);
  return [
    `The dump has ${megabytes(bytes.dumped)} MB, the set ${megabytes(bytes.stored)} MB.`,
    '',
    '| what | seconds | ratio | at most | its CPU seconds | those of PostgreSQL | MB at most |',
    '|---|---|---|---|---|---|---|',
    ...lines,
  ];
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
