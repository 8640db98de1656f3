import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { appError } from '#platform/errors/index.ts';
import { parseEnvironment } from '../environment/env-file.ts';

export type Colour = 'blue' | 'green';

export interface Images {
  image: string;
  webImage: string;
}

/** An installation as its production folder describes it. */
export interface Site {
  directory: string;
  /** The Compose project of data services and edge; those of the releases are named after it. */
  project: string;
  /** In the order in which Compose merges them. */
  composeFiles: readonly string[];
  /** The host, and the port if it is not that of HTTPS, by which people reach it. */
  publicHost: string;
  /** What `.env` names. */
  images: Partial<Images>;
  /** Whether the edge speaks TLS itself. */
  tls: boolean;
}

const NEEDED = ['docker-compose.yml', 'docker-compose.release.yml'];

/** Reads a production folder. Throws AppError `no-installation` for what is none. */
export async function readSite(path: string): Promise<Site> {
  const directory = resolve(path);
  const environment = await readFile(join(directory, '.env'), 'utf8').catch(() => undefined);
  if (environment === undefined) throw noInstallation(directory, '.env');
  const variables = parseEnvironment(environment);
  for (const name of NEEDED)
    if (!(await isThere(join(directory, name)))) throw noInstallation(directory, name);
  const project = variables['COMPOSE_PROJECT_NAME'];
  if (!project) {
    throw appError('config-invalid', 500, `COMPOSE_PROJECT_NAME is missing in ${join(directory, '.env')}.`, {
      remedy: 'Name the installation there, such as COMPOSE_PROJECT_NAME=commandcenter.',
    });
  }
  const production = (await isThere(join(directory, 'docker-compose.prod.yml')))
    ? ['docker-compose.prod.yml']
    : [];
  const given = variables['COMPOSE_FILE']?.split(':').filter(Boolean);
  const nginx = await readFile(join(directory, 'edge/nginx.conf'), 'utf8').catch(() => '');
  const { COMMANDCENTER_IMAGE: image, COMMANDCENTER_WEB_IMAGE: webImage } = variables;
  return {
    directory,
    project,
    composeFiles: given ?? ['docker-compose.yml', ...production],
    publicHost: URL.parse(variables['PUBLIC_URL'] ?? '')?.host ?? 'localhost',
    images: { ...(image ? { image } : {}), ...(webImage ? { webImage } : {}) },
    tls: /^\s*ssl_certificate\s/m.test(nginx),
  };
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function noInstallation(directory: string, name: string): Error {
  return appError('no-installation', 404, `${directory} is no production folder: ${name} is missing.`, {
    remedy: 'Make one with `commandcenter init`.',
  });
}
