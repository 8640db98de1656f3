import { execFile } from 'node:child_process';
import { appendFile, chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { hasOpenssl } from '#testing/certificates.ts';
import { at, expectToldOfCopy, type Fault } from '#testing/doctor-fault.ts';
import { createProductionSite, type ProductionSite } from '#testing/production-site.ts';

const run = promisify(execFile);

async function git(site: ProductionSite, ...argv: string[]): Promise<void> {
  await run('git', ['-C', site.path, '-c', 'user.name=t', '-c', 'user.email=t@t.test', ...argv]);
}

/** Listens where the edge of the site should; returns how to stop. */
async function takePort(site: ProductionSite, variable: string): Promise<() => Promise<void>> {
  const port = Number(
    new RegExp(`^${variable}=(\\d+)$`, 'm').exec(await readFile(at(site, '.env'), 'utf8'))?.[1],
  );
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, resolve));
  return async () => void server.close();
}

/** The id of a process that has ended. */
async function ended(): Promise<{ pid: number }> {
  const child = run('true');
  await child;
  return { pid: child.child.pid ?? 0 };
}

const folderFaults: Fault[] = [
  {
    name: 'a missing folder',
    finds: ['folder-not-found'],
    seed: (site) => rm(site.path, { recursive: true }).then(() => mkdir(site.path)),
  },
  {
    name: 'a missing folder for certificates',
    finds: ['folder-incomplete', 'tls-certificate-missing', 'tls-key-missing'],
    seed: (site) => rm(at(site, 'edge/tls'), { recursive: true }),
    leaves: ['tls-certificate-missing', 'tls-key-missing'],
    changes: ['edge/tls'],
  },
  {
    name: 'a missing journal of deploys',
    finds: ['folder-incomplete'],
    seed: (site) => rm(at(site, 'deployments'), { recursive: true }),
    leaves: [],
    changes: ['deployments'],
  },
  {
    name: 'an .env that others can read',
    finds: ['env-file-open'],
    seed: (site) => chmod(at(site, '.env'), 0o644),
    leaves: [],
    changes: ['.env'],
  },
  {
    name: 'an .env with Windows line ends',
    finds: ['env-file-windows-lines'],
    seed: async (site) => {
      const text = await readFile(at(site, '.env'), 'utf8');
      await writeFile(at(site, '.env'), text.replaceAll('\n', '\r\n'));
    },
    leaves: [],
    changes: ['.env'],
  },
  {
    name: 'a line of .env that sets nothing',
    finds: ['env-file-line'],
    seed: (site) => appendFile(at(site, '.env'), 'export what is this\n'),
  },
  {
    name: 'a name that .env sets twice',
    finds: ['env-file-repeated'],
    seed: (site) => appendFile(at(site, '.env'), 'LOG_LEVEL=info\nLOG_LEVEL=warn\n'),
  },
  {
    name: 'a secret in .env',
    finds: ['env-file-secret'],
    seed: (site) => appendFile(at(site, '.env'), 'MODEL_API_KEY=sk-Zm9vYmFyLWJhei1xdXgtOTg3\n'),
  },
  {
    name: 'a password in an address in .env',
    finds: ['env-file-secret', 'config-invalid'],
    seed: (site) => site.set('REDIS_URL', 'redis://:Zm9vYmFyLWJhei1x@redis:6379'),
  },
  {
    name: 'a setting that the product refuses',
    finds: ['config-invalid'],
    seed: (site) => site.set('DATABASE_POOL_SIZE', 'many'),
  },
  {
    name: 'an address that names this machine',
    finds: ['public-url-loopback', 'tls-name-differs'],
    seed: (site) => site.set('PUBLIC_URL', 'https://localhost'),
  },
  {
    name: 'an address without TLS',
    finds: ['public-url-insecure'],
    seed: (site) => site.set('PUBLIC_URL', `http://${site.host}`),
  },
  {
    name: 'an address with a path',
    finds: ['public-url-path'],
    seed: (site) => site.set('PUBLIC_URL', `https://${site.host}/radar`),
  },
  {
    name: 'the address of the example',
    finds: ['public-url-example', 'tls-name-differs'],
    seed: (site) => site.set('PUBLIC_URL', 'https://radar.example.com'),
  },
  {
    name: 'an address that is none',
    finds: ['config-invalid'],
    seed: (site) => site.set('PUBLIC_URL', 'radar'),
  },
  {
    name: 'an image that is named by a tag',
    finds: ['image-by-tag'],
    seed: (site) => site.set('COMMANDCENTER_IMAGE', 'registry.test/commandcenter:latest'),
  },
  {
    name: 'an image that is not named',
    finds: ['image-missing'],
    seed: (site) => site.set('COMMANDCENTER_WEB_IMAGE', ''),
  },
  {
    name: 'a Compose file that was changed',
    finds: ['compose-file-drifted'],
    seed: (site) => appendFile(at(site, 'docker-compose.yml'), '\n# our own\n'),
  },
  {
    name: 'a Compose file that is no YAML',
    finds: ['compose-file-invalid'],
    seed: (site) => appendFile(at(site, 'docker-compose.prod.yml'), '\n  edge: [\n'),
    leaves: ['compose-file-invalid'],
  },
  {
    name: 'a Compose file that is missing',
    finds: ['compose-file-missing'],
    seed: (site) => rm(at(site, 'docker-compose.prod.yml')),
  },
  {
    name: 'no configuration of the edge',
    finds: ['edge-config-missing'],
    seed: (site) => rm(at(site, 'edge/nginx.conf')),
  },
  {
    name: 'nothing that says where requests go',
    finds: ['edge-upstreams-missing'],
    seed: (site) => rm(at(site, 'edge/upstreams.conf')),
  },
  {
    name: 'a deploy that ended half-way',
    finds: ['deploy-unfinished'],
    seed: (site) =>
      writeFile(
        at(site, 'deployments/state.json'),
        JSON.stringify({ operation: { kind: 'deploy', step: 'migrate', startedAt: '2026-11-26T10:00:00Z' } }),
      ),
  },
  {
    name: 'the lock of a deployer that was killed',
    finds: ['deploy-lock-stale'],
    seed: async (site) => {
      const { pid } = await ended();
      await writeFile(
        at(site, 'deployments/lock.json'),
        JSON.stringify({ pid, since: '2026-11-26T10:00:00Z' }),
      );
    },
    leaves: [],
    changes: ['deployments/lock.json'],
  },
  {
    name: 'a port that another program holds',
    finds: ['port-taken'],
    seed: (site) => takePort(site, 'HTTPS_PORT'),
    leaves: [],
    changes: ['.env'],
  },
];

