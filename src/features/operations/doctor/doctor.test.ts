import { chmod, chown, readFile, rm, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasOpenssl, overwrite } from '#testing/certificates.ts';
import {
  append,
  at,
  expectToldOfCopy,
  type Fault,
  idsOf,
  secret,
  testProbes,
} from '#testing/doctor-fault.ts';
import { createProductionSite, type ProductionSite } from '#testing/production-site.ts';
import { checkEnvironmentFile } from './folder.ts';
import { readProductionFolder } from './production-folder.ts';
import { runDoctor, runFixes } from './run-doctor.ts';

const asRoot = process.getuid?.() === 0;

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

let site: ProductionSite;

describe.skipIf(!hasOpenssl())('a production folder', () => {
  beforeAll(async () => {
    site = await createProductionSite();
  });
  afterAll(() => site.remove());
  const expectFault = (fault: Fault): Promise<void> => expectToldOfCopy(site, fault);

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
