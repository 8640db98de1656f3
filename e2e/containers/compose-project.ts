import { randomBytes } from 'node:crypto';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createProductionFolder } from '#features/operations/index.ts';
import { freePort } from '#testing/postgres-server.ts';
import { docker, images, type Outcome, ROOT, run, until } from './engine.ts';

/** The parts of what `docker inspect` says of a container that tests look at. */
export interface Container {
  Id: string;
  Created: string;
  RestartCount: number;
  Config: { Env: string[]; User: string; Labels: Record<string, string>; Cmd: string[] | null };
  State: {
    Status: string;
    Pid: number;
    ExitCode: number;
    OOMKilled: boolean;
    StartedAt: string;
    FinishedAt: string;
    Health?: { Status: string };
  };
  HostConfig: {
    ReadonlyRootfs: boolean;
    CapDrop: string[] | null;
    SecurityOpt: string[] | null;
    Memory: number;
    MemoryReservation: number;
    NanoCpus: number;
    PidsLimit: number | null;
    LogConfig: { Type: string; Config: Record<string, string> };
    RestartPolicy: { Name: string };
    PortBindings: Record<string, { HostIp: string; HostPort: string }[]> | null;
    Privileged: boolean;
  };
}

/** An installation of its own, from the compose files that ship, in a temporary folder. */
export interface ComposeProject {
  readonly name: string;
  readonly folder: string;
  /** Where the web server of `docker-compose.override.yml` is. */
  readonly url: string;
  /** Sets a variable of its .env. */
  set(name: string, value: string): Promise<void>;
  /** Runs `docker compose` in it. */
  compose(...args: string[]): Promise<Outcome>;
  /** As `compose`, and throws if it fails. */
  mustCompose(...args: string[]): Promise<string>;
  /** What the engine says of a service's only container. */
  inspect(service: string): Promise<Container>;
  /** Starts everything and waits until every health check says so. */
  up(): Promise<void>;
  close(): Promise<void>;
}

/** Makes one; nothing is started yet. Names, ports and folders are its own. */
export async function createComposeProject(
  files: readonly string[] = ['docker-compose.yml', 'docker-compose.override.yml'],
): Promise<ComposeProject> {
  const base = await mkdtemp(join(tmpdir(), 'commandcenter-compose-'));
  const folder = join(base, 'installation');
  const name = `cc-test-${randomBytes(4).toString('hex')}`;
  const port = await freePort();
  await createProductionFolder(
    { directory: folder, domain: 'radar.test', project: name },
    { image: images.server, webImage: images.web },
  );
  // A production folder has none of those for one's own machine.
  for (const file of files) await copyFile(join(ROOT, 'deploy/compose', file), join(folder, file));
  const set = async (variable: string, value: string): Promise<void> => {
    const file = join(folder, '.env');
    const lines = (await readFile(file, 'utf8')).split('\n');
    const kept = lines.filter((line) => !line.startsWith(`${variable}=`)).join('\n');
    await writeFile(file, `${kept.trimEnd()}\n${variable}=${value}\n`);
  };
  const url = `http://127.0.0.1:${port}`;
  await set('COMPOSE_FILE', files.join(':'));
  await set('WEB_PORT', String(port));
  await set('PUBLIC_URL', url);
  const compose = (...args: string[]): Promise<Outcome> =>
    run('docker', ['compose', '--progress', 'quiet', ...args], { cwd: folder });
  const mustCompose = async (...args: string[]): Promise<string> => {
    const { status, stdout, stderr } = await compose(...args);
    if (status !== 0) throw new Error(`docker compose ${args.join(' ')}: ${stderr}`);
    return stdout.trim();
  };
  const inspect = async (service: string): Promise<Container> => {
    const id = await mustCompose('ps', '--all', '--quiet', service);
    return (JSON.parse(await docker('inspect', id)) as [Container])[0];
  };
  return {
    name,
    folder,
    url,
    set,
    compose,
    mustCompose,
    inspect,
    async up() {
      await mustCompose('up', '--detach', '--pull', 'never');
      for (const service of ['api', 'worker', 'web']) {
        await until(
          `${service} is healthy`,
          async () => (await inspect(service)).State.Health?.Status,
          (status) => status === 'healthy',
        );
      }
    },
    async close() {
      await mustCompose('down', '--volumes', '--remove-orphans', '--timeout', '3');
      await rm(base, { recursive: true, force: true });
    },
  };
}
