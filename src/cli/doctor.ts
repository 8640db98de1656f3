import { execFile } from 'node:child_process';
import { access, constants, mkdir, stat, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Command } from 'commander';
import { type Config, loadConfig } from '#platform/config/index.ts';
import { findLockHolder } from '#platform/database/index.ts';
import { exitCodes } from './exit-codes.ts';
import { type OutputOptions, print, table } from './output.ts';

interface Check {
  name: string;
  status: 'ok' | 'warning' | 'problem';
  message: string;
  remedy?: string;
}

const run = promisify(execFile);
const NODE_MAJOR = 24;
const GIT_MINIMUM = [2, 30] as const;
const FREE_BYTES_WANTED = 1024 ** 3;

/** `commandcenter doctor`: looks at what the product needs and changes nothing. */
export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('check what CommandCenter needs on this machine')
    .option('--json', 'print JSON')
    .action(async (options: OutputOptions) => {
      const config = loadConfig();
      const checks = [
        checkNode(),
        await checkGit(),
        ...(await checkDataDirectory(config)),
        await checkPort(config),
      ];
      print(options, { checks }, () =>
        table(
          ['', 'CHECK', 'RESULT'],
          checks.map(({ status, name, message, remedy }) => [
            status,
            name,
            remedy ? `${message} ${remedy}` : message,
          ]),
        ),
      );
      if (checks.some((check) => check.status === 'problem')) process.exitCode = exitCodes.findings;
    });
}

function checkNode(): Check {
  const name = 'node';
  if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR)
    return { name, status: 'ok', message: process.version };
  return {
    name,
    status: 'problem',
    message: `Node ${process.version} is too old.`,
    remedy: 'Run `make install`.',
  };
}

async function checkGit(): Promise<Check> {
  const name = 'git';
  try {
    const { stdout } = await run('git', ['--version'], { timeout: 5000 });
    const version = /(\d+)\.(\d+)/.exec(stdout);
    const [major, minor] = [Number(version?.[1]), Number(version?.[2])];
    const recent = major > GIT_MINIMUM[0] || (major === GIT_MINIMUM[0] && minor >= GIT_MINIMUM[1]);
    const message = stdout.trim();
    return recent
      ? { name, status: 'ok', message }
      : { name, status: 'problem', message, remedy: `Install git ${GIT_MINIMUM.join('.')} or newer.` };
  } catch {
    return {
      name,
      status: 'problem',
      message: 'git is not installed.',
      remedy: 'Install it: repositories are read with it.',
    };
  }
}

async function checkDataDirectory({ dataDir }: Config): Promise<Check[]> {
  const name = 'data directory';
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    await access(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'error';
    const remedy = 'Set DATA_DIR to a folder of your own.';
    return [{ name, status: 'problem', message: `${dataDir} cannot be written (${code}).`, remedy }];
  }
  const holder = await findLockHolder(dataDir);
  const used: Check = holder
    ? {
        name: 'server',
        status: 'ok',
        message: `runs as process ${holder.pid}${holder.url ? ` at ${holder.url}` : ''}`,
      }
    : { name: 'server', status: 'ok', message: 'not running on this data directory' };
  return [
    { name, status: 'ok', message: dataDir },
    await checkSpace(dataDir),
    await checkToken(dataDir),
    used,
  ];
}

async function checkSpace(dataDir: string): Promise<Check> {
  const { bavail, bsize } = await statfs(dataDir);
  const free = bavail * bsize;
  const message = `${Math.round(free / 1024 ** 2)} MB free`;
  return free >= FREE_BYTES_WANTED
    ? { name: 'disk', status: 'ok', message }
    : { name: 'disk', status: 'warning', message, remedy: 'Mirrors and the index need room: free some.' };
}

async function checkToken(dataDir: string): Promise<Check> {
  const name = 'owner token';
  try {
    const { mode } = await stat(join(dataDir, 'owner-token'));
    return (mode & 0o077) === 0
      ? { name, status: 'ok', message: 'readable by its owner only' }
      : {
          name,
          status: 'problem',
          message: 'others can read it.',
          remedy: `chmod 600 ${join(dataDir, 'owner-token')}`,
        };
  } catch {
    return { name, status: 'ok', message: 'made at the first start' };
  }
}

async function checkPort({ host, port, dataDir }: Config): Promise<Check> {
  const name = 'port';
  const holder = await findLockHolder(dataDir);
  if (holder?.url && Number(new URL(holder.url).port) === port)
    return { name, status: 'ok', message: `${port} is our own` };
  const taken = await new Promise<string | null>((resolve) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'error'));
    probe.listen({ host, port }, () => probe.close(() => resolve(null)));
  });
  if (taken === null) return { name, status: 'ok', message: `${port} is free` };
  return {
    name,
    status: 'problem',
    message: `${port} on ${host} cannot be used (${taken}).`,
    remedy: `Stop what uses it, or set PORT=${port + 1}.`,
  };
}
