import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { ROOT, run } from './engine.ts';

const FOLDER = join(ROOT, 'deploy/compose');
const DIGEST = `@sha256:${'a'.repeat(64)}`;
const PRODUCTION = {
  COMMANDCENTER_IMAGE: `registry.test/commandcenter${DIGEST}`,
  COMMANDCENTER_WEB_IMAGE: `registry.test/commandcenter-web${DIGEST}`,
  PUBLIC_URL: 'https://radar.test',
};

interface Service {
  image: string;
  command?: string[] | null;
  restart?: string;
  read_only?: boolean;
  cap_drop?: string[];
  security_opt?: string[];
  pids_limit?: number;
  mem_limit?: string | number;
  mem_reservation?: string | number;
  cpus?: number;
  scale?: number;
  logging?: { driver: string; options: Record<string, string> };
  environment?: Record<string, string | null>;
  labels?: Record<string, string>;
  networks?: Record<string, unknown>;
  ports?: { host_ip?: string; published?: string; target: number }[];
  secrets?: { source: string }[];
  volumes?: { type: string; source: string; target: string }[];
}
interface Merged {
  services: Record<string, Service>;
  networks: Record<string, { internal?: boolean }>;
  volumes: Record<string, { driver_opts?: Record<string, string> }>;
}

