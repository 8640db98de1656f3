import { execFile } from 'node:child_process';
import { appendFile, chmod, chown, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasOpenssl, overwrite } from '#testing/certificates.ts';
import { expectTold, type Fault, idsOf, testProbes } from '#testing/doctor-fault.ts';
import { createProductionSite, type ProductionSite } from '#testing/production-site.ts';
import { checkEnvironmentFile } from './folder.ts';
import { readProductionFolder } from './production-folder.ts';
import { runDoctor, runFixes } from './run-doctor.ts';

const run = promisify(execFile);
const asRoot = process.getuid?.() === 0;
const at = ({ path }: ProductionSite, ...names: string[]): string => join(path, ...names);
const secret = (site: ProductionSite, name: string): string => at(site, 'secrets', name);

const append = async (path: string, text: string): Promise<void> =>
  overwrite(path, (await readFile(path, 'utf8')) + text);

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

const secretFaults: Fault[] = [
  {
    name: 'a secret that others can read and write',
    finds: ['secret-open'],
    seed: (site) => chmod(secret(site, 'metrics_token'), 0o666),
    leaves: [],
    changes: ['secrets/metrics_token'],
  },
  {
    name: 'a folder of secrets that others can enter',
    finds: ['secrets-folder-open'],
    seed: (site) => chmod(at(site, 'secrets'), 0o755),
    leaves: [],
    changes: ['secrets'],
  },
  {
    name: 'no folder of secrets in an installation that was never started',
    finds: ['secrets-folder-missing', 'secret-missing'],
    seed: (site) => rm(at(site, 'secrets'), { recursive: true }),
    leaves: [],
    changes: [
      '.',
      'secrets',
      ...['database_password', 'postgres_password', 'postgres_application_password', 'redis_password'].map(
        (name) => `secrets/${name}`,
      ),
      ...['redis_users.acl', 'secret_key', 'metrics_token', 'backup_identity'].map(
        (name) => `secrets/${name}`,
      ),
    ].filter((path) => path !== '.'),
  },
  {
    name: 'a missing key where nothing was encrypted yet',
    finds: ['secret-missing'],
    seed: (site) => rm(secret(site, 'secret_key')),
    leaves: [],
    changes: ['secrets/secret_key'],
  },
  {
    name: 'a missing key of an installation that has data, which nobody can make anew',
    finds: ['secret-missing'],
    seed: (site) => rm(secret(site, 'secret_key')),
    probes: (healthy) => ({
      docker: async () => {
        const project = /^COMPOSE_PROJECT_NAME=(.*)$/m.exec(environmentText)?.[1] ?? '';
        return { ...(await healthy.docker()), volumes: [{ name: 'postgres_data', project }] };
      },
    }),
  },
  {
    name: 'a missing key while Docker does not answer, so that nobody knows whether there is data',
    finds: ['secret-missing', 'docker-not-answering'],
    seed: (site) => rm(secret(site, 'secret_key')),
    probes: (healthy) => ({
      docker: async () => ({ ...(await healthy.docker()), engine: null, refusal: 'down' }),
    }),
  },
  {
    name: 'an empty password',
    finds: ['secret-empty'],
    seed: (site) => overwrite(secret(site, 'metrics_token'), '\n'),
    leaves: [],
    changes: ['secrets/metrics_token'],
  },
  {
    name: 'a missing second side of a password, which the first one tells',
    finds: ['secret-missing'],
    seed: async (site) => {
      await rm(secret(site, 'postgres_application_password'));
      await writeFile(at(site, 'deployments/state.json'), '{}');
    },
    leaves: [],
    changes: ['secrets/postgres_application_password'],
  },
  {
    name: 'missing users of Redis, which are made from its password',
    finds: ['secret-missing'],
    seed: (site) => rm(secret(site, 'redis_users.acl')),
    leaves: [],
    changes: ['secrets/redis_users.acl'],
  },
  {
    name: 'a folder in the place of a secret',
    finds: ['secret-is-folder'],
    seed: async (site) => {
      await rm(secret(site, 'metrics_token'));
      await mkdir(secret(site, 'metrics_token'));
    },
  },
  {
    name: 'a link that leads nowhere in the place of a secret, which is left alone',
    finds: ['secret-unreadable'],
    seed: async (site) => {
      await rm(secret(site, 'metrics_token'));
      await symlink('metrics_token', secret(site, 'metrics_token'));
    },
  },
  {
    name: 'a key that is not hexadecimal',
    finds: ['secret-not-hex'],
    seed: (site) => overwrite(secret(site, 'secret_key'), 'z'.repeat(64)),
  },
  {
    name: 'a key that is too short',
    finds: ['secret-not-hex'],
    seed: (site) => overwrite(secret(site, 'secret_key'), 'ab12'.repeat(8)),
  },
  {
    name: 'a key of one character',
    finds: ['secret-weak'],
    seed: (site) => overwrite(secret(site, 'secret_key'), '0'.repeat(64)),
  },
  {
    name: 'a password that ends with a newline',
    finds: ['secret-whitespace'],
    seed: (site) => append(secret(site, 'redis_password'), '\n'),
    leaves: [],
    changes: ['secrets/redis_password'],
  },
  {
    name: 'a password with a Windows line end',
    finds: ['secret-whitespace'],
    seed: (site) => append(secret(site, 'metrics_token'), '\r\n'),
    leaves: [],
    changes: ['secrets/metrics_token'],
  },
  {
    name: 'a short password',
    finds: ['secret-weak'],
    seed: (site) => overwrite(secret(site, 'metrics_token'), 'Xk3_9vQz'),
  },
  {
    name: 'a well-known password',
    finds: ['secret-weak'],
    seed: (site) => overwrite(secret(site, 'metrics_token'), 'ChangeMe-ChangeMe-2026-now'),
  },
  {
    name: 'a long password of few characters',
    finds: ['secret-weak'],
    seed: (site) => overwrite(secret(site, 'metrics_token'), 'abababababababababababababababab'),
  },
  {
    name: 'one value for two secrets',
    finds: ['secret-reused'],
    seed: async (site) =>
      overwrite(secret(site, 'metrics_token'), await readFile(secret(site, 'postgres_password'), 'utf8')),
  },
  {
    name: 'two sides of one password that differ',
    finds: ['secret-pair-differs'],
    seed: (site) => overwrite(secret(site, 'postgres_application_password'), 'Zm9vYmFyLWJhei1xdXgtOTg3NjU0'),
  },
  {
    name: 'users of Redis that do not know its password',
    finds: ['redis-acl-differs'],
    seed: (site) => overwrite(secret(site, 'redis_password'), 'Zm9vYmFyLWJhei1xdXgtOTg3NjU0'),
  },
  {
    name: 'users of Redis that let everybody in',
    finds: ['redis-acl-open'],
    seed: (site) => overwrite(secret(site, 'redis_users.acl'), 'user default on nopass ~* &* +@all\n'),
  },
];

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

