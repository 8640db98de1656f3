import type { Colour, Site } from '../site.ts';

const DATA_SERVICES = ['postgres', 'redis'] as const;

const EDGE_CONFIGURATION = '/etc/nginx/commandcenter/nginx.conf';

// What `docker compose … --wait` may take; the runner's own limit is a little longer.
export const WAIT_SECONDS = 180;

/** `docker compose` in the installation's own project: data services and edge. */
function inInstallation(site: Site, ...words: string[]): string[] {
  return compose(site, site.project, ['.env'], site.composeFiles, words);
}

/** `docker compose` in the project of a colour, with the images that its release has. */
function inRelease(site: Site, colour: Colour, ...words: string[]): string[] {
  const files = [...site.composeFiles, 'docker-compose.release.yml'];
  return compose(site, releaseProject(site, colour), ['.env', releaseEnvFile(colour)], files, words);
}

export function releaseProject(site: Site, colour: Colour): string {
  return `${site.project}-${colour}`;
}

/** Where the images of a colour are written down for Compose, below the production folder. */
export function releaseEnvFile(colour: Colour): string {
  return `deployments/${colour}.env`;
}

export function startData(site: Site): string[] {
  const wait = ['--wait', '--wait-timeout', String(WAIT_SECONDS)];
  return inInstallation(site, 'up', '--detach', '--no-recreate', ...wait, ...DATA_SERVICES);
}

/** Makes the networks and volumes that releases share, without starting anything; what is there stays. */
export function makeShared(site: Site): string[] {
  return inInstallation(site, 'up', '--no-start', '--no-recreate', '--no-deps', '--no-build', 'api', 'edge');
}

/** The container that `makeShared` needed for it; one that runs stays. */
export function removeUnstarted(site: Site): string[] {
  return inInstallation(site, 'rm', '--force', 'api');
}

export function startEdge(site: Site): string[] {
  const wait = ['--wait', '--wait-timeout', String(WAIT_SECONDS)];
  return inInstallation(site, 'up', '--detach', '--no-recreate', '--no-deps', ...wait, 'edge');
}

export function stopEdge(site: Site): string[] {
  return inInstallation(site, 'stop', 'edge');
}

export function findEdge(site: Site): string[] {
  return inInstallation(site, 'ps', '--status', 'running', '--quiet', 'edge');
}

export function testEdge(site: Site): string[] {
  return inInstallation(site, 'exec', '-T', 'edge', 'nginx', '-t', '-c', EDGE_CONFIGURATION);
}

export function reloadEdge(site: Site): string[] {
  return inInstallation(site, 'kill', '--signal', 'HUP', 'edge');
}

/** Where the images are written down that are looked at before they belong to a colour. */
export const NEXT_ENV_FILE = 'deployments/next.env';

/** The one-shot of the installation in the images of NEXT_ENV_FILE; `words` replace what it does. */
export function runMigrate(site: Site, ...words: string[]): string[] {
  const once = ['run', '--rm', '--no-deps', '--no-TTY', 'migrate', ...words];
  return compose(site, site.project, ['.env', NEXT_ENV_FILE], site.composeFiles, once);
}

/** One-shots that a deployer has left when it was killed. */
export function findMigrations(site: Site): string[] {
  const labels = { project: site.project, service: 'migrate', oneoff: 'True' };
  const filters = Object.entries(labels).flatMap(([name, value]) => [
    '--filter',
    `label=com.docker.compose.${name}=${value}`,
  ]);
  return ['ps', '--all', '--quiet', '--no-trunc', ...filters];
}

export function startRelease(site: Site, colour: Colour, services: readonly string[]): string[] {
  const asItIs = ['--no-deps', '--no-build', '--pull', 'never'];
  return inRelease(site, colour, 'up', '--detach', ...asItIs, ...services);
}

/** What serves stops within its own grace period. */
export function stopRelease(site: Site, colour: Colour, services: readonly string[]): string[] {
  return inRelease(site, colour, 'stop', ...services);
}

/** Its networks and volumes are those of the installation and stay. */
export function removeRelease(site: Site, colour: Colour): string[] {
  return inRelease(site, colour, 'down', '--remove-orphans');
}

export function findRelease(site: Site, colour: Colour): string[] {
  const label = `label=com.docker.compose.project=${releaseProject(site, colour)}`;
  return ['ps', '--all', '--quiet', '--no-trunc', '--filter', label];
}

function compose(
  site: Site,
  project: string,
  envFiles: readonly string[],
  files: readonly string[],
  words: readonly string[],
): string[] {
  return [
    'compose',
    '--project-directory',
    site.directory,
    '--project-name',
    project,
    ...envFiles.flatMap((file) => ['--env-file', file]),
    ...files.flatMap((file) => ['--file', file]),
    ...words,
  ];
}
