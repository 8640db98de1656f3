import { Command, CommanderError } from 'commander';
import { AppError } from '#platform/errors/index.ts';
import { version } from '../app/index.ts';
import { addBackup } from './backup.ts';
import { addDeploy, addRollback } from './deploy.ts';
import { addDoctor } from './doctor.ts';
import { addDrift } from './drift.ts';
import { addDrill } from './drill.ts';
import { addEvidence } from './evidence.ts';
import { exitCodeOf, exitCodes } from './exit-codes.ts';
import { addIngest } from './ingest.ts';
import { addInit } from './init.ts';
import { addKit } from './kit.ts';
import { addLoginLink } from './login-link.ts';
import { addMigrate } from './migrate.ts';
import { addPointInTime } from './point-in-time.ts';
import { addRadar } from './radar.ts';
import { addRestore } from './restore.ts';
import { addSearch } from './search.ts';
import { addSecrets } from './secrets.ts';
import { addServe, addStart, addWorker } from './start.ts';
import { addStatus } from './status.ts';
import { addSupportBundle } from './support-bundle.ts';
import { addTop } from './top.ts';
import { addTrack } from './track.ts';

const program = new Command('commandcenter')
  .description('Code evidence, technology radar, drift and cited answers in one loop.')
  .version(version)
  .exitOverride()
  .configureHelp({ sortSubcommands: false });

addStart(program);
addServe(program);
addWorker(program);
addMigrate(program);
addInit(program);
addRestore(program);
addBackup(program);
addKit(program);
addDrill(program);
addDeploy(program);
addRollback(program);
addTrack(program);
addRadar(program);
addEvidence(program);
addDrift(program);
addIngest(program);
addSearch(program);
addLoginLink(program);
addSecrets(program);
addDoctor(program);
addStatus(program);
addTop(program);
addSupportBundle(program);
addPointInTime(program);

const EXIT_AFTER_MS = 500;

program.parseAsync().catch((error: unknown) => {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  } else {
    report(error);
    process.exitCode = exitCodeOf(error);
    // A connection that a driver leaves half open would keep the process.
    setTimeout(() => process.exit(), EXIT_AFTER_MS).unref();
  }
});

/** One sentence and what to do; a stack only for what nobody has foreseen. */
function report(error: unknown): void {
  if (error instanceof AppError) {
    process.stderr.write(`commandcenter: ${error.message}${error.remedy ? ` ${error.remedy}` : ''}\n`);
  } else {
    process.stderr.write(
      `commandcenter: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
  }
}