const certificateFaults: Fault[] = [
  {
    name: 'a certificate that has expired',
    finds: ['tls-certificate-expired'],
    seed: (site) =>
      site.authority.issue({ host: site.host, folder: at(site, 'edge/tls'), validFrom: -60, validTo: -1 }),
  },
  {
    name: 'a certificate that expires soon',
    finds: ['tls-certificate-expires-soon'],
    seed: (site) => site.authority.issue({ host: site.host, folder: at(site, 'edge/tls'), validTo: 13 }),
  },
  {
    name: 'a certificate of the future',
    finds: ['tls-certificate-not-yet-valid'],
    seed: (site) => site.authority.issue({ host: site.host, folder: at(site, 'edge/tls'), validFrom: 2 }),
  },
  {
    name: 'a certificate for another name',
    finds: ['tls-name-differs'],
    seed: (site) => site.authority.issue({ host: 'wiki.company.test', folder: at(site, 'edge/tls') }),
  },
  {
    name: 'the key of another certificate',
    finds: ['tls-key-differs'],
    seed: async (site) => {
      const chain = await readFile(at(site, 'edge/tls/fullchain.pem'), 'utf8');
      await site.authority.issue({ host: site.host, folder: at(site, 'edge/tls') });
      await overwrite(at(site, 'edge/tls/fullchain.pem'), chain);
    },
  },
  {
    name: 'a certificate that is signed by itself',
    finds: ['tls-certificate-self-signed'],
    seed: async (site) => {
      const [key, certificate] = [at(site, 'edge/tls/privkey.pem'), at(site, 'edge/tls/fullchain.pem')];
      const names = ['-subj', `/CN=${site.host}`, '-addext', `subjectAltName=DNS:${site.host}`];
      const made = await run('openssl', ['req', '-x509', '-key', key, '-days', '90', ...names]);
      await overwrite(certificate, made.stdout);
    },
  },
  {
    name: 'something that is no certificate',
    finds: ['tls-certificate-unreadable'],
    seed: (site) => overwrite(at(site, 'edge/tls/fullchain.pem'), 'not a certificate\n'),
  },
  {
    name: 'a missing certificate',
    finds: ['tls-certificate-missing'],
    seed: (site) => rm(at(site, 'edge/tls/fullchain.pem')),
  },
  { name: 'a missing key', finds: ['tls-key-missing'], seed: (site) => rm(at(site, 'edge/tls/privkey.pem')) },
  {
    name: 'a key that others can write',
    finds: ['tls-key-open'],
    seed: (site) => chmod(at(site, 'edge/tls/privkey.pem'), 0o666),
    leaves: [],
    changes: ['edge/tls/privkey.pem'],
  },
];

