import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const SCRIPT = join(import.meta.dirname, 'swarm-lab');
const FORWARD = join(import.meta.dirname, 'swarm-forward.ts');
const PROGRAMS = ['/usr/sbin/dockerd', '/usr/bin/nsenter', '/sbin/ip'];
// The first whose stacks may hold a job.
const LEAST_CLIENT = 23;
const MOST_OUTPUT = 64 * 1024 * 1024;

/** Several Docker hosts in network namespaces of their own, which are one swarm; host 1 is its manager. */
export interface SwarmLab {
  readonly folder: string;
  /** What a `docker` command on a host prints; `input` is what it reads. */
  docker(host: number, args: string[], env?: Record<string, string>): Promise<string>;
  /** Copies images of this machine's engine to a host. */
  load(host: number, images: string[]): Promise<void>;
  /** A socket here that leads to a port of a host. */
  forward(host: number, port: number): Promise<string>;
  /** Ends every process of a host at once and cuts its link. */
  kill(host: number): Promise<void>;
  close(): Promise<void>;
}

/** Why there can be no lab on this machine with Docker; undefined if there can. */
export function whyNoSwarmLab(): string | undefined {
  if (process.env['SWARM_LAB'] !== '1')
    return 'three hosts take five minutes, so SWARM_LAB=1 has to ask for them';
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  const missing = PROGRAMS.find((program) => !existsSync(program));
  if (missing !== undefined) return `${missing} is not installed`;
  const version = execFileSync('docker', ['--version'], { encoding: 'utf8' });
  const [, major] = /version (\d+)\./.exec(version) ?? [];
  return Number(major) >= LEAST_CLIENT ? undefined : `the docker command is older than ${LEAST_CLIENT}`;
}

/** Makes the hosts and joins them. */
export async function startSwarmLab(hosts: number): Promise<SwarmLab> {
  // Not in /tmp, which may be memory.
  const parent = await mkdtemp('/var/tmp/swarm-lab-');
  const folder = join(parent, 'lab');
  await mkdir(folder);
  const name = `lab${process.pid}-`;
  const env = { ...process.env, LAB: folder, PREFIX: name, NODES: String(hosts) };
  const forwards: ChildProcess[] = [];
  const lab = (args: string[]) => run(SCRIPT, args, { env, maxBuffer: MOST_OUTPUT });
  const close = async (): Promise<void> => {
    for (const forward of forwards) forward.kill();
    await lab(['down']);
    await run('rm', ['-rf', parent]);
  };
  await lab(['up']).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  return {
    folder,
    async docker(host, args, more = {}) {
      const socket = `unix://${folder}/${host}/docker.sock`;
      const { stdout } = await run('docker', args, {
        env: { ...process.env, DOCKER_HOST: socket, ...more },
        maxBuffer: MOST_OUTPUT,
      });
      return stdout.trim();
    },
    load: async (host, images) => void (await lab(['load', String(host), ...images])),
    async forward(host, port) {
      const socket = join(parent, `forward-${host}-${port}.sock`);
      const args = ['exec', String(host), process.execPath, FORWARD, socket, `10.99.0.${host}`, String(port)];
      const child = spawn(SCRIPT, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
      forwards.push(child);
      await once(child.stdout, 'data');
      return socket;
    },
    kill: async (host) => void (await lab(['kill', String(host)])),
    close,
  };
}
