import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { findPostgres, startPostgres } from '#testing/postgres-server.ts';

const ROOT = join(import.meta.dirname, '../..');
const FOLDER = join(ROOT, 'deploy/compose');
const runs = (...command: string[]): boolean => {
  const [program = '', ...args] = command;
  return spawnSync(program, args).status === 0;
};
const hasCompose = runs('docker', 'compose', 'version');
const hasOldCompose = runs('docker-compose', 'version');

interface Service {
  image?: string;
  privileged?: boolean;
  read_only?: boolean;
  cap_drop?: string[];
  security_opt?: string[];
  mem_limit?: string;
  pids_limit?: number;
  environment?: Record<string, string | null>;
  entrypoint?: string[];
  networks?: Record<string, unknown>;
  ports?: { host_ip?: string; target: number }[];
  secrets?: { source: string }[];
  volumes?: { type: string; source: string; target: string }[];
}
interface Merged {
  services: Record<string, Service>;
  networks: Record<string, { internal?: boolean }>;
}

const env = {
  PATH: process.env['PATH'] ?? '',
  COMPOSE_PROJECT_NAME: 'one',
  COMMANDCENTER_IMAGE: 'commandcenter',
  COMMANDCENTER_WEB_IMAGE: 'commandcenter-web',
  PUBLIC_URL: 'https://radar.test',
  MONITORING_DIR: join(ROOT, 'deploy/monitoring'),
};
function merge(files: string[]): Merged {
  const args = files.flatMap((name) => ['--file', join(FOLDER, name)]);
  const { stdout, stderr, status } = spawnSync('docker', ['compose', ...args, 'config'], {
    encoding: 'utf8',
    env,
  });
  if (status !== 0) throw new Error(stderr);
  return parse(stdout) as Merged;
}
const production = ['docker-compose.yml', 'docker-compose.prod.yml'];

describe.skipIf(!hasOldCompose)('docker-compose 1.29.2', () => {
  test.each([[['docker-compose.yml']], [production]])('understands the overlay on %j', (files) => {
    const args = [...files, 'docker-compose.monitoring.yml'].flatMap((name) => ['-f', join(FOLDER, name)]);
    const { status, stderr } = spawnSync('docker-compose', [...args, 'config', '--quiet'], {
      encoding: 'utf8',
      env,
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});

describe.skipIf(!hasCompose)('the overlay', () => {
  const without = hasCompose ? merge(production) : { services: {}, networks: {} };
  const all = hasCompose ? merge([...production, 'docker-compose.monitoring.yml']) : without;
  const added = Object.entries(all.services).filter(([name]) => !(name in without.services));

  test('gives each of its containers limits and no rights, and an image by version', () => {
    expect(added.length).toBeGreaterThan(12);
    for (const [name, service] of added) {
      expect(service, name).toMatchObject({
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
        mem_limit: expect.any(String),
        pids_limit: expect.any(Number),
      });
      expect(service.privileged ?? false, name).toBe(false);
      expect(service.image, name).toMatch(/:v?\d+(\.\d+)*$/);
    }
  });

  test('publishes Grafana on this machine, and nothing else', () => {
    const ports = added.flatMap(([name, { ports: some = [] }]) =>
      some.map(({ host_ip, target }) => `${name} ${host_ip} ${target}`),
    );
    expect(ports).toEqual(['grafana 127.0.0.1 3000']);
  });

  test('has no password but in files, and Grafana lets nobody sign up', () => {
    for (const [name, { environment = {}, secrets = [] }] of added)
      for (const [variable, value] of Object.entries(environment)) {
        if (!/PASS|SECRET|TOKEN/.test(variable)) continue;
        expect(
          secrets.map(({ source }) => `/run/secrets/${source}`),
          `${name} ${variable}`,
        ).toContain(value);
      }
    expect(all.services['grafana']?.environment).toMatchObject({
      GF_SECURITY_ADMIN_PASSWORD__FILE: '/run/secrets/grafana_admin_password',
      GF_USERS_ALLOW_SIGN_UP: 'false',
      GF_AUTH_ANONYMOUS_ENABLED: 'false',
    });
  });

  test('changes nothing of the product but where traces go', () => {
    for (const [name, service] of Object.entries(without.services)) {
      const { OTEL_EXPORTER_OTLP_ENDPOINT: _, ...now } = all.services[name]?.environment ?? {};
      const { OTEL_EXPORTER_OTLP_ENDPOINT: __, ...before } = service.environment ?? {};
      expect({ ...all.services[name], environment: now }, name).toEqual({ ...service, environment: before });
    }
  });

  test('mounts only files that ship, and names that Prometheus asks for are services', () => {
    for (const [name, { volumes = [] }] of added)
      for (const { type, source } of volumes)
        if (type === 'bind' && source.startsWith(ROOT) && !source.endsWith('receivers'))
          expect(existsSync(source), `${name} ${source}`).toBe(true);
    const text = readFileSync(join(ROOT, 'deploy/monitoring/prometheus/prometheus.yml'), 'utf8');
    const asked = [...text.matchAll(/"([a-z-]+):\d+"/g)].map(([, host = '']) => host);
    expect(asked.length).toBeGreaterThan(9);
    for (const host of asked) {
      expect(Object.keys(all.services)).toContain(host);
      // On a network where Prometheus is.
      const shared = Object.keys(all.services[host]?.networks ?? {}).filter(
        (network) => network in (all.services['prometheus']?.networks ?? {}),
      );
      expect(shared, host).not.toEqual([]);
    }
    expect(all.networks['monitoring']).toMatchObject({ internal: true });
  });
});

describe.skipIf(findPostgres() === undefined)('the login of the exporter', () => {
  const folder = mkdtempSync(join(tmpdir(), 'commandcenter-overlay-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('is made by the step that ships, may be made again, and reads figures and no data', async () => {
    const postgres = await startPostgres();
    try {
      await postgres.query('create role postgres superuser login; create table held (secret text)');
      const overlay = parse(readFileSync(join(FOLDER, 'docker-compose.monitoring.yml'), 'utf8'), {
        merge: true,
      }) as Merged;
      const script = (overlay.services['monitoring-role']?.entrypoint?.[2] ?? '')
        .replaceAll('$$', '$')
        .replaceAll('/run/secrets', folder)
        .replace('-h postgres', `-h 127.0.0.1 -p ${postgres.port}`);
      writeFileSync(join(folder, 'postgres_password'), 'unused');
      for (const password of ['first', "sec'ond"]) {
        writeFileSync(join(folder, 'monitoring_role_password'), password);
        const { status, stderr } = spawnSync('bash', ['-euc', script], { encoding: 'utf8' });
        expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      }
      const may = await postgres.query(
        `select pg_has_role('monitoring', 'pg_monitor', 'member') as figures,
                has_table_privilege('monitoring', 'held', 'select') as data, rolsuper, rolcanlogin
         from pg_roles where rolname = 'monitoring'`,
      );
      expect(may).toEqual([{ figures: true, data: false, rolsuper: false, rolcanlogin: true }]);
    } finally {
      await postgres.close();
    }
  });
});
