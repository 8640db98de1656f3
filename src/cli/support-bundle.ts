import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { Writable } from 'node:stream';
import type { Command } from 'commander';
import type { Bundle, BundleFile } from '#features/operations/index.ts';
import {
  inheritedVariables,
  inspectConfig,
  secretVariables,
  settingFacts,
  settingVariables,
} from '#platform/config/index.ts';
import { AppError, appError } from '#platform/errors/index.ts';
import { version } from '../app/index.ts';
import { connectToServer } from './client.ts';
import { diagnose } from './doctor.ts';
import { count, type OutputOptions, print } from './output.ts';

interface BundleArguments extends OutputOptions {
  log?: string[];
}

interface Result extends Bundle {
  /** What could not be taken along, and how that is had. */
  missing: string[];
}

const EXIT_AFTER_MS = 500;

/** `commandcenter support-bundle`: what somebody who helps has to know, without secrets. */
export function addSupportBundle(program: Command): void {
  program
    .command('support-bundle')
    .description('write what somebody who helps has to know into a .tar.gz, without secrets')
    .argument('<file>', 'where; refused if it is there; - for stdout')
    .argument('[folder]', 'a production folder, which `doctor` looks at too')
    .option('--log <file...>', 'take these log files along, such as what `docker compose logs` has printed')
    .option('--json', 'print JSON')
    .action(async (file: string, folder: string | undefined, options: BundleArguments) => {
      const toStdout = file === '-';
      const result = await collect(toStdout ? process.stdout : resolve(file), folder, options.log ?? []);
      if (toStdout) process.stderr.write(`${describe(result)}\n`);
      else print(options, result, describe);
      // A name server that does not answer would keep the process until it has given up.
      setTimeout(() => process.exit(), EXIT_AFTER_MS).unref();
    });
}

async function collect(
  target: string | Writable,
  folder: string | undefined,
  logs: string[],
): Promise<Result> {
  const { makeBundle, scrubberOf } = await import('#features/operations/index.ts');
  const at = new Date();
  const environment = inheritedVariables(settingVariables().flatMap(({ name }) => [name, `${name}_FILE`]));
  const { config, problems } = inspectConfig(environment);
  const [server, doctor, given] = await Promise.all([askServer(), diagnose(folder), readLogs(logs)]);
  const missing = [...server.missing];
  if (folder !== undefined && logs.length === 0) {
    missing.push('Logs of containers: docker compose logs --no-color > FILE, and --log FILE.');
  }
  const here = {
    takenAt: at.toISOString(),
    product: version,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    settings: settingFacts(config),
    problems,
  };
  const files: BundleFile[] = [
    { name: 'README.txt', content: readme(at, missing) },
    { name: 'command.json', content: here },
    { name: 'doctor.json', content: doctor },
    ...server.files,
    ...given,
  ];
  const scrubber = await scrubberOf(config, secretVariables());
  return { ...(await makeBundle(target, { files, scrubber, at })), missing };
}

interface Diagnosis {
  takenAt: string;
  metrics: string;
  log: string[] | null;
}

/** What the server tells of itself; one that does not answer is no reason not to help. */
async function askServer(): Promise<{ files: BundleFile[]; missing: string[] }> {
  try {
    const client = await connectToServer();
    const {
      takenAt: _,
      metrics,
      log,
      ...parts
    } = await client.request<Diagnosis>('GET', '/operations/diagnosis');
    const json = Object.entries(parts).map(([name, content]) => ({ name: `server/${name}.json`, content }));
    const files: BundleFile[] = [...json, { name: 'server/metrics.txt', content: metrics }];
    if (log) files.push({ name: 'server/log.jsonl', content: `${log.join('\n')}\n` });
    const missing = log ? [] : ['The server’s log: METRICS_TOKEN does not show it; see --log.'];
    return { files, missing };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { files: [], missing: [`What the server tells of itself: ${error.message}`] };
  }
}

function readLogs(paths: string[]): Promise<BundleFile[]> {
  return Promise.all(
    paths.map(async (path, at) => {
      const content = await readFile(path, 'utf8').catch((cause) => {
        throw appError('log-unreadable', 400, `${path} can’t be read.`, { cause });
      });
      return { name: `logs/${at + 1}-${basename(path)}`, content };
    }),
  );
}

function readme(at: Date, missing: string[]): string {
  return [
    `Support bundle of CommandCenter ${version}, made ${at.toISOString()} by \`commandcenter support-bundle\`.`,
    '',
    'command.json  settings and problems as the command sees them; of secrets only whether they are set',
    'doctor.json   what `commandcenter doctor` finds',
    'server/       what the server tells of itself: versions, settings in force, health, alerts, timeline, requests,',
    '              migrations, metrics, and the latest lines of its log',
    'logs/         log files that were given',
    '',
    'Values of secrets were taken out and stand as [redacted]. Names of hosts, repositories and routes are in it: look',
    'through it before you pass it on.',
    ...(missing.length > 0 ? ['', 'Missing:', ...missing.map((what) => `- ${what}`)] : []),
    '',
  ].join('\n');
}

function describe({ file, files, missing }: Result): string {
  return [
    `${file ?? 'Written'}: ${count(files.length, 'file')}, without secrets. Look through it before you pass it on.`,
    ...missing.map((what) => `Missing: ${what}`),
  ].join('\n');
}
