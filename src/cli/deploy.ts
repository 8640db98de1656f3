import { type Command, InvalidArgumentError } from 'commander';
import type { DeployStatus, OperationResult, Progress } from '#features/operations/index.ts';
import { type OutputOptions, print, table } from './output.ts';

interface WaitOptions extends OutputOptions {
  readySeconds?: number;
  drainSeconds?: number;
}

interface DeployCommandOptions extends WaitOptions {
  image?: string;
  webImage?: string;
  allowTags?: boolean;
  resume?: boolean;
  status?: boolean;
}

/** `commandcenter deploy`: starts a release beside the one that serves, and switches to it. */
export function addDeploy(program: Command): void {
  const command = program
    .command('deploy')
    .argument('<directory>', 'the production folder that `commandcenter init` has made')
    .description('replace the release that serves, without a request that fails')
    .option('--image <reference>', 'image of the server, by digest; what .env names if not given')
    .option('--web-image <reference>', 'image of the web server, by digest; what .env names if not given')
    .option('--allow-tags', 'take references that are no digests')
    .option('--resume', 'finish what was begun and broken off, a rollback too')
    .option('--status', 'say what serves, what is kept and what is under way')
    .option('--json', 'print JSON');
  addWaits(command).action(async (directory: string, options: DeployCommandOptions) => {
    // What a server never needs is loaded with the command that does.
    const { deploy, deployStatus, resume } = await import('#features/operations/index.ts');
    if (options.status) return print(options, await deployStatus(directory), statusText);
    const progress = progressOf(options);
    if (!options.resume) return printResult(options, await deploy(directory, options, progress));
    const result = await resume(directory, progress);
    if (result) return printResult(options, result);
    print(options, null, () => 'Nothing was broken off.');
  });
}

/** `commandcenter rollback`: back to the release before. */
export function addRollback(program: Command): void {
  const command = program
    .command('rollback')
    .argument('<directory>', 'the production folder')
    .description('switch back to the release before, which is kept')
    .option('--json', 'print JSON');
  addWaits(command).action(async (directory: string, options: WaitOptions) => {
    const { rollback } = await import('#features/operations/index.ts');
    printResult(options, await rollback(directory, options, progressOf(options)));
  });
}

function addWaits(command: Command): Command {
  return command
    .option('--ready-seconds <n>', 'longest wait until the new release is healthy (180)', seconds)
    .option('--drain-seconds <n>', 'longest wait for requests of the release before (70)', seconds);
}

function seconds(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 3600) return value;
  throw new InvalidArgumentError('It has to be a whole number from 1 to 3600.');
}

const MEANING: Record<Parameters<Progress['step']>[0], string> = {
  data: 'PostgreSQL and Redis run',
  migrate: 'the new image brings the schema forward',
  clear: 'room for the new release',
  start: 'the new release starts beside the one that serves',
  ready: 'it gets healthy',
  smoke: 'each of its containers answers',
  switch: 'the edge is led to it',
  verify: 'requests through the edge reach it',
  drain: 'requests of the release before end',
  stop: 'its API and worker stop',
  record: 'what serves is written down',
  undo: 'it failed: what was made is taken back',
};

/** With --json what happens is told beside the result. */
function progressOf({ json }: OutputOptions): Progress {
  const stream = json ? process.stderr : process.stdout;
  return {
    step: (step) => void stream.write(`${step.padEnd(8)} ${MEANING[step]}\n`),
    say: (sentence) => void stream.write(`${' '.repeat(9)}${sentence}\n`),
  };
}

function printResult(options: OutputOptions, result: OperationResult): void {
  print(options, result, ({ release, before, seconds: each }) => {
    const total = Object.values(each).reduce((sum, one) => sum + one, 0);
    const kept = before ? ` ${before.name} is kept for \`commandcenter rollback\`.` : '';
    return `${release.name} (${release.colour}) serves after ${total.toFixed(1)} s.${kept}`;
  });
}

function statusText({ current, kept, operation, deployer, containers, history }: DeployStatus): string {
  const name = (release: DeployStatus['current']): string =>
    release ? `${release.name} (${release.colour}): ${release.image}` : 'none';
  const lines = [`serves  ${name(current)}`, `kept    ${name(kept)}`];
  if (operation) {
    const state =
      deployer === null ? 'was broken off: finish it with --resume' : `process ${deployer} is at it`;
    lines.push(`begun   ${operation.kind} of ${operation.release.name}, at "${operation.step}"; ${state}`);
  }
  if (containers.length > 0) {
    const rows = containers.map((one) => [one.name, one.colour, one.state, one.health ?? '']);
    lines.push('', table(['CONTAINER', 'COLOUR', 'STATE', 'HEALTH'], rows));
  }
  if (history.length > 0) {
    const rows = history.map((one) => [one.endedAt, one.kind, one.release, one.outcome, one.problem ?? '']);
    lines.push('', table(['ENDED', 'WHAT', 'RELEASE', 'OUTCOME', 'WHY'], rows));
  }
  return lines.join('\n');
}
