import { appError } from '#platform/errors/index.ts';
import { inspectImage, pullImage } from './commands/engine.ts';
import type { Engine } from './engine.ts';
import type { Images } from './site.ts';

const PULL_MS = 20 * 60_000;
const DIGEST = /@sha256:[0-9a-f]{64}$/;

/** Refuses references that may lead elsewhere tomorrow. Throws AppError `image-not-by-digest`. */
export function requireDigests({ image, webImage }: Images): void {
  const tag = [image, webImage].find((reference) => !DIGEST.test(reference));
  if (tag === undefined) return;
  throw appError('image-not-by-digest', 400, `${tag} doesn't say which image it is: a tag can move.`, {
    remedy:
      'Name it by digest (name@sha256:…, `docker buildx imagetools inspect` shows it), or add --allow-tags.',
  });
}

/** Brings the images here if they are not; returns what they are. Throws AppError `image-missing`. */
export async function bringImages(engine: Engine, { image, webImage }: Images): Promise<Images> {
  return { image: await bring(engine, image), webImage: await bring(engine, webImage) };
}

async function bring(engine: Engine, reference: string): Promise<string> {
  const present = await imageId(engine, reference);
  if (present !== undefined) return present;
  const { exitCode, stderr } = await engine.ask(pullImage(reference), { timeoutMs: PULL_MS, tries: 3 });
  const pulled = exitCode === 0 ? await imageId(engine, reference) : undefined;
  if (pulled !== undefined) return pulled;
  throw appError(
    'image-missing',
    424,
    `${reference} is not here and can't be pulled: ${stderr.trim().slice(-300)}`,
    {
      remedy: 'Sign in to its registry with `docker login`, or bring it here with `docker load`.',
    },
  );
}

/** What a reference leads to on this machine. */
export async function imageId(engine: Engine, reference: string): Promise<string | undefined> {
  const { exitCode, stdout } = await engine.ask(inspectImage(reference));
  return exitCode === 0 ? stdout.trim() : undefined;
}