const rootFaults: Fault[] = [
  {
    name: 'a secret that belongs to somebody else than its reader',
    finds: ['secret-owner'],
    seed: (site) => chown(secret(site, 'secret_key'), 0, 0),
    leaves: [],
    changes: ['secrets/secret_key'],
  },
  {
    name: 'a key that the edge may not read',
    finds: ['tls-key-owner'],
    seed: (site) => chown(at(site, 'edge/tls/privkey.pem'), 0, 0),
    leaves: [],
    changes: ['edge/tls/privkey.pem'],
  },
];

/** The id of a process that has ended. */
async function ended(): Promise<{ pid: number }> {
  const child = run('true');
  await child;
  return { pid: child.child.pid ?? 0 };
}

let site: ProductionSite;
let environmentText = '';

describe.skipIf(!hasOpenssl())('a production folder', () => {
  beforeAll(async () => {
    site = await createProductionSite();
    environmentText = await readFile(at(site, '.env'), 'utf8');
  });
  afterAll(() => site.remove());

  async function expectFault(fault: Fault): Promise<void> {
    const copy = await site.copy();
    try {
      await expectTold(copy, fault);
    } finally {
      await copy.remove();
    }
  }

  test('as init makes it is well, but for a backup that nobody knows', () =>
    expectFault({ name: 'none', finds: [] }));

  test('whose .env is missing is told what makes it', async () => {
    const folder = { ...(await readProductionFolder(site.path)), environmentText: null };
    const found = checkEnvironmentFile(folder, at(site, '.env'), null);
    expect(found).toMatchObject([{ id: 'env-file-missing', remedy: expect.stringContaining('init') }]);
  });

  test('is asked for a verified backup, as long as none is known', async () => {
    const probes = { ...testProbes(), shippedFiles: site.shipped };
    const { findings } = await runDoctor({ directory: site.path, environment: {}, probes });
    const asked = findings.filter(({ status }) => status !== 'ok');
    expect(asked).toMatchObject([{ id: 'backup-unknown', status: 'warning' }]);
  });

  test.each(secretFaults)('secrets: $name', expectFault);
  test.each(folderFaults)('files: $name', expectFault);
  test.each(gitFaults)('git: $name', expectFault);
  test.each(certificateFaults)('TLS: $name', expectFault);
  describe.skipIf(!asRoot)('as root', () => {
    test.each(rootFaults)('$name', expectFault);
  });

  test('nothing is changed that is not allowed', async () => {
    const copy = await site.copy();
    await chmod(secret(copy, 'metrics_token'), 0o666);
    const options = {
      directory: copy.path,
      environment: {},
      probes: { ...testProbes(), shippedFiles: copy.shipped },
    };
    const declined = await runFixes(options, async () => false);
    expect(declined.fixes).toMatchObject([{ finding: 'secret-open', outcome: 'declined' }]);
    expect(idsOf(declined)).toEqual(['secret-open']);
    await copy.remove();
  });

  test('a change that does not help is taken back, and one that can’t be made is told', async () => {
    const copy = await site.copy();
    await rm(at(copy, 'deployments'), { recursive: true });
    await writeFile(at(copy, 'deployments'), 'a file');
    const options = {
      directory: copy.path,
      environment: {},
      probes: { ...testProbes(), shippedFiles: copy.shipped },
    };
    const report = await runFixes(options, async () => true);
    expect(report.fixes).toMatchObject([{ outcome: 'failed', reason: 'EEXIST' }]);
    expect(await readFile(at(copy, 'deployments'), 'utf8')).toBe('a file');
    await copy.remove();
  });

  test('several faults are all told at once, and all that can be are healed', async () => {
    const copy = await site.copy();
    await chmod(at(copy, '.env'), 0o644);
    await append(secret(copy, 'metrics_token'), '\n');
    await chmod(secret(copy, 'metrics_token'), 0o666);
    await overwrite(secret(copy, 'secret_key'), 'nothing');
    const options = {
      directory: copy.path,
      environment: {},
      probes: { ...testProbes(), shippedFiles: copy.shipped },
    };
    const found = ['env-file-open', 'secret-not-hex', 'secret-open', 'secret-whitespace'];
    expect(idsOf(await runDoctor(options))).toEqual(found);
    expect(idsOf(await runFixes(options, async () => true))).toEqual(['secret-not-hex']);
    await copy.remove();
  });
});