function canRun(program: string, ...args: string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
const hasCompose = canRun('docker', 'compose', 'version');
const hasOldCompose = canRun('docker-compose', 'version');

/** The files named with their settings, as Compose understands them; nothing around them is read. */
async function merge(overlays: string[], env: Record<string, string> = {}) {
  const files = ['docker-compose.yml', ...overlays.map((name) => `docker-compose.${name}.yml`)];
  const args = files.flatMap((name) => ['--file', join(FOLDER, name)]);
  return run('docker', ['compose', '--project-directory', FOLDER, ...args, 'config'], {
    cwd: emptyFolder,
    env: { COMPOSE_PROJECT_NAME: 'one', COMPOSE_FILE: '', ...env },
  });
}
async function merged(overlays: string[], env: Record<string, string> = {}): Promise<Merged> {
  const { status, stdout, stderr } = await merge(overlays, env);
  if (status !== 0) throw new Error(stderr);
  return parse(stdout) as Merged;
}

let emptyFolder: string;
beforeAll(async () => {
  emptyFolder = await mkdtemp(join(tmpdir(), 'commandcenter-compose-files-'));
});
afterAll(() => rm(emptyFolder, { recursive: true, force: true }));

describe.skipIf(!hasOldCompose)('docker-compose 1.29.2', () => {
  test.each([[[]], [['override']], [['prod']], [['ci']], [['dev']], [['traefik']], [['backup']]])(
    'understands the base with %j',
    async (overlays) => {
      const files = ['docker-compose.yml', ...overlays.map((name) => `docker-compose.${name}.yml`)];
      const args = files.flatMap((name) => ['-f', join(FOLDER, name)]);
      const env = { ...PRODUCTION, PUBLIC_HOST: 'radar.test', COMPOSE_PROJECT_NAME: 'one' };
      const { status, stderr } = await run('docker-compose', [...args, 'config', '--quiet'], { env });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    },
  );
});

describe.skipIf(!hasCompose)('the compose files', () => {
  test('give every container limits, no rights, a log that is rotated, and a way back', async () => {
    for (const overlays of [[], ['prod']]) {
      const { services } = await merged(overlays, PRODUCTION);
      for (const [name, service] of Object.entries(services)) {
        expect(service, name).toMatchObject({
          read_only: true,
          cap_drop: ['ALL'],
          security_opt: ['no-new-privileges:true'],
          logging: {
            driver: 'local',
            options: { 'max-size': expect.any(String), 'max-file': expect.any(String) },
          },
          pids_limit: expect.any(Number),
          cpus: expect.any(Number),
          labels: { 'commandcenter.part': name },
        });
        expect(Number(service.mem_limit), name).toBeGreaterThan(Number(service.mem_reservation));
        expect(service.restart, name).toBe(
          name === 'migrate' ? 'on-failure:3' : overlays.length > 0 ? 'always' : 'unless-stopped',
        );
      }
    }
  });

  test('hold no password: every secret is a file, and the product is told where', async () => {
    const { services } = await merged(['prod'], PRODUCTION);
    for (const [name, { environment = {}, secrets = [] }] of Object.entries(services)) {
      for (const [variable, value] of Object.entries(environment)) {
        if (!/PASSWORD|SECRET|TOKEN|KEY/.test(variable) || /REDIS_KEY_PREFIX/.test(variable)) continue;
        expect(variable, name).toMatch(/_FILE$/);
        if (value) expect(secrets.map(({ source }) => `/run/secrets/${source}`)).toContain(value);
      }
      for (const value of Object.values(environment)) expect(value ?? '').not.toMatch(/:\/\/[^@/]*:[^@/]+@/);
    }
  });

  test('publish nothing in the base, the web server on loopback beside it, and in production the edge alone', async () => {
    const published = async (overlays: string[]) =>
      Object.entries((await merged(overlays, PRODUCTION)).services).flatMap(([name, { ports = [] }]) =>
        ports.map(({ host_ip, published: port, target }) => `${name} ${host_ip ?? '*'} ${port}:${target}`),
      );
    expect(await published([])).toEqual([]);
    expect(await published(['override'])).toEqual(['web 127.0.0.1 8080:8080']);
    expect(await published(['prod'])).toEqual(['edge * 80:8080', 'edge * 443:8443']);
    for (const port of await published(['dev'])) expect(port).toMatch(/^\w+ 127\.0\.0\.1 /);
  });

  test('keep the data on a network without a way out, where nothing that is published is', async () => {
    const { services, networks } = await merged(['prod'], PRODUCTION);
    expect(networks).toMatchObject({ data: { internal: true } });
    const on = (network: string) =>
      Object.entries(services)
        .filter(([, service]) => network in (service.networks ?? {}))
        .map(([name]) => name)
        .sort();
    expect(on('data')).toEqual(['api', 'migrate', 'postgres', 'redis', 'worker']);
    expect(on('application')).toEqual(['api', 'edge', 'web', 'worker']);
    expect(on('edge')).toEqual(['edge', 'web']);
  });

  test('production has two replicas of what serves, images by digest and says what it lacks', async () => {
    const { services } = await merged(['prod'], PRODUCTION);
    expect([services['api']?.scale, services['web']?.scale]).toEqual([2, 2]);
    expect(services['api']?.environment).toMatchObject({
      LOG_LEVEL: 'info',
      PUBLIC_URL: 'https://radar.test',
    });
    for (const name of ['migrate', 'api', 'worker', 'web', 'edge'])
      expect(services[name]?.image).toContain(DIGEST);
    for (const name of Object.keys(PRODUCTION)) {
      const { status, stderr } = await merge(['prod'], { ...PRODUCTION, [name]: '' });
      expect(status).not.toBe(0);
      expect(stderr).toMatch(new RegExp(`${name} is missing a value: must be the (image by digest|address)`));
    }
  });

  test('an external database and Redis are named by their address alone', async () => {
    const { services } = await merged([], {
      DATABASE_URL: 'postgres://radar@db.company.test/radar?sslmode=verify-full',
      REDIS_URL: 'rediss://cache.company.test',
    });
    for (const name of ['migrate', 'api', 'worker'])
      expect(services[name]?.environment).toMatchObject({
        DATABASE_URL: 'postgres://radar@db.company.test/radar?sslmode=verify-full',
        REDIS_URL: 'rediss://cache.company.test',
      });
  });

  test('of the archive leave PostgreSQL every setting of the base, and publish nothing', async () => {
    const [base, backup] = [await merged([]), await merged(['backup'])];
    expect(backup.services['postgres']?.command).toEqual(
      expect.arrayContaining(base.services['postgres']?.command ?? []),
    );
    for (const { ports = [] } of Object.values(backup.services)) expect(ports).toEqual([]);
    for (const name of ['archive', 'wal-stream']) {
      const service = backup.services[name];
      expect(service, name).toMatchObject({ read_only: true, cap_drop: ['ALL'], network_mode: 'none' });
      expect(service?.labels, name).toMatchObject({ 'commandcenter.part': name });
    }
  });

  test('of CI hold all data in memory', async () => {
    const { volumes } = await merged(['ci']);
    expect(Object.keys(volumes).sort()).toEqual([
      'commandcenter_data',
      'postgres_data',
      'rag_storage',
      'redis_data',
    ]);
    for (const { driver_opts } of Object.values(volumes))
      expect(driver_opts).toMatchObject({ type: 'tmpfs' });
  });

  test('of development mount the source and open a debugger on this machine only', async () => {
    const { services } = await merged(['dev']);
    expect(services['api']?.command).toContain('--watch-path=src');
    expect(services['api']?.ports).toContainEqual(
      expect.objectContaining({ host_ip: '127.0.0.1', target: 9229 }),
    );
    const mounts = (services['api']?.volumes ?? []).filter(({ type }) => type === 'bind');
    expect(mounts.map(({ source }) => source)).toContain(join(ROOT, 'src'));
  });

  test('for Traefik name their routers by the project, so that several live behind one', async () => {
    const routers = async (project: string, host: string) => {
      const { services } = await merged(['traefik'], { COMPOSE_PROJECT_NAME: project, PUBLIC_HOST: host });
      return ['api', 'web'].flatMap((name) =>
        Object.entries(services[name]?.labels ?? {}).filter(([label]) => /traefik\.http/.test(label)),
      );
    };
    const [one, two] = [await routers('one', 'one.test'), await routers('two', 'two.test')];
    const names = (labels: [string, string][]) => labels.map(([label]) => label);
    expect(names(one).filter((label) => names(two).includes(label))).toEqual([]);
    expect(one).toContainEqual(['traefik.http.routers.one-web.rule', 'Host(`one.test`)']);
    // What a router, service or middleware refers to is there.
    const defined = new Set(names(one).map((label) => label.split('.').slice(2, 4).join('.')));
    for (const [label, value] of one) {
      if (label.endsWith('.service')) expect(defined).toContain(`services.${value}`);
      if (label.endsWith('.middlewares'))
        for (const name of value.split(',')) expect(defined).toContain(`middlewares.${name}`);
    }
    const { services } = await merged(['traefik'], { PUBLIC_HOST: 'one.test' });
    for (const [name, service] of Object.entries(services)) expect(service.ports ?? [], name).toEqual([]);
  });
});
