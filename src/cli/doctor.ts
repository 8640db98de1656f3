import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import type { DoctorReport, Finding, FixOutcome } from '#features/operations/index.ts';
import { inheritedVariables, settingVariables } from '#platform/config/index.ts';
import { exitCodes } from './exit-codes.ts';
import { count, type OutputOptions, print } from './output.ts';

/** What programs that the doctor asks (git, docker) need of the environment. */
const INHERITED = [
  'PATH',
  'HOME',
  'DOCKER_HOST',
  'DOCKER_CONTEXT',
  'DOCKER_CONFIG',
  'DOCKER_CERT_PATH',
  'DOCKER_TLS_VERIFY',
  'XDG_RUNTIME_DIR',
];
const EXIT_AFTER_MS = 500;
const INTERRUPTED = 130;

interface DoctorArguments extends OutputOptions {
  fix?: boolean;
  yes?: boolean;
}

/** `commandcenter doctor`: says what is wrong with this machine or a production folder, and mends what is safe. */
export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('check what CommandCenter needs here, or a production folder, and mend what is safe')
    .argument('[folder]', 'a production folder, as `init` makes it')
    .option('--fix', 'make the changes that can lose nothing; asks before each')
    .option('--yes', 'with --fix: do not ask')
    .option('--json', 'print JSON')
    .action(async (folder: string | undefined, options: DoctorArguments) => {
      // No server needs what this does.
      const operations = await import('#features/operations/index.ts');
      const doctor = {
        directory: folder,
        environment: inheritedVariables(variablesOfSettings()),
        probes: operations.createProbes(inheritedVariables(INHERITED)),
      };
      const report = options.fix
        ? await withConsent(options, (allow) => operations.runFixes(doctor, allow))
        : await operations.runDoctor(doctor);
      print(options, toJson(report), () => describe(report, options));
      if (report.findings.some(({ status }) => status === 'problem')) process.exitCode = exitCodes.findings;
      // A name server that does not answer would keep the process until it has given up.
      setTimeout(() => process.exit(), EXIT_AFTER_MS).unref();
    });
}

/** What doctor finds, changing nothing, as JSON tells it; for who takes it along. */
export async function diagnose(folder: string | undefined) {
  const operations = await import('#features/operations/index.ts');
  return toJson(
    await operations.runDoctor({
      directory: folder,
      environment: inheritedVariables(variablesOfSettings()),
      probes: operations.createProbes(inheritedVariables(INHERITED)),
    }),
  );
}

const variablesOfSettings = (): string[] => settingVariables().flatMap(({ name }) => [name, `${name}_FILE`]);

type Allow = (finding: Finding, change: string) => Promise<boolean>;

/** Asks on a terminal; elsewhere nothing is changed without --yes. */
async function withConsent<T>(
  { yes, json }: DoctorArguments,
  work: (allow: Allow) => Promise<T>,
): Promise<T> {
  if (yes) return work(async () => true);
  if (json || !process.stdin.isTTY || !process.stdout.isTTY) return work(async () => false);
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  terminal.on('SIGINT', () => process.exit(INTERRUPTED));
  try {
    return await work(async ({ sentence }, change) => {
      // Whoever closes the input has agreed to nothing, and is asked nothing more.
      const answer = await terminal.question(`${sentence}\n  ${change}? [y/N] `).catch(() => '');
      return /^y(es)?$/i.test(answer.trim());
    });
  } finally {
    terminal.close();
  }
}

/** What machines read; a change is told by whether there is one. */
function toJson({ findings, fixes }: DoctorReport) {
  return {
    findings: findings.map(({ fix: change, ...finding }) => ({ ...finding, fixable: change !== undefined })),
    fixes,
  };
}

function describe({ findings, fixes }: DoctorReport, { fix: fixing, yes }: DoctorArguments): string {
  const order = { problem: 0, warning: 1, ok: 2 };
  const sorted = findings.toSorted((a, b) => order[a.status] - order[b.status]);
  const number = (status: Finding['status']): number =>
    findings.filter((one) => one.status === status).length;
  const lines = [...sorted.flatMap(describeFinding), ...fixes.map(describeOutcome)];
  lines.push(`${count(number('problem'), 'problem')}, ${count(number('warning'), 'warning')}.`);
  const mendable = findings.filter((finding) => finding.fix).length;
  if (mendable > 0 && !fixing) lines.push(`--fix mends ${mendable} of them.`);
  if (mendable > 0 && fixing && !yes)
    lines.push('Nothing was changed without being asked for: --yes agrees to all.');
  return lines.join('\n');
}

function describeFinding({ status, id, sentence, remedy, fix: change }: Finding): string[] {
  const first = `${status.padEnd(8)} ${sentence}${status === 'ok' ? '' : ` [${id}]`}`;
  return remedy === undefined ? [first] : [first, `         ${remedy}${change ? ' (--fix does it)' : ''}`];
}

function describeOutcome({ change, outcome, reason }: FixOutcome): string {
  const words = { done: 'done', declined: 'not done', failed: 'failed', 'taken-back': 'taken back' };
  return `${words[outcome].padEnd(10)} ${change}${reason ? ` (${reason})` : ''}`;
}
