import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '../../src/testing/postgres-server.ts';

const COMMAND = join(import.meta.dirname, '../../bin/commandcenter');

interface Played {
  outcome: string;
  files: { json: string; markdown: string };
}

/** Runs a command of what was built, to its end; what it tells goes to stderr. */
function run(env: Record<string, string>, ...words: string[]): { status: number | null; stdout: string } {
  process.stderr.write(`commandcenter ${words.join(' ')}\n`);
  return spawnSync(COMMAND, words, {
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 2 ** 26,
  });
}

function must(env: Record<string, string>, ...words: string[]): string {
  const { status, stdout } = run(env, ...words);
  if (status !== 0) throw new Error(`commandcenter ${words.join(' ')} ended with ${status}.`);
  return stdout;
}

/** Plays a drill, prints its report, and says whether it held and is signed. */
function play(env: Record<string, string>): boolean {
  const { status, stdout } = run(env, 'drill', '--json');
  if (stdout === '') throw new Error(`commandcenter drill ended with ${status}.`);
  const { outcome, files } = JSON.parse(stdout) as Played;
  process.stdout.write(readFileSync(files.markdown, 'utf8'));
  const signed = [files.json, files.markdown].every((file) => run(env, 'drill', 'verify', file).status === 0);
  return status === 0 && outcome === 'held' && signed;
}

/** An installation that has read this repository, with a copy of its set elsewhere; then a drill on each runtime. */
async function main(folder: string): Promise<boolean> {
  const env = {
    DATA_DIR: join(folder, 'data'),
    BACKUP_DIR: join(folder, 'sets'),
    BACKUP_OFFSITE: join(folder, 'away'),
    LOG_LEVEL: 'error',
  };
  mkdirSync(env.BACKUP_OFFSITE);
  must(env, 'track', join(import.meta.dirname, '../..'));
  for (const step of ['create', 'verify', 'copy']) must(env, 'backup', step);
  const embedded = play(env);
  // A set of one runtime is restored into the other.
  const postgres = await startPostgres({ settings: { fsync: 'on' } });
  try {
    await postgres.query('create role product login createdb createrole');
    await postgres.query('create database product owner product');
    const server = play({
      ...env,
      DATA_DIR: join(folder, 'server'),
      DATABASE_URL: postgres.url('product').replace('owner@', 'product@'),
      SECRET_KEY: '0'.repeat(64),
      BACKUP_IDENTITY_FILE: join(env.DATA_DIR, 'backup-identity'),
    });
    return embedded && server;
  } finally {
    await postgres.close();
  }
}

const folder = mkdtempSync(join(tmpdir(), 'commandcenter-nightly-'));
try {
  process.exitCode = (await main(folder)) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
