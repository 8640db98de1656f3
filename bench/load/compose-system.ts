import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createComposeProject } from '../../e2e/containers/compose-project.ts';
import { renderNginx } from '../../src/features/operations/index.ts';
import { seed } from '../api/seed.ts';
import type { Team } from './callers.ts';
import type { System, Usage } from './system.ts';
import { teamStatements } from './team.ts';

const run = promisify(execFile);
const FILES = ['docker-compose.yml', 'docker-compose.override.yml'];
const OVERLAY = join(import.meta.dirname, 'docker-compose.load.yml');
const PARTS = ['api', 'worker', 'web', 'postgres', 'redis'];
const SOCKET = '/var/run/docker.sock';
const PSQL = [
  'psql',
  '--quiet',
  '--output=/dev/null',
  '--set=ON_ERROR_STOP=1',
  '-U',
  'postgres',
  'commandcenter',
];
/** Networks of Docker, from whose gateway the runner comes; nginx believes whose request it says that it is. */
const GATEWAYS = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];

/** The stack of deploy/compose in a project of its own, on a free port of this machine, with secrets of its own. */
export async function startCompose(team: Team): Promise<System> {
  const project = await createComposeProject(FILES);
  try {
    const nginx = join(project.folder, 'load-nginx.conf');
    await writeFile(nginx, renderNginx({ tls: false, files: 'local', trustedProxies: GATEWAYS }));
    await project.set('LOAD_NGINX', nginx);
    await project.set('COMPOSE_FILE', [...FILES, OVERLAY].join(':'));
    // Other images than those of `make images`, for whoever works on them.
    for (const name of ['COMMANDCENTER_IMAGE', 'COMMANDCENTER_WEB_IMAGE']) {
      const image = process.env[name];
      if (image !== undefined) await project.set(name, image);
    }
    await project.mustCompose('up', '--detach', '--pull', 'never', '--wait', 'postgres', 'redis');
    await project.mustCompose('run', '--rm', 'migrate');
    const { Id: postgres } = await project.inspect('postgres');
    await fill(postgres, team);
    await project.up();
    const ids = PARTS.map(async (part) => [part, (await project.inspect(part)).Id] as const);
    const containers = Object.fromEntries(await Promise.all(ids));
    const usage = () => usageOfContainers(containers);
    return { name: 'compose', url: project.url, usage, containers, close: project.close };
  } catch (error) {
    await project.close();
    throw error;
  }
}

/** By psql in the container: the database is on a network that nobody else reaches. */
async function fill(container: string, team: Team): Promise<void> {
  const query = async (text: string): Promise<Record<string, unknown>[]> => {
    const asking = run('docker', ['exec', '--interactive', container, ...PSQL]);
    asking.child.stdin?.end(text);
    await asking;
    return [];
  };
  await seed({ query });
  await query((await teamStatements(team)).join(';\n'));
}

interface DockerStats {
  cpu_stats?: { cpu_usage?: { total_usage?: number } };
  memory_stats?: { usage?: number; stats?: { total_inactive_file?: number; inactive_file?: number } };
}

const NANOSECONDS = 1_000_000;

/** What each container uses. */
export async function usageOfContainers(
  ids: Readonly<Record<string, string>>,
): Promise<Record<string, Usage>> {
  const read = Object.entries(ids).map(async ([part, id]) => [part, await readUsage(id)] as const);
  return Object.fromEntries(await Promise.all(read));
}

/** By the engine itself: `docker stats` takes two seconds for one answer. */
async function readUsage(id: string): Promise<Usage> {
  const path = `/containers/${id}/stats?stream=false&one-shot=true`;
  const { cpu_stats: cpu, memory_stats: memory } = await askEngine(path);
  const { total_inactive_file: first, inactive_file: second } = memory?.stats ?? {};
  return {
    cpuMs: (cpu?.cpu_usage?.total_usage ?? 0) / NANOSECONDS,
    // As `docker stats` counts it: what files have left in memory can go at once.
    memoryBytes: Math.max(0, (memory?.usage ?? 0) - (first ?? second ?? 0)),
  };
}

function askEngine(path: string): Promise<DockerStats> {
  return new Promise((resolve, reject) => {
    const asking = request({ socketPath: SOCKET, path: `/v1.41${path}` }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => resolve(JSON.parse(text) as DockerStats));
    });
    asking.on('error', reject).end();
  });
}
