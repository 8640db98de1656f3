import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { generateX25519Identity } from 'age-encryption';
import { startPostgres } from '../../src/testing/postgres-server.ts';
import { serverEnvironment } from '../api/contestants.ts';
import { DATABASE } from '../api/seed.ts';
import { measureApi } from './api.ts';
import { type Installation, measureLogical } from './logical.ts';
import { measurePhysical } from './physical.ts';
import { fill } from './stock.ts';

/**
 * Backups against the programs of PostgreSQL.
 * Usage: node bench/recovery/run.ts [--megabytes=1500] [--rounds=3] [--only=logical|api|physical]. Run `make build` first.
 */
const { values } = parseArgs({
  options: {
    megabytes: { type: 'string', default: '1500' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string', default: '' },
  },
});
const megabytes = Number(values.megabytes);
const rounds = Number(values.rounds);
const wanted = (part: string): boolean => part.startsWith(values.only);
const say = (lines: readonly string[]): boolean => process.stdout.write(`${lines.join('\n')}\n\n`);

say([`${megabytes} MB of text, ${cpus().length} cores, ${cpus()[0]?.model ?? ''}, Node ${process.version}`]);
if (wanted('logical') || wanted('api')) {
  await withInstallation(async (installation) => {
    if (wanted('logical')) say(await measureLogical(installation, rounds));
    if (wanted('api')) say(await measureApi(installation, rounds));
  });
}
if (wanted('physical')) say(await measurePhysical(megabytes, rounds));

/** A migrated and filled PostgreSQL with the product beside it, as a production has it. */
async function withInstallation(work: (installation: Installation) => Promise<unknown>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'commandcenter-bench-'));
  const postgres = await startPostgres({
    settings: { fsync: 'on', shared_buffers: '256MB', max_connections: '100' },
  });
  try {
    await postgres.query(`create database ${DATABASE}`);
    const program = process.env['BENCH_SERVER'] ?? join(import.meta.dirname, '../../bin/commandcenter');
    const env = serverEnvironment({
      DATABASE_URL: postgres.url(DATABASE),
      DATA_DIR: join(folder, 'data'),
      BACKUP_DIR: join(folder, 'sets'),
      BACKUP_IDENTITY: await generateX25519Identity(),
    });
    execFileSync(program, ['migrate'], { env, stdio: 'pipe' });
    process.stderr.write('filling…\n');
    await fill(postgres, megabytes);
    await work({ postgres, folder, env, program });
  } finally {
    await postgres.close();
    await rm(folder, { recursive: true, force: true });
  }
}
