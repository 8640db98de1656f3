import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { inheritedVariables } from '#platform/config/index.ts';
import { type DoctorProbes, idsOf, testProbes } from '#testing/doctor-fault.ts';
import { freePort } from '#testing/postgres-server.ts';
import { changedPaths, snapshotFolder } from '#testing/production-site.ts';
import { createProbes, withinLook } from './probes.ts';
import { runDoctor, runFixes } from './run-doctor.ts';

const run = promisify(execFile);
const asRoot = process.getuid?.() === 0;
const KEY = '9f4c2b7e1a0d8356'.repeat(4);

/** A folder with the data directory `data` and whatever a fault needs. */
let folder: string;
const data = (...names: string[]): string => join(folder, 'data', ...names);

interface MachineFault {
  name: string;
  finds: readonly string[];
  seed?: () => Promise<unknown>;
  variables?: () => Record<string, string>;
  probes?: () => Partial<DoctorProbes>;
  leaves?: readonly string[];
  changes?: readonly string[];
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'commandcenter-doctor-'));
  await mkdir(data(), { mode: 0o700 });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** As `expectTold` does for a production folder. */
async function expectFault({ finds, seed, variables, probes, leaves, changes }: MachineFault): Promise<void> {
  const undo = await seed?.();
  try {
    const environment = { DATA_DIR: data(), PORT: '0', ...variables?.() };
    const options = { environment, probes: { ...testProbes(), ...probes?.() } };
    const before = await snapshotFolder(folder);
    expect(idsOf(await runDoctor(options))).toEqual([...finds].sort());
    expect(changedPaths(before, await snapshotFolder(folder))).toEqual([]);
    const report = await runFixes(options, async () => true);
    expect(changedPaths(before, await snapshotFolder(folder))).toEqual([...(changes ?? [])].sort());
    expect(idsOf(report)).toEqual([...(leaves ?? finds)].sort());
    expect(report.fixes.filter(({ outcome }) => outcome !== 'done')).toEqual([]);
    expect(JSON.stringify(report)).not.toContain(KEY);
  } finally {
    if (typeof undo === 'function') await undo();
  }
}

