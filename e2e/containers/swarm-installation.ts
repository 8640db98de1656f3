import { execFile } from 'node:child_process';
import { chown, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fetch } from 'undici';
import { launcher } from '#testing/built-server.ts';
import { until } from './engine.ts';
import { type SwarmLab, startSwarmLab } from './swarm-lab.ts';
import { type Entrance, openEntrance } from './swarm-load.ts';

const run = promisify(execFile);
const STACK = join(import.meta.dirname, '../../deploy/swarm/stack.yml');
const HOSTS = [1, 2, 3];
const DOMAIN = 'radar.test';
const USER_OF_IMAGE = 10001;

/** Tags that the images have on the hosts of the lab; `broken` ends as soon as it is started. */
export const images = { one: 'commandcenter:one', two: 'commandcenter:two', broken: 'commandcenter:broken' };
const WEB = 'commandcenter-web:one';

/** Where a task runs. */
export interface Place {
  host: number;
  container: string;
}

/** The stack on three hosts, as docs/swarm.md sets it up. */
export interface SwarmInstallation {
  readonly lab: SwarmLab;
  readonly folder: string;
  /** By the edge on host 1. */
  readonly entrance: Entrance;
  /** A socket that leads to where the edge takes plain HTTP. */
  readonly httpSocket: string;
  /** What `docker stack deploy` does for a release. */
  deploy(release: 'one' | 'two'): Promise<void>;
  /** The containers of a service that are well, in the order of the hosts; hosts that are gone have none. */
  find(service: string): Promise<Place[]>;
  /** Runs a command in the first container of a service. */
  execute(service: string, command: string[]): Promise<string>;
  /** What Swarm says of a service's last update. */
  updateState(service: string): Promise<string>;
  /** Brings the schema to the version of an image and waits for it. */
  migrate(image: string): Promise<void>;
  query(sql: string): Promise<string[]>;
}

/** Copies the images of this machine's engine into a new lab of three hosts and makes everything but the stack. */
export async function installOnSwarm(engineImages: {
  server: string;
  web: string;
}): Promise<SwarmInstallation> {
  const lab = await startSwarmLab(HOSTS.length);
  try {
    const folder = join(lab.folder, 'radar');
    const init = ['init', folder, '--domain', DOMAIN, '--self-signed'];
    await Promise.all([
      run(launcher, [...init, '--image', images.one, '--web-image', WEB]),
      bringImages(lab, engineImages),
      labelHosts(lab),
    ]);
    await makeSecrets(lab, folder);
    const files = join(lab.folder, 'files');
    await mkdir(files, { mode: 0o700 });
    await chown(files, USER_OF_IMAGE, USER_OF_IMAGE);
    const certificate = await readFile(join(folder, 'edge/tls/fullchain.pem'), 'utf8');
    const [https, httpSocket] = await Promise.all([lab.forward(1, 443), lab.forward(1, 80)]);
    return {
      lab,
      folder,
      entrance: openEntrance(DOMAIN, https, certificate),
      httpSocket,
      ...operate(lab, folder),
    };
  } catch (error) {
    await lab.close();
    throw error;
  }
}

async function bringImages(lab: SwarmLab, { server, web }: { server: string; web: string }): Promise<void> {
  const official = ['postgres:17', 'redis:7', 'nginxinc/nginx-unprivileged:1.28'];
  await Promise.all(HOSTS.map((host) => lab.load(host, [server, web, ...(host === 1 ? official : [])])));
  for (const host of HOSTS) {
    await lab.docker(host, ['tag', server, images.one]);
    await lab.docker(host, ['tag', server, images.two]);
    await lab.docker(host, ['tag', web, WEB]);
    const container = await lab.docker(host, ['create', server]);
    const entrypoint = 'ENTRYPOINT ["node", "-e", "process.exit(1)"]';
    await lab.docker(host, ['commit', '--change', entrypoint, container, images.broken]);
    await lab.docker(host, ['rm', container]);
  }
}

async function labelHosts(lab: SwarmLab): Promise<void> {
  const label = (host: number, ...names: string[]) =>
    lab.docker(1, [
      'node',
      'update',
      ...names.flatMap((name) => ['--label-add', `${name}=true`]),
      `node${host}`,
    ]);
  await label(1, 'commandcenter.data', 'commandcenter.files', 'commandcenter.edge');
  for (const host of [2, 3]) await label(host, 'commandcenter.files');
}

