import { execFile, execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const execute = promisify(execFile);
export const ROOT = join(import.meta.dirname, '../..');
/** What the compose files call the images when nothing else is said. */
export const images = { server: 'commandcenter', web: 'commandcenter-web' } as const;
const MOST_OUTPUT = 64 * 1024 * 1024;
const BUILD_LOCK = '/tmp/commandcenter-image-build.lock';
const LIMIT_MS = 180_000;

export interface Outcome {
  status: number;
  stdout: string;
  stderr: string;
}

/** Why containers can't be tested on this machine; undefined if they can. */
export function whyNoDocker(): string | undefined {
  const missing = [['info'], ['compose', 'version'], ['buildx', 'version']].find((args) => {
    try {
      execFileSync('docker', args, { stdio: 'ignore' });
      return false;
    } catch {
      return true;
    }
  });
  return missing && `\`docker ${missing.join(' ')}\` fails`;
}

/** Runs a program to its end, whatever that is. */
export async function run(
  program: string,
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Promise<Outcome> {
  const env = { ...process.env, ...options.env };
  try {
    const { stdout, stderr } = await execute(program, [...args], {
      ...options,
      env,
      maxBuffer: MOST_OUTPUT,
    });
    return { status: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout = '', stderr = String(error) } = error as Partial<Outcome> & { code?: unknown };
    return { status: typeof code === 'number' ? code : -1, stdout, stderr };
  }
}

/** What a docker command prints. Throws what it says when it fails. */
export async function docker(...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await run('docker', args);
  if (status !== 0) throw new Error(`docker ${args.join(' ')}: ${stderr}`);
  return stdout.trim();
}

/** Builds an image from the source, or another tree like it; what has not changed comes from the cache. */
export async function buildImage(
  part: 'server' | 'web',
  { tag = images[part] as string, context = ROOT, args = [] as string[] } = {},
): Promise<void> {
  const dockerfile = join(context, `deploy/docker/${part}.Dockerfile`);
  const build = ['docker', 'buildx', 'build', '--load', '-f', dockerfile, '-t', tag, ...args, context];
  // Test files run at the same time: whoever comes second finds everything built.
  const { status, stderr } = await run('flock', [BUILD_LOCK, ...build]);
  if (status !== 0) throw new Error(`The image ${tag} can't be built: ${stderr.slice(-4000)}`);
}

/** Both images of this source. */
export async function buildImages(): Promise<typeof images> {
  await buildImage('server');
  await buildImage('web');
  return images;
}

/** Asks until it is so; says what was waited for, and what there is instead, if it never is. */
export async function until<T>(
  what: string,
  look: () => Promise<T>,
  isSo: (seen: T) => boolean,
  limitMs = LIMIT_MS,
): Promise<T> {
  let seen: unknown;
  for (const end = Date.now() + limitMs; Date.now() < end; await sleep(300)) {
    try {
      const found = await look();
      if (isSo(found)) return found;
      seen = found;
    } catch (error) {
      seen = String(error);
    }
  }
  throw new Error(`Not so in ${limitMs / 1000} s: ${what}. ${JSON.stringify(seen)}`);
}
