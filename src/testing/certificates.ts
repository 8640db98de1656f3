import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const DAY_MS = 86_400_000;

export interface Issue {
  host: string;
  /** Gets `fullchain.pem` and `privkey.pem`; what is there keeps its owner and mode. */
  folder: string;
  /** In days from now; from yesterday for 60 days if not given. */
  validFrom?: number;
  validTo?: number;
}

/** Signs certificates with whatever dates are asked for. */
export interface CertificateAuthority {
  issue(wanted: Issue): Promise<void>;
}

export function hasOpenssl(): boolean {
  return existsSync('/usr/bin/openssl');
}

/** Makes an authority of one's own in a folder. */
export async function createAuthority(folder: string): Promise<CertificateAuthority> {
  await mkdir(folder);
  const openssl = (...argv: string[]) => run('openssl', argv, { cwd: folder });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  await openssl(
    'req',
    '-x509',
    ...newKey,
    '-subj',
    '/CN=Test authority',
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
  );
  await writeFile(
    join(folder, 'ca.cnf'),
    `[ca]
default_ca = own
[own]
database = index.txt
rand_serial = yes
new_certs_dir = .
default_md = sha256
policy = any
copy_extensions = copy
unique_subject = no
[any]
commonName = supplied
`,
  );
  await writeFile(join(folder, 'index.txt'), '');
  const instant = (days: number): string =>
    `${new Date(Date.now() + days * DAY_MS).toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;
  return {
    async issue({ host, folder: target, validFrom = -1, validTo = 60 }) {
      const names = ['-addext', `subjectAltName=DNS:${host}`];
      await openssl(
        'req',
        '-new',
        ...newKey,
        '-subj',
        `/CN=${host}`,
        ...names,
        '-keyout',
        'leaf.key',
        '-out',
        'leaf.csr',
      );
      const dates = ['-startdate', instant(validFrom), '-enddate', instant(validTo)];
      const files = ['-cert', 'ca.pem', '-keyfile', 'ca.key', '-in', 'leaf.csr', '-out', 'leaf.pem'];
      await openssl('ca', '-batch', '-notext', '-config', 'ca.cnf', ...dates, ...files);
      const [leaf, key] = await Promise.all(
        ['leaf.pem', 'leaf.key'].map((name) => readFile(join(folder, name), 'utf8')),
      );
      const chain = `${leaf}${await readFile(join(folder, 'ca.pem'), 'utf8')}`;
      await overwrite(join(target, 'fullchain.pem'), chain);
      await overwrite(join(target, 'privkey.pem'), key ?? '');
    },
  };
}

/** Writes into a file that may be read-only, and leaves its mode as it is. */
export async function overwrite(path: string, text: string): Promise<void> {
  const { mode } = await stat(path);
  await chmod(path, 0o600);
  await writeFile(path, text);
  await chmod(path, mode & 0o777);
}