async function makeSecrets(lab: SwarmLab, folder: string): Promise<void> {
  const names = await readdir(join(folder, 'secrets'));
  const files = [
    ...names.map((name) => join(folder, 'secrets', name)),
    ...['fullchain.pem', 'privkey.pem'].map((name) => join(folder, 'edge/tls', name)),
  ];
  for (const file of files) {
    await lab.docker(1, ['secret', 'create', `commandcenter_${file.split('/').at(-1)}_1`, file]);
  }
}

function operate(lab: SwarmLab, folder: string) {
  const docker = (args: string[], env?: Record<string, string>) => lab.docker(1, args, env);
  const installation: Pick<
    SwarmInstallation,
    'deploy' | 'find' | 'execute' | 'updateState' | 'migrate' | 'query'
  > = {
    async deploy(release) {
      const env = {
        FOLDER: folder,
        PUBLIC_URL: `https://${DOMAIN}`,
        COMMANDCENTER_IMAGE: images[release],
        COMMANDCENTER_WEB_IMAGE: WEB,
        RELEASE: release,
        FILES_DEVICE: join(lab.folder, 'files'),
        // A test waits for what an operator would rather see go slowly.
        UPDATE_DELAY: '1s',
        UPDATE_MONITOR: '5s',
        DRAIN_SECONDS: '6',
        MAX_REPLICAS_PER_NODE: '1',
      };
      await docker(['stack', 'deploy', '--resolve-image', 'never', '-c', STACK, 'commandcenter'], env);
    },
    async find(service) {
      const label = `label=com.docker.swarm.service.name=commandcenter_${service}`;
      const filter = ['--filter', label, '--filter', 'health=healthy'];
      const found = await Promise.all(
        HOSTS.map(async (host) => {
          const ids = await lab.docker(host, ['ps', '-q', ...filter]).catch(() => '');
          return ids.split('\n').map((container) => ({ host, container }));
        }),
      );
      return found.flat().filter(({ container }) => container !== '');
    },
    async execute(service, command) {
      const [place] = await installation.find(service);
      if (!place) throw new Error(`No container of ${service} runs.`);
      return lab.docker(place.host, ['exec', place.container, ...command]);
    },
    updateState: (service) =>
      docker(['service', 'inspect', '-f', '{{.UpdateStatus.State}}', `commandcenter_${service}`]),
    async migrate(image) {
      await docker(['service', 'update', '--detach', '--image', image, 'commandcenter_migrate']);
      const format = ['--no-trunc', '--format', '{{.Image}} {{.CurrentState}} {{.Error}}'];
      await until(
        'the schema is there',
        () => docker(['service', 'ps', ...format, 'commandcenter_migrate']),
        (tasks) => tasks.split('\n').some((task) => task.startsWith(`${image} Complete`)),
      );
    },
    async query(sql) {
      const psql = ['psql', '-U', 'postgres', '-d', 'commandcenter', '-Atc', sql];
      return (await installation.execute('postgres', psql)).split('\n');
    },
  };
  return installation;
}

/** Waits until every service has all its tasks, and the migration is done. */
export async function waitForServices({ lab }: SwarmInstallation): Promise<void> {
  await until(
    'every service has what it is to have',
    () => lab.docker(1, ['service', 'ls', '--format', '{{.Name}} {{.Replicas}}']),
    (services) =>
      services.split('\n').every((line) => {
        const [, running, wanted] = /(\d+)\/(\d+)/.exec(line) ?? [];
        return line.includes('(1/1 completed)') || (running === wanted && wanted !== '0');
      }),
    300_000,
  );
}

/** Signs the first owner in by the link that a container prints, and makes a token. */
export async function signIn({ entrance, execute }: SwarmInstallation): Promise<string> {
  const link = await execute('api', ['commandcenter', 'login-link']);
  const { dispatcher } = entrance;
  const login = await fetch(link, { dispatcher, redirect: 'manual' });
  const cookie = login.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  const made = await fetch(`${entrance.url}/api/v1/tokens`, {
    method: 'POST',
    dispatcher,
    headers: { cookie, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'load', scope: 'admin' }),
  });
  const answer = (await made.json()) as { token?: string };
  if (answer.token === undefined) throw new Error(`No token: ${made.status} ${JSON.stringify(answer)}`);
  return answer.token;
}
