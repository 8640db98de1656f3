import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { CheckedReport, DrillReport } from '#features/operations/index.ts';
import { loadConfig } from '#platform/config/index.ts';
import { findLockHolder } from '#platform/database/index.ts';
import { AppError, appError } from '#platform/errors/index.ts';
import { createBackup, playDrill } from '../app/index.ts';
import { exitCodes } from './exit-codes.ts';
import { type OutputOptions, print, table } from './output.ts';
import { type ProgressReport, reportProgress } from './report-progress.ts';

const loadDrills = () => import('#features/operations/index.ts');

/** `commandcenter drill`: plays the disasters, and checks the reports of it. */
export function addDrill(program: Command): void {
  const drill = program
    .command('drill')
    .description(
      'play a corrupted database, a lost host and a lost site in scratch space; exit 1 if one does not hold or is not covered',
    )
    .option('--scratch <folder>', 'where the installations of the drill are made; DATA_DIR if not given')
    .option('--json', 'print JSON')
    .action(play);
  drill
    .command('verify')
    .description('check the signature of a report; exit 1 if it does not fit or is of another key')
    .argument('<report>', 'a file of DATA_DIR/drills, JSON or Markdown')
    .option('--key <key>', 'the public key that is expected; that of this DATA_DIR if not given')
    .option('--json', 'print JSON')
    // Of the command above, whose options have the same names.
    .action((report: string, _: unknown, command: Command) => verify(report, command.optsWithGlobals()));
}

async function play({ scratch, ...options }: OutputOptions & { scratch?: string }): Promise<void> {
  const config = loadConfig();
  const { keepReport } = await loadDrills();
  const progress = reportProgress();
  const { report, signal, end } = progress;
  try {
    await ensureSet(progress);
    // What runs is this program with the same options of Node.
    const command = [process.execPath, ...process.execArgv, process.argv[1] ?? ''];
    const place = scratch === undefined ? undefined : resolve(scratch);
    const played = await playDrill(config, { command, scratch: place, report, signal });
    const kept = await keepReport(config.dataDir, played);
    end();
    print(options, { ...played, files: kept }, (result) => `${describe(result)}\n\n${kept.markdown}`);
    if (played.outcome !== 'held') process.exitCode = exitCodes.findings;
  } finally {
    end();
  }
}

/** A drill begins from a set; where there is none yet, one is made. */
async function ensureSet({ report, signal }: ProgressReport): Promise<void> {
  const config = loadConfig();
  const { backupFolder, findSet } = await loadDrills();
  const missing = await findSet(backupFolder(config)).then(
    () => false,
    (error: unknown) => {
      if (error instanceof AppError && error.code === 'backup-missing') return true;
      throw error;
    },
  );
  if (!missing) return;
  if (config.databaseUrl === undefined && (await findLockHolder(config.dataDir))) {
    throw appError('backup-missing', 404, 'There is no backup yet that a drill could begin from.', {
      remedy: 'Make one: `commandcenter backup create`.',
    });
  }
  await createBackup(config, { plain: false, report, signal });
}

function describe({ scenarios, outcome, set }: DrillReport): string {
  const rows = scenarios.map(({ name, outcome: each, rtoSeconds, rpoSeconds, tables, changes }) => [
    name,
    each,
    seconds(rtoSeconds),
    seconds(rpoSeconds),
    tables.length === 0 ? '–' : `${tables.filter(({ equal }) => equal).length} of ${tables.length}`,
    changes === null ? '–' : `${changes.cameBack} of ${changes.backedUp}`,
  ]);
  const problems = scenarios.flatMap(({ name, problem }) =>
    problem === null ? [] : [`${name}: ${problem}`],
  );
  return [
    `From set ${set.name}: ${outcome}.`,
    table(['DISASTER', 'OUTCOME', 'RTO', 'RPO', 'TABLES EQUAL', 'CHANGES BACK'], rows),
    ...problems,
  ].join('\n');
}

const seconds = (value: number | null): string => (value === null ? '–' : `${value.toFixed(1)} s`);

async function verify(file: string, { key, ...options }: OutputOptions & { key?: string }): Promise<void> {
  const { checkReport, ownPublicKey } = await loadDrills();
  const text = await readFile(resolve(file), 'utf8').catch((cause: unknown) => {
    throw appError('report-missing', 404, `${file} can’t be read.`, { cause });
  });
  const checked = checkReport(text, key ?? ownPublicKey(loadConfig().dataDir));
  print(options, checked, describeCheck);
  if (!checked.intact || !checked.known) process.exitCode = exitCodes.findings;
}

function describeCheck({ id, publicKey, intact, known }: CheckedReport): string {
  if (!intact) return `${id}: it is not what was signed.`;
  const whose = known ? 'the key that is expected' : 'another key than the one that is expected';
  return `${id}: it is as it was signed, by ${whose} (${publicKey}).`;
}
