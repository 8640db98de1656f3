import { execFile, execFileSync } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inheritedVariables } from '#platform/config/index.ts';
import { hasOpenssl } from '#testing/certificates.ts';
import { expectTold, type Fault, idsOf, testProbes } from '#testing/doctor-fault.ts';
import { createProductionSite, type ProductionSite } from '#testing/production-site.ts';
import { createProbes, LOOK_MS } from './probes.ts';
import { readDocker } from './read-docker.ts';
import { runDoctor, runFixes } from './run-doctor.ts';

const run = promisify(execFile);
let site: ProductionSite;
let bin: string;

/** What an engine of today answers; each test replaces a part. */
const ANSWERS: Readonly<Record<string, string>> = {
  '--version': 'echo Docker version 27.0.0, build x',
  version: 'echo 27.0.0',
  compose: 'echo 2.30.0',
  buildx: 'echo github.com/docker/buildx v0.15.0',
  ps: ':',
  volume: ':',
};

/** A `docker` of other versions on the PATH, which this machine doesn't have. */
async function placeDocker(answers: Record<string, string>, standalone?: string): Promise<void> {
  const cases = Object.entries({ ...ANSWERS, ...answers }).map(([word, script]) => `${word}) ${script} ;;`);
  await writeFile(join(bin, 'docker'), `#!/bin/sh\ncase "$1" in\n${cases.join('\n')}\n*) exit 1 ;;\nesac\n`);
  await chmod(join(bin, 'docker'), 0o755);
  await rm(join(bin, 'docker-compose'), { force: true });
  if (standalone === undefined) return;
  await writeFile(join(bin, 'docker-compose'), `#!/bin/sh\n${standalone}\n`, { mode: 0o755 });
}

/** Docker is looked for there alone. */
const asked = () => {
  const { run: ours } = createProbes({ PATH: bin });
  return { docker: () => readDocker(ours) };
};

/** A container as `docker ps` of every version prints it. */
const container = (
  name: string,
  service: string,
  state: string,
  more: Record<string, string> = {},
): string => {
  const project = execProject();
  const labels = `com.docker.compose.project=${project},com.docker.compose.service=${service}`;
  return `echo '${JSON.stringify({ Names: name, State: state, Status: state, Ports: '', Labels: labels, ...more })}'`;
};
const execProject = (): string =>
  /^COMPOSE_PROJECT_NAME=(.*)$/m.exec(
    execFileSync('cat', [join(site.path, '.env')], { encoding: 'utf8' }),
  )?.[1] ?? '';
const portOf = (variable: string): string =>
  new RegExp(`^${variable}=(\\d+)$`, 'm').exec(
    execFileSync('cat', [join(site.path, '.env')], { encoding: 'utf8' }),
  )?.[1] ?? '';

const faults: Fault[] = [
  {
    name: 'no Docker',
    finds: ['docker-missing'],
    seed: () => rm(join(bin, 'docker'), { force: true }),
    probes: asked,
  },
  {
    name: 'an engine that does not run',
    finds: ['docker-not-answering'],
    seed: () => placeDocker({ version: 'echo Cannot connect to the Docker daemon >&2; exit 1' }),
    probes: asked,
  },
  {
    name: 'an engine that is too old',
    finds: ['docker-too-old'],
    seed: () => placeDocker({ version: 'echo 19.03.15' }),
    probes: asked,
  },
  {
    name: 'no Compose',
    finds: ['compose-missing'],
    seed: () => placeDocker({ compose: 'exit 1' }),
    probes: asked,
  },
  {
    name: 'a Compose that is too old',
    finds: ['compose-too-old'],
    seed: () => placeDocker({ compose: 'echo v2.10.2' }),
    probes: asked,
  },
  {
    name: 'only the older docker-compose',
    finds: ['compose-too-old'],
    seed: () => placeDocker({ compose: 'exit 1' }, 'echo 1.29.2'),
    probes: asked,
  },
  {
    name: 'a database whose container has ended',
    finds: ['container-not-running', 'database-not-running', 'redis-not-running'],
    seed: () => placeDocker({ ps: container('site-postgres-1', 'postgres', 'exited') }),
    probes: asked,
  },
  {
    name: 'an edge that is unhealthy',
    finds: ['container-not-running', 'database-not-running', 'redis-not-running'],
    seed: () =>
      placeDocker({ ps: container('site-edge-1', 'edge', 'running', { Status: 'Up 2 hours (unhealthy)' }) }),
    probes: asked,
  },
  {
    name: 'the release that serves in a container that has ended, and not the one that waits for a rollback',
    finds: ['container-not-running'],
    seed: async (copy) => {
      const [project, state] = [execProject(), { current: { colour: 'green' } }];
      await writeFile(join(copy.path, 'deployments/state.json'), JSON.stringify(state));
      const of = (colour: string) => ({
        Labels: `com.docker.compose.project=${project}-${colour},com.docker.compose.service=api`,
      });
      const [green, blue] = ['green', 'blue'].map((colour) =>
        container(`api-${colour}`, 'api', 'exited', of(colour)),
      );
      await placeDocker({ ps: `${green}; ${blue}` });
    },
    probes: asked,
  },
  {
    name: 'a port that a container of somebody else publishes',
    finds: ['port-taken'],
    seed: () =>
      placeDocker({
        ps: container('wiki-1', 'wiki', 'running', {
          Labels: 'com.docker.compose.project=wiki',
          Ports: `0.0.0.0:${portOf('HTTPS_PORT')}->443/tcp, :::${portOf('HTTPS_PORT')}->443/tcp`,
        }),
      }),
    probes: asked,
    leaves: [],
    changes: ['.env'],
  },
];

