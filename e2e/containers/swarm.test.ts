import { readdir, readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fetch } from 'undici';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildImages, until, whyNoDocker } from './engine.ts';
import {
  images,
  installOnSwarm,
  type SwarmInstallation,
  signIn,
  waitForServices,
} from './swarm-installation.ts';
import { whyNoSwarmLab } from './swarm-lab.ts';
import { type LoadReport, startLoad } from './swarm-load.ts';

const reason = whyNoDocker() ?? whyNoSwarmLab();
if (reason !== undefined) process.stderr.write(`The stack is not tested on a swarm: ${reason}.\n`);
const SETUP_MS = 1_200_000;
const UPDATE_MS = 600_000;
const MOST_FAILURES = 12;

describe.skipIf(reason !== undefined)('the stack on a swarm of three hosts', () => {
  let installation: SwarmInstallation;
  let token: string;

  beforeAll(async () => {
    installation = await installOnSwarm(await buildImages());
    await installation.deploy('one');
    await waitForServices(installation);
    await until(
      'the edge answers',
      async () => (await ask('/readyz')).status,
      (status) => status === 200,
    );
    token = await signIn(installation);
  }, SETUP_MS);
  afterAll(async () => {
    await installation?.lab.close();
  }, 60_000);

  const ask = (path: string) =>
    fetch(`${installation.entrance.url}${path}`, { dispatcher: installation.entrance.dispatcher });

  async function expectNothingLost({ acknowledged }: LoadReport): Promise<void> {
    const there = new Set(await installation.query('select slug from technologies'));
    expect(acknowledged.length).toBeGreaterThan(10);
    expect(acknowledged.filter((slug) => !there.has(slug))).toEqual([]);
  }

  test('one command brings up the schema and two replicas, on two hosts, behind TLS', async () => {
    for (const service of ['api', 'worker', 'web']) {
      const hosts = (await installation.find(service)).map(({ host }) => host);
      expect(new Set(hosts).size, `${service} on ${hosts}`).toBe(2);
    }
    const page = await ask('/');
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('<title>CommandCenter</title>');
    expect(await redirectOf(installation.httpSocket)).toBe('https://radar.test/radar');
  });

  test('a secret is 0400, belongs to who reads it and is seen by nobody who inspects', async () => {
    const { execute, folder } = installation;
    const read = `const fs = require('node:fs'); for (const name of fs.readdirSync('/run/secrets').sort()) {
      const { mode, uid, gid } = fs.statSync('/run/secrets/' + name);
      console.log(name, (mode & 0o777).toString(8), uid, gid) }`;
    const names = ['backup_identity', 'database_password', 'metrics_token', 'redis_password', 'secret_key'];
    for (const service of ['api', 'worker']) {
      const found = await execute(service, ['node', '-e', read]);
      expect(found.split('\n')).toEqual(names.map((name) => `${name} 400 10001 10001`));
    }
    const state = ['stat', '-c', '%n %a %u %g'];
    const passwords = ['postgres_application_password', 'postgres_password'].map(
      (name) => `/run/secrets/${name}`,
    );
    expect((await execute('postgres', [...state, ...passwords])).split('\n')).toEqual(
      passwords.map((name) => `${name} 400 999 999`),
    );
    const key = '/etc/nginx/edge/tls/privkey.pem';
    expect(await execute('edge', [...state, key])).toBe(`${key} 400 101 101`);

    const shown = await everythingInspected(installation);
    expect(shown).toContain('database_password');
    for (const name of await readdir(join(folder, 'secrets'))) {
      const value = await readFile(join(folder, 'secrets', name), 'utf8');
      expect(shown.includes(value.trim()), `${name} is shown`).toBe(false);
    }
  });

  test('every container is without rights, read-only and limited; the web application does not reach the database', async () => {
    const { lab, find, execute } = installation;
    for (const service of ['postgres', 'redis', 'api', 'worker', 'web', 'edge']) {
      for (const { host, container } of await find(service)) {
        const [{ HostConfig, Config }] = JSON.parse(await lab.docker(host, ['inspect', container]));
        expect(HostConfig, service).toMatchObject({ ReadonlyRootfs: true, CapDrop: ['ALL'] });
        expect(HostConfig.Memory, service).toBeGreaterThan(0);
        expect(HostConfig.PidsLimit, service).toBeGreaterThan(0);
        expect(Config.User, service).toMatch(/^[1-9]\d*/);
      }
    }
    const [postgres] = await find('postgres');
    const networks = '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}';
    const address = await lab.docker(1, ['inspect', '-f', networks, postgres?.container ?? '']);
    const script = `require('node:net').connect(5432, '${address}')
      .on('connect', () => process.exit(0)).on('error', () => process.exit(1))`;
    await execute('api', ['node', '-e', script]);
    const connect = ['curl', '--silent', '--max-time', '3', '--write-out', '%{time_connect}'];
    for (const service of ['web', 'edge']) {
      const trying = execute(service, [...connect, `telnet://${address}:5432`]);
      await expect(trying, service).rejects.toMatchObject({ stdout: '0.000000' });
    }
  });

  test(
    'a new release takes over replica by replica: no request of a constant load fails',
    async () => {
      const load = startLoad(installation.entrance, token);
      await installation.migrate(images.two);
      await installation.deploy('two');
      for (const service of ['api', 'worker']) await waitForUpdate(service, 'completed');
      await sleep(3000);
      const report = await load.stop();
      print('update', report);
      expect(report.failures).toEqual({});
      expect(Object.keys(report.releases).sort()).toEqual(['one', 'two']);
      expect(await releasesNow()).toEqual(new Set(['two']));
      await expectNothingLost(report);
    },
    UPDATE_MS,
  );

  test(
    'a broken image goes back by itself, and no request fails',
    async () => {
      const { lab } = installation;
      const load = startLoad(installation.entrance, token);
      await lab.docker(1, ['service', 'update', '--detach', '--image', images.broken, 'commandcenter_api']);
      await waitForUpdate('api', 'rollback_completed');
      const report = await load.stop();
      print('rollback', report);
      expect(report.failures).toEqual({});
      expect(Object.keys(report.releases)).toEqual(['two']);
      const image = '{{.Spec.TaskTemplate.ContainerSpec.Image}}';
      expect(await lab.docker(1, ['service', 'inspect', '-f', image, 'commandcenter_api'])).toBe(images.two);
      await expectNothingLost(report);
    },
    UPDATE_MS,
  );

  test(
    'a host that dies loses nothing that was acknowledged; its replicas start elsewhere',
    async () => {
      const { lab, find } = installation;
      const victim = (await find('api')).map(({ host }) => host).find((host) => host !== 1) ?? 0;
      const load = startLoad(installation.entrance, token);
      await sleep(3000);
      await lab.kill(victim);
      await until(
        'two replicas of everything are well on the hosts that are left',
        () => Promise.all(['api', 'web', 'worker'].map(async (service) => (await find(service)).length)),
        (counts) => counts.every((count) => count === 2),
      );
      const report = await load.stop();
      print(`host ${victim} lost`, report);
      // What was under way on it gets no answer, until its address is out of use.
      expect(failuresOf(report)).toBeLessThanOrEqual(MOST_FAILURES);
      expect((await ask('/readyz')).status).toBe(200);
      await expectNothingLost(report);
    },
    UPDATE_MS,
  );

  async function waitForUpdate(service: string, state: string): Promise<void> {
    await until(
      `${service}: ${state}`,
      () => installation.updateState(service),
      (seen) => seen === state,
      300_000,
    );
  }

  async function releasesNow(): Promise<Set<unknown>> {
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask('/livez')));
    const bodies = await Promise.all(answers.map((answer) => answer.json()));
    return new Set(bodies.map((body) => (body as { release: string }).release));
  }
});

