import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFile,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { createProductionFolder } from '#features/operations/index.ts';
import { type CertificateAuthority, createAuthority } from './certificates.ts';
import { freePort } from './postgres-server.ts';

const HOST = 'radar.company.test';
const IMAGES = {
  image: `registry.test/commandcenter@sha256:${'a'.repeat(64)}`,
  webImage: `registry.test/commandcenter-web@sha256:${'b'.repeat(64)}`,
};

/** A production folder as `init` makes it, with a certificate that an authority has signed. */
export interface ProductionSite {
  path: string;
  host: string;
  authority: CertificateAuthority;
  /** The Compose files as they were when it was made. */
  shipped: string;
  /** The same with its owners and modes, in another place. */
  copy(): Promise<ProductionSite>;
  /** Sets a variable in its .env. */
  set(name: string, value: string): Promise<void>;
  remove(): Promise<void>;
}

const run = promisify(execFile);

/** Makes one on free ports, in a temporary folder of its own. */
export async function createProductionSite(): Promise<ProductionSite> {
  const base = await mkdtemp(join(tmpdir(), 'commandcenter-site-'));
  const path = join(base, 'site');
  const [httpPort, httpsPort, webPort] = [await freePort(), await freePort(), await freePort()];
  const project = `site-${createHash('sha256').update(base).digest('hex').slice(0, 12)}`;
  await createProductionFolder(
    { directory: path, domain: HOST, project, httpPort, httpsPort, selfSigned: true },
    IMAGES,
  );
  const authority = await createAuthority(join(base, 'authority'));
  await authority.issue({ host: HOST, folder: join(path, 'edge/tls') });
  const shipped = join(base, 'shipped');
  await mkdir(shipped);
  for (const name of await readdir(path)) {
    if (name.startsWith('docker-compose')) await copyFile(join(path, name), join(shipped, name));
  }
  const site = describeSite(base, path, { authority, shipped });
  await site.set('WEB_PORT', String(webPort));
  return site;
}

function describeSite(
  base: string,
  path: string,
  shared: Pick<ProductionSite, 'authority' | 'shipped'>,
): ProductionSite {
  return {
    path,
    host: HOST,
    ...shared,
    async copy() {
      const other = await mkdtemp(join(tmpdir(), 'commandcenter-site-'));
      await run('cp', ['-a', path, other]);
      return describeSite(other, join(other, 'site'), shared);
    },
    async set(name, value) {
      const file = join(path, '.env');
      const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => !line.startsWith(`${name}=`));
      await writeFile(file, `${lines.join('\n').trimEnd()}\n${name}=${value}\n`);
    },
    remove: () => rm(base, { recursive: true, force: true }),
  };
}

/** Everything below a folder: kind, mode, owner and content of each path. */
export async function snapshotFolder(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const note = async (path: string): Promise<void> => {
    const entry = await lstat(path);
    const content = entry.isFile()
      ? createHash('sha256')
          .update(await readFile(path))
          .digest('hex')
      : entry.isSymbolicLink()
        ? await readlink(path)
        : '';
    found[relative(folder, path) || '.'] = `${entry.mode.toString(8)} ${entry.uid}:${entry.gid} ${content}`;
  };
  await note(folder);
  for (const { parentPath, name } of await readdir(folder, { recursive: true, withFileTypes: true })) {
    // What git writes for itself when it is asked is no change of the folder.
    if (!`${parentPath}/`.includes('/.git/') && name !== '.git') await note(join(parentPath, name));
  }
  return found;
}

/** The paths that differ between two snapshots. */
export function changedPaths(before: Record<string, string>, after: Record<string, string>): string[] {
  const paths = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...paths].filter((path) => before[path] !== after[path]).sort();
}