describe.skipIf(!hasOpenssl())('Docker', () => {
  beforeAll(async () => {
    site = await createProductionSite();
    bin = await mkdtemp(join(tmpdir(), 'commandcenter-docker-'));
  });
  afterAll(async () => {
    await site.remove();
    await rm(bin, { recursive: true, force: true });
  });

  test.each(faults)('$name', async (fault) => {
    const copy = await site.copy();
    try {
      await expectTold(copy, fault);
    } finally {
      await copy.remove();
    }
  });

  test('buildx is optional, and without a folder all of it is', async () => {
    await placeDocker({ buildx: 'exit 1' });
    const probes = { ...testProbes(), shippedFiles: site.shipped, ...asked() };
    const { findings } = await runDoctor({ directory: site.path, environment: {}, probes });
    expect(findings.find(({ id }) => id === 'docker-ok')?.sentence).toContain('no buildx');
    await rm(join(bin, 'docker'));
    const alone = await runDoctor({
      environment: { PORT: '0', DATA_DIR: join(bin, 'data') },
      probes: { ...probes, ...asked() },
    });
    expect(idsOf(alone)).toEqual([]);
  });

  test('who publishes a port is named', async () => {
    const port = portOf('HTTP_PORT');
    await placeDocker({
      ps: container('shop-1', 'shop', 'running', { Labels: '', Ports: `0.0.0.0:${port}->80/tcp` }),
    });
    const probes = { ...testProbes(), shippedFiles: site.shipped, ...asked() };
    const { findings } = await runDoctor({ directory: site.path, environment: {}, probes });
    expect(findings.find(({ id }) => id === 'port-taken')).toMatchObject({
      sentence: `Port ${port} is held by the container shop-1.`,
      evidence: { container: 'shop-1' },
    });
  });

  test('our own container may hold our port', async () => {
    const ports = { Ports: `0.0.0.0:${portOf('HTTP_PORT')}->8080/tcp`, Status: 'Up (healthy)' };
    await placeDocker({ ps: container('site-edge-1', 'edge', 'running', ports) });
    const probes = { ...testProbes(), shippedFiles: site.shipped, ...asked() };
    const { findings } = await runDoctor({ directory: site.path, environment: {}, probes });
    expect(findings.filter(({ id }) => id === 'port-taken')).toEqual([]);
    expect(findings.map(({ sentence }) => sentence)).toContain(`${portOf('HTTP_PORT')} is our own.`);
  });

  test('an engine that never answers does not keep the doctor for long', async () => {
    await placeDocker(Object.fromEntries(Object.keys(ANSWERS).map((word) => [word, '/bin/sleep 60'])));
    const probes = { ...testProbes(), shippedFiles: site.shipped, ...asked() };
    const begin = Date.now();
    const { findings } = await runDoctor({ directory: site.path, environment: {}, probes });
    expect(idsOf({ findings })).toContain('docker-not-answering');
    // One look that is late, and much time for a busy machine.
    expect(Date.now() - begin).toBeLessThan(3 * LOOK_MS);
  });
});

const engine = ((): boolean => {
  try {
    return execFileSync('docker', ['version', '--format', '{{.Server.Os}}'], { stdio: 'pipe' }).length > 0;
  } catch {
    return false;
  }
})();

// Skipped where no Docker engine answers, or its volumes can't be looked into; CI has both.
describe.skipIf(!engine || process.getuid?.() !== 0 || !hasOpenssl())('a volume of a real engine', () => {
  test('that belongs to somebody else is told and given to who writes to it', async () => {
    const made = await createProductionSite();
    const project = /^COMPOSE_PROJECT_NAME=(.*)$/m.exec(
      execFileSync('cat', [join(made.path, '.env')], { encoding: 'utf8' }),
    )?.[1];
    const volume = `${project}_commandcenter_data`;
    await run('docker', ['volume', 'create', '--label', `com.docker.compose.project=${project}`, volume]);
    try {
      const ours = createProbes(inheritedVariables(['PATH', 'HOME', 'DOCKER_HOST']));
      const probes = { ...ours, memory: testProbes().memory, shippedFiles: made.shipped };
      const options = { directory: made.path, environment: {}, probes };
      // Docker gives a new one to who is its first user.
      expect(idsOf(await runDoctor(options))).not.toContain('volume-owner');
      const { stdout } = await run('docker', ['volume', 'inspect', '--format', '{{.Mountpoint}}', volume]);
      await writeFile(join(stdout.trim(), 'mirror'), '');
      expect(idsOf(await runDoctor(options))).toContain('volume-owner');
      const report = await runFixes(options, async () => true);
      expect(report.fixes).toMatchObject([{ finding: 'volume-owner', outcome: 'done' }]);
      expect(idsOf(report)).not.toContain('volume-owner');
    } finally {
      await run('docker', ['volume', 'rm', volume]);
      await made.remove();
    }
  });
});
