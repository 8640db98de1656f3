import { constants, setPriority } from 'node:os';
import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import type { CreatedSet, SetSummary, Verification } from '#features/operations/index.ts';
import { type Config, loadConfig } from '#platform/config/index.ts';
import { findLockHolder } from '#platform/database/index.ts';
import { appError } from '#platform/errors/index.ts';
import type { Job } from '#platform/jobs/index.ts';
import { createBackup, verifyBackup } from '../app/index.ts';
import { addBackupCopies } from './backup-copies.ts';
import { withClient } from './client.ts';
import { exitCodes } from './exit-codes.ts';
import { count, type OutputOptions, print, table } from './output.ts';
import { reportProgress } from './report-progress.ts';
import { waitForJobs } from './wait-for-jobs.ts';

const loadSets = () => import('#features/operations/index.ts');

/** `commandcenter backup …`: sets that hold everything that is needed to come back. */
export function addBackup(program: Command): void {
  const backup = program.command('backup').description('make, look at and verify backups of everything');
  backup
    .command('create')
    .description('make a set of this moment in BACKUP_DIR, encrypted with age')
    .option('--plain', 'leave it open, for anybody to read')
    .option('--json', 'print JSON')
    .action(create);
  backup
    .command('list')
    .description('the sets in BACKUP_DIR, and what else is there')
    .option('--json', 'print JSON')
    .action(list);
  backup
    .command('show')
    .description('what is known of a set; exit 1 if it is not whole or was found wanting')
    .argument('[set]', 'the newest whole one if not given')
    .option('--json', 'print JSON')
    .action(show);
  backup
    .command('verify')
    .description('restore a set into a scratch database and compare everything')
    .argument('[set]', 'the newest whole one if not given')
    .option('--json', 'print JSON')
    .action(verify);
  backup
    .command('export')
    .description('write a set into one tar file')
    .argument('<set>', 'its name')
    .argument('<file>', 'where the tar file is written')
    .option('--json', 'print JSON')
    .action(exportTo);
  addBackupCopies(backup);
}

async function create({ plain = false, ...options }: OutputOptions & { plain?: boolean }): Promise<void> {
  const config = loadConfig();
  if (config.databaseUrl === undefined && (await findLockHolder(config.dataDir))) {
    if (plain) {
      throw appError('server-running', 409, 'A running server makes no open sets.', {
        remedy: 'Stop it first, or leave out --plain.',
      });
    }
    await createByServer(config, options);
    return;
  }
  letOthersGoFirst();
  const { report, signal, end } = reportProgress();
  const made = await createBackup(config, { plain, report, signal }).finally(end);
  print(options, toResult(made), () => `${made.name}: ${describeMade(made)}`);
}

/** Nobody waits for a backup as they do for the answers of a server on the same host. */
function letOthersGoFirst(): void {
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
}

/** The server that holds the data directory makes it, and verifies it, because nobody else may read its database. */
async function createByServer(config: Config, options: OutputOptions): Promise<void> {
  const { listSets, backupFolder } = await loadSets();
  await withClient(async (client) => {
    const { id, rootId } = await client.request<Job>('POST', '/backups');
    const ended = (await waitForJobs(client, [rootId])).find((job) => job.id === id);
    const name = (ended?.result as { set?: string } | undefined)?.set;
    const set = (await listSets(backupFolder(config))).find((each) => each.name === name);
    if (!set) throw appError('backup-missing', 404, 'The server has made a set that is not in BACKUP_DIR.');
    print(options, set, describe);
  });
}

async function list(options: OutputOptions): Promise<void> {
  const { listSets, backupFolder } = await loadSets();
  const folder = backupFolder(loadConfig());
  const sets = await listSets(folder);
  print(options, sets, () =>
    sets.length === 0
      ? `There is no set in ${folder}. \`commandcenter backup create\` makes one.`
      : table(
          ['SET', 'STATE', 'VERIFIED', 'ROWS', 'MB', 'VERSION', 'MADE BEFORE'],
          sets.map((set) => [
            set.name,
            set.state,
            verdict(set.verification),
            String(set.rows),
            megabytes(set.bytes),
            set.version ?? '–',
            set.madeBefore ?? '',
          ]),
        ),
  );
}

