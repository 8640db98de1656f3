import { createInterface } from 'node:readline/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { BackupType, RecoveryPlan, TableRows } from '#features/operations/index.ts';
import { appError } from '#platform/errors/index.ts';
import { exitCodes } from './exit-codes.ts';
import { count, type OutputOptions, print, table } from './output.ts';

interface RestoreArguments extends OutputOptions {
  to?: Date | 'latest';
  undo?: boolean;
  preview?: boolean;
  yes?: boolean;
  timeline?: number;
}

const FOLDER = 'a production folder with docker-compose.backup.yml';
/** Where the copy answers while it is looked at; on a socket of its container only. */
const COPY_PORT = 5433;
const MEGABYTE = 1e6;

/** `commandcenter point-in-time`: the archive of PostgreSQL, and the way back to any moment in it. */
export function addPointInTime(program: Command): void {
  const command = program
    .command('point-in-time')
    .description('the archive of PostgreSQL: back it up, check it, restore to any moment');
  command
    .command('backup')
    .description('make a backup now; those of the schedule are made without it')
    .argument('<folder>', FOLDER)
    .addOption(new Option('--type <type>', 'what it holds').choices(['full', 'diff', 'incr']).default('incr'))
    .option('--json', 'print JSON')
    .action(async (folder: string, options: OutputOptions & { type: BackupType }) => {
      const { backUp, composeArchive, composePlace } = await import('#features/operations/index.ts');
      const made = await backUp(composePlace(folder), composeArchive, options.type);
      print(
        options,
        made,
        ({ label, repositoryBytes }) => `${label}: ${megabytes(repositoryBytes)} in the repository.`,
      );
    });
  command
    .command('check')
    .description('send a segment to the archive and compare every checksum of the repository')
    .argument('<folder>', FOLDER)
    .option('--json', 'print JSON')
    .action(async (folder: string, options: OutputOptions) => {
      const { checkHoldings, composeArchive, composePlace } = await import('#features/operations/index.ts');
      print(options, await checkHoldings(composePlace(folder), composeArchive), (plan) => reach(plan));
    });
  command
    .command('list')
    .description('list backups')
    .argument('<folder>', FOLDER)
    .option('--json', 'print JSON')
    .action(async (folder: string, options: OutputOptions) => {
      const { composeArchive, composePlace, readHoldings } = await import('#features/operations/index.ts');
      const { backups } = await readHoldings(composePlace(folder), composeArchive);
      print(options, backups, () =>
        table(
          ['backup', 'type', 'restores from', 'database', 'in the repository'],
          backups.map((one) => [
            one.label,
            one.damaged ? `${one.type}, damaged` : one.type,
            one.finishedAt.toISOString(),
            megabytes(one.databaseBytes),
            megabytes(one.repositoryBytes),
          ]),
        ),
      );
    });
  command
    .command('restore')
    .description('restore beside the database that lives, compare, and put it in its place')
    .argument('<folder>', FOLDER)
    .option('--to <time>', 'a time such as 2026-11-26T12:00:00Z, or `latest`', time)
    .option('--timeline <n>', 'history to follow, for what was written before an earlier restore', Number)
    .option('--preview', 'say what would be used and lost, and do nothing')
    .option('--yes', 'put it in place without asking')
    .option('--undo', 'put the database back that was there before the last restore')
    .option('--json', 'print JSON')
    .action(restore);
}

async function restore(folder: string, options: RestoreArguments): Promise<void> {
  const operations = await import('#features/operations/index.ts');
  const { composeArchive: archive } = operations;
  const place = operations.composePlace(folder);
  if (options.undo) {
    return print(
      options,
      await operations.undoRestore(place, archive),
      ({ kept }) => `Undone. What was restored is in ${kept}.`,
    );
  }
  if (!options.to)
    throw appError('time-missing', 400, 'It has to be said what to restore to.', {
      remedy: 'Use --to TIME, --to latest, or --undo.',
    });
  const target = options.to === 'latest' ? undefined : options.to;
  const plan = await operations.previewRecovery(place, archive, target, options.timeline);
  if (options.preview) return print(options, plan, (shown) => preview(shown));
  if (!options.json) print(options, plan, (shown) => preview(shown));
  const id = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const copy = await operations.recoverBeside(place, archive, plan, { id, port: COPY_PORT });
  const rows = copy.port === undefined ? [] : await operations.compareCopy(place, archive, copy);
  if (!options.json && copy.port !== undefined) process.stdout.write(`${differences(rows)}\n`);
  if (!(await agreed(options))) {
    await operations.discardCopy(place, archive, copy);
    process.exitCode = exitCodes.failed;
    return print(options, { plan, rows, kept: null }, () => 'Nothing was changed: --yes agrees.');
  }
  const kept = await operations.putInPlace(place, archive, copy);
  print(options, { plan, rows, kept: kept ?? null }, () =>
    kept === undefined ? 'Restored.' : `Restored. What was there before is in ${kept}; --undo puts it back.`,
  );
}

/** Asks on a terminal; elsewhere --yes has to be given. */
async function agreed({ yes, json }: RestoreArguments): Promise<boolean> {
  if (yes) return true;
  if (json || !process.stdin.isTTY || !process.stdout.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await terminal.question('Put it in place? [y/N] ').catch(() => '')).trim());
  } finally {
    terminal.close();
  }
}

function time(text: string): Date | 'latest' {
  if (text === 'latest') return text;
  const parsed = new Date(text);
  if (Number.isNaN(parsed.getTime()))
    throw new InvalidArgumentError('It has to be a time, such as 2026-11-26T12:00:00Z.');
  return parsed;
}

const megabytes = (bytes: number): string => `${(bytes / MEGABYTE).toFixed(1)} MB`;

const reach = ({ oldest, newest, timeline }: RecoveryPlan): string =>
  `Every moment from ${oldest.toISOString()} to ${newest.toISOString()} can be restored to, on timeline ${timeline}.`;

function preview(plan: RecoveryPlan): string {
  const { backup, firstSegment, lastSegment, segments, streamedOnly, target, lostSegments } = plan;
  const lines = [
    reach(plan),
    `Backup ${backup.label} and ${count(segments, 'WAL file')}, ${firstSegment} to ${lastSegment}${streamedOnly > 0 ? `, of which ${streamedOnly} only from streaming` : ''}.`,
  ];
  if (target)
    lines.push(
      `What was written after ${target.toISOString()} is left out, and ${count(lostSegments, 'later WAL file')} with it.`,
    );
  return lines.join('\n');
}

/** Tables whose number of rows is not the same; what was changed in place does not show here. */
function differences(rows: TableRows[]): string {
  const changed = rows.filter(({ living, restored }) => living !== restored);
  if (changed.length === 0) return 'No table has another number of rows.';
  const cell = (value: number | undefined): string => (value === undefined ? '–' : String(value));
  return table(
    ['table', 'rows now', 'rows restored'],
    changed.map((one) => [one.table, cell(one.living), cell(one.restored)]),
  );
}
