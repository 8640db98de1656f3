import type { Command } from 'commander';
import type { OffSiteCheck, OffSiteSet, PrunePlace, PruneResult } from '#features/operations/index.ts';
import { loadConfig } from '#platform/config/index.ts';
import { pruneBackups } from '../app/index.ts';
import { exitCodes } from './exit-codes.ts';
import { count, type OutputOptions, print, table } from './output.ts';
import { reportProgress } from './report-progress.ts';

const loadCopies = () => import('#features/operations/index.ts');

/** `commandcenter backup prune | copy | copies | check | fetch`: what is kept, and what is elsewhere. */
export function addBackupCopies(backup: Command): void {
  backup
    .command('prune')
    .description(
      'remove the sets and copies that BACKUP_KEEP_* no longer wants; exit 1 if the clock is in doubt',
    )
    .option('--dry-run', 'only say what would go')
    .option('--json', 'print JSON')
    .action(prune);
  backup
    .command('copy')
    .description('copy every verified set that is not in BACKUP_OFFSITE yet')
    .option('--json', 'print JSON')
    .action(copy);
  backup
    .command('copies')
    .description('the sets that are in BACKUP_OFFSITE')
    .option('--json', 'print JSON')
    .action(list);
  backup
    .command('check')
    .description('fetch a copy from BACKUP_OFFSITE and compare every part, keeping nothing')
    .argument('[set]', 'the newest whole one if not given')
    .option('--json', 'print JSON')
    .action(check);
  backup
    .command('fetch')
    .description('bring a copy from BACKUP_OFFSITE back into BACKUP_DIR, to be verified and restored')
    .argument('[set]', 'the newest whole one if not given')
    .option('--json', 'print JSON')
    .action(fetchOne);
}

async function prune({ dryRun = false, ...options }: OutputOptions & { dryRun?: boolean }): Promise<void> {
  const { signal, end } = reportProgress();
  const result = await pruneBackups(loadConfig(), { dryRun, signal }).finally(end);
  print(options, result, pruneText);
  if (result.local.refused ?? result.offSite?.refused) process.exitCode = exitCodes.findings;
}

function pruneText({ dryRun, local, offSite }: PruneResult): string {
  const about = (where: string, place: PrunePlace): string[] => {
    if (place.refused !== undefined) return [`${where}: nothing removed. ${place.refused}`];
    const gone = place.remove.filter((name) => !place.locked.includes(name));
    return [
      `${where}: ${count(place.keep.length, 'set')} kept, ${gone.length} ${dryRun ? 'would go' : 'removed'}.`,
      ...gone.map((name) => `  ${name}`),
      ...place.locked.map((name) => `  ${name} is still locked`),
    ];
  };
  return [...about('here', local), ...(offSite ? about('elsewhere', offSite) : [])].join('\n');
}

async function copy(options: OutputOptions): Promise<void> {
  const config = loadConfig();
  const { withOffSite, copyNow } = await loadCopies();
  const { report, signal, end } = reportProgress();
  const progress = (step: string, done = 0, total = 1): void => report(step, done, total);
  const copied = await withOffSite(config, (store) => copyNow(store, config, { signal, progress })).finally(
    end,
  );
  print(options, { copied }, () =>
    copied.length === 0 ? 'Every verified set is there already.' : `Copied: ${copied.join(', ')}.`,
  );
}

async function list(options: OutputOptions): Promise<void> {
  const { withOffSite, listOffSite } = await loadCopies();
  const { signal, end } = reportProgress();
  const sets = await withOffSite(loadConfig(), (store) => listOffSite(store, signal)).finally(end);
  print(
    options,
    sets.map(({ keys: _, ...set }) => set),
    () => listText(sets),
  );
}

function listText(sets: readonly OffSiteSet[]): string {
  if (sets.length === 0) return 'No set has been copied yet.';
  const rows = sets.map(({ name, whole, verified, bytes }) => [
    name,
    whole ? 'whole' : 'broken off',
    verified ? 'yes' : 'no',
    (bytes / 1e6).toFixed(1),
  ]);
  return table(['SET', 'STATE', 'VERIFIED', 'MB'], rows);
}

async function check(set: string | undefined, options: OutputOptions): Promise<void> {
  const config = loadConfig();
  const { withOffSite, checkCopy } = await loadCopies();
  const { report, signal, end } = reportProgress();
  const progress = (done: number, total: number): void => report('compared', done, total);
  const result = await withOffSite(config, (store) =>
    checkCopy(store, config, { signal, progress, ...(set === undefined ? {} : { set }) }),
  ).finally(end);
  print(options, result, checkText);
}

const checkText = ({ set, parts, bytes, seconds }: OffSiteCheck): string =>
  `${set}: ${count(parts, 'part')} of ${(bytes / 1e6).toFixed(1)} MB are as they were put there (${seconds.toFixed(1)} s).`;

async function fetchOne(set: string | undefined, options: OutputOptions): Promise<void> {
  const config = loadConfig();
  const { withOffSite, fetchCopy, backupFolder } = await loadCopies();
  const { signal, end } = reportProgress();
  const folder = backupFolder(config);
  const name = await withOffSite(config, (store) => fetchCopy(store, folder, { set, signal })).finally(end);
  print(
    options,
    { set: name, folder },
    () => `${name} is in ${folder}: \`commandcenter backup verify ${name}\`.`,
  );
}