function print(what: string, { acknowledged, ...report }: LoadReport): void {
  process.stdout.write(`${what}: ${JSON.stringify({ ...report, acknowledged: acknowledged.length })}\n`);
}

function failuresOf({ failures }: LoadReport): number {
  return Object.values(failures).reduce((sum, count) => sum + count, 0);
}

/** Where plain HTTP leads. */
function redirectOf(socketPath: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const options = { socketPath, path: '/radar', headers: { host: 'radar.test' } };
    const sent = request(options, (answer) => {
      answer.resume();
      resolve(answer.headers.location);
    });
    sent.on('error', reject).end();
  });
}

/** All that `docker inspect` tells of containers, services, configs and secrets. */
async function everythingInspected({ lab }: SwarmInstallation): Promise<string> {
  const list = async (host: number, args: string[]) =>
    (await lab.docker(host, args)).split('\n').filter(Boolean);
  const shown: string[] = [];
  for (const host of [1, 2, 3])
    shown.push(await lab.docker(host, ['inspect', ...(await list(host, ['ps', '-aq']))]));
  for (const kind of ['service', 'config', 'secret'])
    shown.push(await lab.docker(1, [kind, 'inspect', ...(await list(1, [kind, 'ls', '-q']))]));
  return shown.join('\n');
}