async function show(name: string | undefined, options: OutputOptions): Promise<void> {
  const { listSets, findSet, backupFolder } = await loadSets();
  const folder = backupFolder(loadConfig());
  const wanted = basename(await findSet(folder, name));
  const set = (await listSets(folder)).find((each) => each.name === wanted);
  if (!set) throw appError('backup-missing', 404, `${wanted} is not there.`);
  print(options, set, describe);
  if (set.state !== 'whole' || set.verification?.held === false) process.exitCode = exitCodes.findings;
}

async function verify(name: string | undefined, options: OutputOptions): Promise<void> {
  const config = loadConfig();
  const { findSet, backupFolder } = await loadSets();
  const folder = await findSet(backupFolder(config), name);
  letOthersGoFirst();
  const { report, signal, end } = reportProgress();
  const verification = await verifyBackup(config, { folder, report, signal }).finally(end);
  print(options, { set: basename(folder), ...verification }, () =>
    [`${basename(folder)}: ${describeVerification(verification)}`, ...stepsOf(verification)].join('\n'),
  );
}

async function exportTo(name: string, file: string, options: OutputOptions): Promise<void> {
  const { exportSet, findSet, backupFolder } = await loadSets();
  const target = resolve(file);
  const { bytes } = await exportSet(await findSet(backupFolder(loadConfig()), name), name, target);
  print(options, { set: name, file: target, bytes }, () => `${target}: ${megabytes(bytes)} MB`);
}

function toResult({ name, folder, bytes, seconds, manifest }: CreatedSet) {
  const { takenAt, files, tables, recipients } = manifest;
  const rows = tables.reduce((sum, each) => sum + each.rows, 0);
  return {
    name,
    folder,
    takenAt,
    bytes,
    seconds,
    rows,
    uploads: files.count,
    missing: files.missing,
    recipients,
  };
}

function describeMade(made: CreatedSet): string {
  const { rows, uploads, missing, recipients } = toResult(made);
  return [
    `${count(rows, 'row')} and ${count(uploads, 'upload')}, ${megabytes(made.bytes)} MB in ${made.seconds.toFixed(1)} s`,
    recipients.length > 0 ? `Encrypted for ${recipients.join(', ')}.` : 'It is not encrypted.',
    ...(missing.length > 0
      ? [`${count(missing.length, 'upload')} that the database names were not there.`]
      : []),
    'It counts when it is verified: commandcenter backup verify',
  ].join('\n');
}

function describe(set: SetSummary): string {
  if (set.problem !== null) return `${set.name}: ${set.state}. ${set.problem}`;
  return [
    `${set.name}: of ${set.takenAt}, by version ${set.version}`,
    `${count(set.rows, 'row')}, ${megabytes(set.bytes)} MB, ${set.encrypted ? 'encrypted' : 'not encrypted'}`,
    set.verification ? describeVerification(set.verification) : 'It has not been verified.',
  ].join('\n');
}

function describeVerification(verification: Verification): string {
  const { held, problem, at, recoverySeconds, tables, rows, uploads } = verification;
  if (!held) return `found wanting on ${at}. ${problem}`;
  const what = `${count(tables, 'table')}, ${count(rows, 'row')} and ${count(uploads, 'upload')}`;
  return `verified on ${at}: ${what} are equal. Coming back took ${recoverySeconds.toFixed(1)} s.`;
}

function stepsOf({ steps }: Verification): string[] {
  return steps.map(({ name, seconds }) => `  ${name.padEnd(8)} ${seconds.toFixed(1)} s`);
}

function verdict(verification: Verification | null): string {
  if (!verification) return 'no';
  return verification.held ? verification.at : 'FAILED';
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
