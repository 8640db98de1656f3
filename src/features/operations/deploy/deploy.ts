import { randomBytes } from 'node:crypto';
import { findLockHolder } from '#platform/database/index.ts';
import { appError } from '#platform/errors/index.ts';
import { listRelease } from './containers.ts';
import { createEngine, type Engine } from './engine.ts';
import { bringImages, imageId, requireDigests } from './images.ts';
import {
  type HistoryEntry,
  type Operation,
  type OperationOptions,
  type Release,
  readState,
  type State,
  writeState,
} from './journal.ts';
import { whileLocked } from './lock.ts';
import { askPlan, requireCompatible, requireReachable } from './migration-plan.ts';
import { type OperationResult, operate, type Progress } from './operate.ts';
import { findServing, requireEngine } from './preflight.ts';
import { type Colour, type Images, readSite, type Site } from './site.ts';

export interface DeployOptions extends Partial<OperationOptions> {
  /** What `.env` names, if not given. */
  image?: string | undefined;
  webImage?: string | undefined;
  /** Takes references that are no digests. */
  allowTags?: boolean | undefined;
}

const READY_SECONDS = 180;
// Longer than worker_shutdown_timeout of the edge.
const DRAIN_SECONDS = 70;

/**
 * Replaces the release that serves by another one, and keeps it for a rollback. What is wrong is found before anything
 * is changed, if it can be; what fails later is taken back.
 */
export async function deploy(
  directory: string,
  options: DeployOptions,
  progress: Progress,
): Promise<OperationResult> {
  const site = await readSite(directory);
  return whileLocked(site, async () => {
    const engine = createEngine(site.directory);
    const state = await readState(site);
    refuseUnfinished(state);
    const images = imagesOf(site, options);
    if (!options.allowTags) requireDigests(images);
    await requireEngine(engine);
    const imageIds = await bringImages(engine, images);
    const release = newRelease(await takenColour(engine, site, state), images, imageIds);
    const serving = await findServing(engine, site, state);
    for (const note of serving.notes) progress.say(note);
    // Before the first release there is no database to ask, and nobody who could not live with what it gets.
    if (state.current) requireCompatible(site, await askPlan(engine, site, release), serving.release);
    return begin({ site, engine, state }, { kind: 'deploy', release }, options, progress);
  });
}

/** Goes back to the release before, which is kept. A second one comes back to where the first one began. */
export async function rollback(
  directory: string,
  options: Partial<OperationOptions>,
  progress: Progress,
): Promise<OperationResult> {
  const site = await readSite(directory);
  return whileLocked(site, async () => {
    const engine = createEngine(site.directory);
    const state = await readState(site);
    refuseUnfinished(state);
    const { kept } = state;
    if (!kept) {
      throw appError('nothing-kept', 409, 'There is no release before the one that serves.', {
        remedy: 'Deploy the images that you want: `commandcenter deploy`.',
      });
    }
    await requireEngine(engine);
    await requireUnmoved(engine, kept);
    const serving = await findServing(engine, site, state);
    for (const note of serving.notes) progress.say(note);
    requireReachable(await askPlan(engine, site, kept), kept);
    return begin({ site, engine, state }, { kind: 'rollback', release: kept }, options, progress);
  });
}

/** Goes on with what a process has begun that was killed, or takes it back if it had failed. */
export async function resume(directory: string, progress: Progress): Promise<OperationResult | null> {
  const site = await readSite(directory);
  return whileLocked(site, async () => {
    const engine = createEngine(site.directory);
    const state = await readState(site);
    const { operation } = state;
    if (!operation) return null;
    await requireEngine(engine);
    return operate({ site, engine, state, operation, say: progress.say }, progress);
  });
}

export interface DeployStatus {
  current: Release | null;
  kept: Release | null;
  operation: Operation | null;
  /** The process that is at it now. */
  deployer: number | null;
  containers: { name: string; colour: Colour; service: string; state: string; health: string | null }[];
  history: HistoryEntry[];
}

const HISTORY_SHOWN = 10;

export async function deployStatus(directory: string): Promise<DeployStatus> {
  const site = await readSite(directory);
  const engine = createEngine(site.directory);
  const { current, kept, operation, history } = await readState(site);
  const holder = await findLockHolder(`${site.directory}/deployments`);
  const containers: DeployStatus['containers'] = [];
  for (const colour of ['blue', 'green'] as const) {
    for (const { name, service, state, health } of await listRelease(engine, site, colour)) {
      containers.push({ name, colour, service, state, health: state === 'running' ? health : null });
    }
  }
  return {
    current,
    kept,
    operation,
    deployer: holder?.pid ?? null,
    containers,
    history: history.slice(0, HISTORY_SHOWN),
  };
}

async function begin(
  { site, engine, state }: { site: Site; engine: Engine; state: State },
  { kind, release }: Pick<Operation, 'kind' | 'release'>,
  { readySeconds = READY_SECONDS, drainSeconds = DRAIN_SECONDS }: Partial<OperationOptions>,
  progress: Progress,
): Promise<OperationResult> {
  const operation: Operation = {
    kind,
    release,
    options: { readySeconds, drainSeconds },
    step: kind === 'deploy' ? 'data' : 'start',
    startedAt: new Date().toISOString(),
  };
  state.operation = operation;
  await writeState(site, state);
  return operate({ site, engine, state, operation, say: progress.say }, progress);
}

function refuseUnfinished({ operation }: State): void {
  if (!operation) return;
  const { kind, release, step } = operation;
  throw appError('deploy-unfinished', 409, `A ${kind} of ${release.name} stands at "${step}".`, {
    remedy: 'Finish it first: `commandcenter deploy DIR --resume`.',
  });
}

function imagesOf(site: Site, { image, webImage }: DeployOptions): Images {
  const images = { ...site.images, ...(image ? { image } : {}), ...(webImage ? { webImage } : {}) };
  if (images.image && images.webImage) return { image: images.image, webImage: images.webImage };
  throw appError('image-not-named', 400, 'It is not said which images to deploy.', {
    remedy: 'Give --image and --web-image, or name them in .env.',
  });
}

/** The colour that serves, also where nobody has written it down. */
async function takenColour(engine: Engine, site: Site, { current }: State): Promise<Colour> {
  if (current) return current.colour;
  const blue = await listRelease(engine, site, 'blue');
  return blue.some(({ state }) => state === 'running') ? 'blue' : 'green';
}

function newRelease(taken: Colour, images: Images, imageIds: Images): Release {
  const now = new Date();
  const time = now.toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
  return {
    // Two in one second differ too.
    name: `${time}-${randomBytes(2).toString('hex')}`,
    colour: taken === 'blue' ? 'green' : 'blue',
    ...images,
    imageIds,
    deployedAt: now.toISOString(),
  };
}

/** A tag that was moved since is another release than the one that was kept. */
async function requireUnmoved(engine: Engine, kept: Release): Promise<void> {
  await bringImages(engine, kept);
  for (const part of ['image', 'webImage'] as const) {
    if ((await imageId(engine, kept[part])) === kept.imageIds[part]) continue;
    throw appError(
      'image-moved',
      409,
      `${kept[part]} is no longer the image that ${kept.name} was made of.`,
      {
        remedy: 'Deploy the image that you want by its digest.',
      },
    );
  }
}
