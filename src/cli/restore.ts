import { createInterface } from 'node:readline/promises';
import { type Command, InvalidArgumentError } from 'commander';
import type { chooseSet, Place, RestorePreview, RestoreResult, Step } from '#features/operations/index.ts';
import { type Config, loadConfig } from '#platform/config/index.ts';
import { appError } from '#platform/errors/index.ts';
import { restorableProduct } from '../app/index.ts';
import { type OutputOptions, print, table } from './output.ts';

interface RestoreArguments extends OutputOptions {
  latest?: boolean;
  at?: Date;
  dryRun?: boolean;
  yes?: boolean;
  safetyCopy: boolean;
  undo?: boolean;
  forget?: boolean;
}

/** `commandcenter restore`: a set beside the living data, then in their place; and the way back. */
export function addRestore(program: Command): void {
  program
    .command('restore')
    .description('restore a set beside the living data and put it in their place')
    .argument('[set]', 'name of a set, or the path of its folder')
    .option('--latest', 'the newest whole set')
    .option('--at <time>', 'the newest set that was taken no later, such as 2026-11-26T12:00:00Z', time)
    .option('--dry-run', 'check, say what would be lost and what comes back, and change nothing')
    .option('--yes', 'do not ask')
    .option('--no-safety-copy', 'make no set of what is replaced')
    .option('--undo', 'swap back; a second one undoes the first')
    .option('--forget', 'remove what was put aside')
    .option('--json', 'print JSON')
    .action(restore);
}

async function restore(set: string | undefined, options: RestoreArguments): Promise<void> {
  const operations = await import('#features/operations/index.ts');
  const config = loadConfig();
  const onStep = tell(options);
  if (options.forget) {
    const name = await operations.forgetKept(config);
    return print(options, { forgotten: name }, () =>
      name ? `${name} is removed.` : 'Nothing was put aside.',
    );
  }
  const resumed = options.dryRun ? null : await operations.resumeRestore(config, onStep);
  if (resumed) return print(options, resumed, (done) => `Finished what was broken off. ${describe(done)}`);
  if (options.undo) return print(options, await operations.undoSetRestore(config, onStep), describe);
  if (set === undefined && !options.latest && !options.at) throw nothingChosen();
  const chosen = await operations.chooseSet(config, { set, at: options.at });
  if (options.dryRun)
    return print(options, await operations.tryRestore(config, chosen, restorableProduct), describePreview);
  const before = async (place: Place): Promise<void> => {
    if (!options.yes) await agree(options, await operations.previewRestore(place, chosen));
    if (options.safetyCopy) await saveReplaced(config, place, chosen, options);
  };
  const done = await operations.restoreSet(config, chosen, { product: restorableProduct, onStep, before });
  print(options, done, describe);
}

/** With --json what happens is told beside the result. */
const streamOf = ({ json }: OutputOptions): NodeJS.WriteStream => (json ? process.stderr : process.stdout);

const MEANING: Record<Step, string> = {
  prepare: 'a database beside the living one',
  load: 'its tables are filled',
  compare: 'each is compared with the set',
  upgrade: 'this version’s migrations, queue and key',
  files: 'uploads are put beside those that are there',
  aside: 'the living database is put aside',
  place: 'the restored one takes its place',
  record: 'what is kept is written down',
};

function tell(options: OutputOptions): (step: Step) => void {
  return (step) => void streamOf(options).write(`${step.padEnd(8)} ${MEANING[step]}\n`);
}

async function saveReplaced(
  config: Config,
  place: Place,
  chosen: Awaited<ReturnType<typeof chooseSet>>,
  options: OutputOptions,
): Promise<void> {
  const operations = await import('#features/operations/index.ts');
  const { version } = restorableProduct;
  const made = await operations.saveReplaced(config, place, { version, chosen });
  const text =
    'name' in made
      ? `safety   set ${made.name} holds what is replaced\n`
      : `safety   no set of what is replaced: ${made.problem}\n`;
  streamOf(options).write(text);
}

/** Asks on a terminal; elsewhere --yes has to be given. */
async function agree({ json }: RestoreArguments, preview: RestorePreview): Promise<void> {
  if (json || !process.stdin.isTTY || !process.stdout.isTTY) throw notAgreed();
  process.stdout.write(`${describePreview(preview)}\n`);
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await terminal.question('Restore it? [y/N] ').catch(() => '');
    if (!/^y(es)?$/i.test(answer.trim())) throw notAgreed();
  } finally {
    terminal.close();
  }
}

function describe({ kind, set, outageMs, seconds, kept }: RestoreResult): string {
  const what = kind === 'undo' ? 'Swapped back' : `Restored ${set}`;
  const back = kept
    ? ` What was there is kept as ${kept.name}: --undo brings it back, --forget removes it.`
    : '';
  return `${what} in ${seconds.toFixed(1)} s, of which ${Math.round(outageMs)} ms without a database.${back}`;
}

function describePreview({ set, takenAt, tables, problem }: RestorePreview): string {
  const head = `Set ${set} holds the state of ${takenAt}.`;
  if (!tables) return `${head} The living database can’t be compared: ${problem}`;
  const changed = tables.filter(({ lost, back }) => lost !== 0 || back !== 0);
  if (changed.length === 0) return `${head} It is what is there now.`;
  const rows = changed.map((one) => [
    one.table,
    String(one.rowsNow),
    String(one.rowsInSet),
    String(one.lost ?? '?'),
    String(one.back ?? '?'),
  ]);
  const note =
    'A row that was changed counts as lost and as coming back; ? where its columns are others now.';
  return [head, table(['TABLE', 'NOW', 'IN THE SET', 'LOST', 'COMES BACK'], rows), note].join('\n');
}

function time(text: string): Date {
  const parsed = new Date(text);
  if (!Number.isNaN(parsed.getTime())) return parsed;
  throw new InvalidArgumentError('It has to be a time, such as 2026-11-26T12:00:00Z.');
}

function nothingChosen(): Error {
  return appError('set-not-chosen', 400, 'It has to be said which set.', {
    remedy: 'Name one, or use --latest or --at TIME.',
  });
}

function notAgreed(): Error {
  return appError('restore-not-agreed', 409, 'Nothing was changed, because nobody agreed.', {
    remedy: 'Look at it with --dry-run, then add --yes.',
  });
}
