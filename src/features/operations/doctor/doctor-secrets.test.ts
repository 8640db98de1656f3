import { chmod, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { hasOpenssl, overwrite } from '#testing/certificates.ts';
import { append, at, expectToldOfCopy, type Fault, secret } from '#testing/doctor-fault.ts';
import { createProductionSite, type ProductionSite } from '#testing/production-site.ts';

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
        const project =
          /^COMPOSE_PROJECT_NAME=(.*)$/m.exec(await readFile(at(site, '.env'), 'utf8'))?.[1] ?? '';
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

let site: ProductionSite;

describe.skipIf(!hasOpenssl())('a production folder', () => {
  beforeAll(async () => {
    site = await createProductionSite();
  });
  afterAll(() => site.remove());
  const expectFault = (fault: Fault): Promise<void> => expectToldOfCopy(site, fault);

  test.each(secretFaults)('secrets: $name', expectFault);
});
