import { execFile } from 'node:child_process';
import { chmod, readFile, rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { hasOpenssl, overwrite } from '#testing/certificates.ts';
import { at, expectToldOfCopy, type Fault } from '#testing/doctor-fault.ts';
import { createProductionSite, type ProductionSite } from '#testing/production-site.ts';

const run = promisify(execFile);

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

let site: ProductionSite;

describe.skipIf(!hasOpenssl())('a production folder', () => {
  beforeAll(async () => {
    site = await createProductionSite();
  });
  afterAll(() => site.remove());
  const expectFault = (fault: Fault): Promise<void> => expectToldOfCopy(site, fault);

  test.each(certificateFaults)('TLS: $name', expectFault);
});