const gitFaults: Fault[] = [
  {
    name: 'secrets that git would take',
    finds: ['secret-not-ignored'],
    seed: async (site) => {
      await rm(at(site, '.gitignore'));
      await git(site, 'init', '--quiet');
    },
    leaves: [],
    changes: ['.gitignore'],
  },
  {
    name: 'a .gitignore that names only some of them',
    finds: ['secret-not-ignored'],
    seed: async (site) => {
      await writeFile(at(site, '.gitignore'), '.env\nnode_modules');
      await git(site, 'init', '--quiet');
    },
    leaves: [],
    changes: ['.gitignore'],
  },
  {
    name: 'a secret that is in the index',
    finds: ['secret-in-git'],
    seed: async (site) => {
      await git(site, 'init', '--quiet');
      await git(site, 'add', '--force', 'secrets/secret_key');
    },
  },
  {
    name: 'a secret that was removed and stands in the history',
    finds: ['secret-in-git'],
    seed: async (site) => {
      await git(site, 'init', '--quiet');
      await git(site, 'add', '--force', '.env');
      await git(site, 'commit', '--quiet', '--message', 'all');
      await git(site, 'rm', '--quiet', '--cached', '.env');
      await git(site, 'commit', '--quiet', '--message', 'oops');
    },
  },
];

let site: ProductionSite;

describe.skipIf(!hasOpenssl())('a production folder', () => {
  beforeAll(async () => {
    site = await createProductionSite();
  });
  afterAll(() => site.remove());
  const expectFault = (fault: Fault): Promise<void> => expectToldOfCopy(site, fault);

  test.each(folderFaults)('files: $name', expectFault);
  test.each(gitFaults)('git: $name', expectFault);
});