/** Programs of one's own on the PATH, beside those of the machine or alone. */
async function placePrograms(programs: Record<string, string>): Promise<string> {
  const bin = join(folder, 'bin');
  await mkdir(bin);
  for (const [name, script] of Object.entries(programs)) {
    await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  return bin;
}
const onPath = (): Partial<DoctorProbes> => {
  const { run: ours } = createProbes({ PATH: `${join(folder, 'bin')}:/usr/bin:/bin` });
  return { run: ours };
};

const machineFaults: MachineFault[] = [
  { name: 'a Node that is too old', finds: ['node-too-old'], probes: () => ({ nodeVersion: '20.11.0' }) },
  {
    name: 'no git',
    finds: ['git-missing'],
    probes: () => ({ run: createProbes({ PATH: '/nowhere' }).run }),
  },
  {
    name: 'a git that is too old',
    finds: ['git-too-old'],
    seed: () => placePrograms({ git: 'echo git version 2.20.1' }),
    probes: onPath,
  },
  {
    name: 'little memory',
    finds: ['memory-low'],
    probes: () => ({ memory: () => ({ totalBytes: 1e9, availableBytes: 1e8, limitBytes: null }) }),
  },
  {
    name: 'a control group that allows little memory',
    finds: ['memory-limit-low'],
    probes: () => ({ memory: () => ({ totalBytes: 8e9, availableBytes: 4e9, limitBytes: 256 * 1024 ** 2 }) }),
  },
  {
    name: 'a clock that was never set',
    finds: ['clock-before-build'],
    probes: () => ({ now: () => new Date('1970-01-01T00:10:00Z') }),
  },
  {
    name: 'a name that no server knows in time',
    finds: ['host-unresolved'],
    variables: () => ({
      OIDC_ISSUER: 'https://id.company.test',
      OIDC_CLIENT_ID: 'x',
      PUBLIC_URL: 'https://a.b',
    }),
    probes: () => ({ resolve: () => withinLook(new Promise<string[]>(() => {}), 100) }),
  },
  {
    name: 'a model server whose name is wrong',
    finds: ['host-unresolved'],
    variables: () => ({
      MODEL_PROVIDER: 'openai-compatible',
      MODEL_NAME: 'm',
      MODEL_BASE_URL: 'http://nothing.invalid/v1',
    }),
  },
  {
    name: 'several settings that can’t be read, each in its sentence',
    finds: ['config-invalid'],
    variables: () => ({ PORT: 'http', LOG_LEVEL: 'loud' }),
  },
  {
    name: 'an address without TLS',
    finds: ['public-url-insecure'],
    variables: () => ({ PUBLIC_URL: 'http://radar.company.test' }),
  },
  {
    name: 'a server that nobody can name',
    finds: ['public-url-missing', 'database-unreachable'],
    variables: () => ({ DATABASE_URL: 'postgres://product@127.0.0.1:1/x', SECRET_KEY: KEY }),
  },
];

const dataFaults: MachineFault[] = [
  {
    name: 'a data directory that is a file',
    finds: ['data-directory-not-writable'],
    variables: () => ({ DATA_DIR: data('file') }),
    seed: () => writeFile(data('file'), '', { mode: 0o600 }),
  },
  {
    name: 'a data directory that others can enter',
    finds: ['data-directory-open'],
    seed: () => chmod(data(), 0o755),
    leaves: [],
    changes: ['data'],
  },
  {
    name: 'a token of the owner that others can read',
    finds: ['data-directory-file-open'],
    seed: async () => {
      await writeFile(data('owner-token'), 'x');
      await chmod(data('owner-token'), 0o644);
    },
    leaves: [],
    changes: ['data/owner-token'],
  },
  {
    name: 'a lock that a killed process has left',
    finds: ['data-directory-lock-stale'],
    seed: async () => {
      const child = run('true');
      await child;
      await writeFile(data('lock.json'), JSON.stringify({ pid: child.child.pid, since: '' }));
    },
    leaves: [],
    changes: ['data/lock.json'],
  },
  {
    name: 'a data directory that git would take',
    finds: ['secret-not-ignored'],
    seed: () => run('git', ['-C', folder, 'init', '--quiet']),
    leaves: [],
    changes: ['data/.gitignore'],
  },
  {
    name: 'a key in a file that others can read',
    finds: ['secret-open'],
    seed: async () => {
      await writeFile(join(folder, 'key'), KEY);
      await chmod(join(folder, 'key'), 0o644);
    },
    variables: () => ({ SECRET_KEY_FILE: join(folder, 'key') }),
    leaves: [],
    changes: ['key'],
  },
  {
    name: 'a key whose file is missing, which is not made where nobody knows what depends on it',
    finds: ['secret-missing'],
    variables: () => ({ SECRET_KEY_FILE: join(folder, 'key') }),
  },
  {
    name: 'a database address with a weak password in a file',
    finds: ['secret-weak', 'database-unreachable'],
    seed: () => writeFile(join(folder, 'url'), 'postgres://a:postgres@127.0.0.1:1/x', { mode: 0o600 }),
    variables: () => ({
      DATABASE_URL_FILE: join(folder, 'url'),
      SECRET_KEY: KEY,
      PUBLIC_URL: 'https://radar.company.test',
    }),
  },
];

/** A small filesystem in the place of the data directory; returns how it goes away. */
async function mountSmall(...options: string[]): Promise<() => Promise<unknown>> {
  await run('mount', ['-t', 'tmpfs', '-o', ['mode=700', ...options].join(','), 'tmpfs', data()]);
  return () => run('umount', [data()]);
}

async function fill(count: number): Promise<void> {
  for (let n = 0; n < count; n++) await writeFile(data(String(n)), '');
}

const rootFaults: MachineFault[] = [
  { name: 'a disk that is full', finds: ['disk-full'], seed: () => mountSmall('size=20m') },
  { name: 'a disk with little space', finds: ['disk-low'], seed: () => mountSmall('size=500m') },
  {
    name: 'a disk without inodes',
    finds: ['disk-inodes-low'],
    seed: async () => {
      const undo = await mountSmall('size=3g', 'nr_inodes=100');
      await fill(98);
      return undo;
    },
  },
  {
    name: 'a data directory that belongs to somebody else',
    finds: ['data-directory-owner'],
    seed: () => chown(data(), 12_345, 12_345),
  },
];

describe('a machine', () => {
  test('with nothing but a new data directory is well', () => expectFault({ name: 'none', finds: [] }));
  test('before the first start is well, and stays as it is', () =>
    expectFault({ name: 'none', finds: [], seed: () => rm(data(), { recursive: true }) }));
  test.each(machineFaults)('$name', expectFault);
  test.each(dataFaults)('$name', expectFault);
  describe.skipIf(!asRoot)('as root', () => {
    test.each(rootFaults)('$name', expectFault);
  });

  test('a port that another program holds: who it is, and which one is free', async () => {
    const server = createServer();
    const port = await freePort();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    const environment = { DATA_DIR: data(), PORT: String(port) };
    const { findings } = await runDoctor({ environment, probes: testProbes() });
    const taken = findings.find(({ id }) => id === 'port-taken');
    expect(taken?.evidence).toMatchObject({ port, pid: process.pid });
    const free = Number(taken?.evidence?.['freePort']);
    expect(taken?.remedy).toContain(`PORT=${free}`);
    await new Promise<void>((resolve, reject) => {
      const other = createServer().once('error', reject);
      other.listen(free, '127.0.0.1', () => other.close(() => resolve()));
    });
    server.close();
  });

  test('an address that this machine does not have', () =>
    expectFault({
      name: 'none',
      finds: ['port-not-allowed'],
      variables: () => ({ PORT: '4321', HOST: '192.0.2.1' }),
    }));

  test('each wrong setting is named', async () => {
    const environment = { DATA_DIR: data(), PORT: 'http', LOG_LEVEL: 'loud' };
    const { findings } = await runDoctor({ environment, probes: testProbes() });
    const wrong = findings.filter(({ id }) => id === 'config-invalid');
    expect(wrong.map(({ target }) => target)).toEqual(['PORT', 'LOG_LEVEL']);
  });

  test('programs get no more of the environment than they need', async () => {
    await placePrograms({ git: `env > ${join(folder, 'seen')}` });
    await onPath().run?.('git', []);
    const names = (await readFile(join(folder, 'seen'), 'utf8')).match(/^\w+(?==)/gm);
    expect(names?.filter((name) => !['PATH', 'PWD', '_', 'OLDPWD', 'SHLVL'].includes(name))).toEqual([]);
    expect(inheritedVariables(['PATH'])).toHaveProperty('PATH');
  });
});
