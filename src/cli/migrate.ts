import type { Command } from 'commander';
import { loadConfig } from '#platform/config/index.ts';
import { migrateDatabase, planMigration } from '../app/index.ts';
import { exitCodes } from './exit-codes.ts';
import { print } from './output.ts';
import { reportProgress } from './report-progress.ts';

interface MigrateArguments {
  check?: boolean;
  json?: boolean;
  safetyCopy: boolean;
}

/** `commandcenter migrate`: brings the database to this version's schema. */
export function addMigrate(program: Command): void {
  program
    .command('migrate')
    .description('bring the database to this version’s schema; forward only')
    .option('--check', 'change nothing; exit 1 if something is pending')
    .option('--no-safety-copy', 'make no set of the database before')
    .option('--json', 'print what --check finds as JSON')
    .action(async ({ check = false, json = false, safetyCopy }: MigrateArguments) => {
      const config = loadConfig();
      const plan = await planMigration(config);
      if (check && json) return printPlan(plan);
      const say = (line: string): void => void process.stdout.write(`${line}\n`);
      for (const { name, breaking } of plan.newer) {
        say(`${name}: made by a newer version${breaking ? ', which this one can’t work with' : ''}`);
      }
      for (const { name, breaking } of plan.pending) {
        say(`${name}: pending${breaking ? ', breaking: stop older versions first' : ''}`);
      }
      if (check) {
        if (plan.pending.length > 0 || plan.newer.some(({ breaking }) => breaking)) {
          process.exitCode = exitCodes.findings;
        } else say('Nothing is pending.');
        return;
      }
      const saving = safetyCopy ? config : { ...config, backupBeforeUpgrade: 'off' as const };
      const applying = (name: string): void => say(`${name}: applying`);
      const applied = await migrateDatabase(saving, applying, { tell: say, watch: reportProgress });
      say(applied.length === 0 ? 'Nothing was pending.' : `Applied ${applied.length}.`);
    });
}

/** What a deploy reads from the image that it is about to start. */
function printPlan({ pending, newer }: Awaited<ReturnType<typeof planMigration>>): void {
  const told = pending.map(({ name, breaking }) => ({ name, breaking }));
  print({ json: true }, { pending: told, newer }, () => '');
}
