import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { renderUpstreams } from '#features/operations/index.ts';
import { listSettings } from '#platform/config/index.ts';

interface Service {
  image: string;
  read_only: boolean;
  cap_drop: string[];
  logging: { options: Record<string, string> };
  environment?: Record<string, string>;
  healthcheck: { test?: string[]; disable?: boolean };
  networks: string[];
  ports?: { mode: string }[];
  secrets?: { source: string; uid: string; gid: string; mode: number }[];
  deploy: {
    mode?: string;
    endpoint_mode?: string;
    update_config?: { order: string; failure_action: string; parallelism: number };
    resources: { limits: Record<string, unknown>; reservations: Record<string, unknown> };
  };
}

interface Stack {
  services: Record<string, Service>;
  networks: Record<string, { internal?: boolean }>;
  secrets: Record<string, { external?: boolean }>;
}

// What the stack does is tried in containers/swarm.test.ts, where there is a Docker engine.
const folder = join(import.meta.dirname, '../deploy/swarm');
// As Docker reads it: 0400 is octal, and << merges.
const stack: Stack = parse(await readFile(join(folder, 'stack.yml'), 'utf8'), { version: '1.1' });
const services = Object.entries(stack.services);

test('every service is without rights, limited, watched, and logs no more than it may', () => {
  expect(services.map(([name]) => name).sort()).toEqual([
    ...['api', 'edge', 'migrate', 'postgres', 'redis', 'web', 'worker'],
  ]);
  for (const [name, service] of services) {
    expect(service, name).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
    expect(service.logging.options, name).toMatchObject({ 'max-size': '10m' });
    expect(Object.keys(service.deploy.resources.limits).sort(), name).toEqual(['cpus', 'memory', 'pids']);
    expect(service.deploy.resources.reservations, name).toHaveProperty('memory');
    // An image is chosen by who deploys.
    expect(service.image, name).toMatch(/^\$\{[A-Z_]+_IMAGE:-[a-z/-]+(:[\d.]+)?\}$/);
    if (name === 'migrate') expect(service.healthcheck).toEqual({ disable: true });
    else expect(service.healthcheck.test?.[0], name).toMatch(/^CMD/);
  }
});

test('what people wait for is updated one by one, the new one first, and goes back by itself', () => {
  for (const [name, { deploy }] of services) {
    if (deploy.mode === 'replicated-job') continue;
    const order = ['api', 'worker', 'web'].includes(name) ? 'start-first' : 'stop-first';
    expect(deploy.update_config, name).toMatchObject({ order, parallelism: 1, failure_action: 'rollback' });
    expect(deploy.endpoint_mode, name).toBe('dnsrr');
  }
});

test('only the edge is published, and only who works with the data is in its network', () => {
  const published = services.filter(([, { ports }]) => ports !== undefined);
  expect(published.map(([name, { ports }]) => [name, ports?.map(({ mode }) => mode)])).toEqual([
    ['edge', ['host', 'host']],
  ]);
  expect(stack.networks['data']?.internal).toBe(true);
  const inData = services.filter(([, { networks }]) => networks.includes('data')).map(([name]) => name);
  expect(inData.sort()).toEqual(['api', 'migrate', 'postgres', 'redis', 'worker']);
});

test('secrets are made outside, and each is 0400 of who reads it', () => {
  for (const [name, secret] of Object.entries(stack.secrets)) expect(secret.external, name).toBe(true);
  const users: Record<string, string> = { postgres: '999', redis: '999', edge: '101' };
  for (const [name, { secrets = [] }] of services)
    for (const secret of secrets) {
      const user = users[name] ?? '10001';
      expect(secret, `${name}: ${secret.source}`).toMatchObject({ uid: user, gid: user, mode: 0o400 });
      expect(stack.secrets).toHaveProperty(secret.source);
    }
});

test('the settings are ones that the product has, and the upstreams are as the product writes them', async () => {
  const known = new Set(listSettings().flatMap(({ name }) => [name, `${name}_FILE`]));
  for (const name of ['api', 'worker', 'migrate']) {
    const given = Object.keys(stack.services[name]?.environment ?? {});
    expect(given.length).toBeGreaterThan(5);
    expect(
      given.filter((setting) => !known.has(setting) && setting !== 'NODE_OPTIONS'),
      name,
    ).toEqual([]);
  }
  const withoutComments = (text: string) => text.replace(/^#.*\n/gm, '');
  const written = async (file: string) => withoutComments(await readFile(join(folder, file), 'utf8'));
  const rendered = (upstreams: Parameters<typeof renderUpstreams>[0]) =>
    withoutComments(renderUpstreams(upstreams));
  expect(await written('edge-upstreams.conf')).toBe(
    rendered({ api: ['tasks.api:3000'], web: ['tasks.web:8080'] }),
  );
  expect(await written('web-upstreams.conf')).toBe(rendered({ api: ['127.0.0.1:3000'] }));
});
