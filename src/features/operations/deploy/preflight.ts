import { statfs } from 'node:fs/promises';
import semver from 'semver';
import { appError } from '#platform/errors/index.ts';
import { composeVersion, engineFolder } from './commands/engine.ts';
import { listRelease } from './containers.ts';
import { edgeContainer } from './edge.ts';
import type { Engine } from './engine.ts';
import type { Release, State } from './journal.ts';
import type { Site } from './site.ts';

const COMPOSE_MINIMUM = '2.24.0';
const FREE_BYTES_WANTED = 1024 ** 3;

/** Docker answers, and knows what the compose files say. */
export async function requireEngine(engine: Engine): Promise<void> {
  const { exitCode, stdout: folder, stderr } = await engine.ask(engineFolder(), { timeoutMs: 20_000 });
  if (exitCode !== 0) {
    throw appError('engine-silent', 424, `Docker does not answer: ${stderr.trim().split('\n').at(-1)}`, {
      remedy: 'Start it, and see that you may use it: `docker info`.',
    });
  }
  const compose = await engine.ask(composeVersion());
  const version = semver.coerce(compose.stdout)?.version;
  if (compose.exitCode !== 0 || version === undefined || semver.lt(version, COMPOSE_MINIMUM)) {
    throw appError(
      'compose-too-old',
      424,
      `Docker Compose is ${version ?? 'missing'}; a deploy needs ${COMPOSE_MINIMUM}.`,
      {
        remedy: 'Install the plugin docker-compose-plugin.',
      },
    );
  }
  await requireSpace(folder.trim());
}

async function requireSpace(folder: string): Promise<void> {
  // An engine on another machine keeps its images there.
  const found = await statfs(folder).catch(() => undefined);
  if (!found || found.bavail * found.bsize >= FREE_BYTES_WANTED) return;
  const megabytes = Math.round((found.bavail * found.bsize) / 1024 ** 2);
  throw appError(
    'disk-full',
    424,
    `Only ${megabytes} MB are free in ${folder}, where Docker keeps its images.`,
    {
      remedy: 'Remove what nobody needs: `docker image prune` shows and removes it.',
    },
  );
}

export interface Serving {
  /** The release that people work with; null if none was deployed yet, or all of it was stopped. */
  release: Release | null;
  notes: string[];
}

/**
 * Who serves now. Throws AppError `edge-stopped` if a release was deployed and the edge doesn't run. That the release
 * is not well is a note only, because what is deployed may be what mends it.
 */
export async function findServing(engine: Engine, site: Site, { current }: State): Promise<Serving> {
  if (!current) return { release: null, notes: [] };
  const containers = await listRelease(engine, site, current.colour);
  const api = containers.filter(({ service }) => service === 'api');
  const runs = api.some(({ state }) => state === 'running' || state === 'restarting');
  if (!runs) return { release: null, notes: [`${current.name} does not run.`] };
  if ((await edgeContainer(engine, site)) === undefined) {
    throw appError('edge-stopped', 409, 'The edge does not run, so nobody reaches the release that serves.', {
      remedy: `Look why (\`docker compose logs edge\` in ${site.directory}) and start it: \`docker compose up -d --no-deps edge\`.`,
    });
  }
  const unwell = containers.find(({ state, health }) => state === 'running' && health === 'unhealthy');
  return { release: current, notes: unwell ? [`${unwell.name} of ${current.name} is not healthy.`] : [] };
}
