import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, appError, isFinal } from '#platform/errors/index.ts';

export interface OffSiteObject {
  /** SET/PATH, such as `20261126T020000Z-4f3a9c/manifest.json`. */
  readonly key: string;
  readonly size: number;
}

export interface OffSiteUpload extends OffSiteObject {
  /** Hexadecimal; what arrives is compared with it. */
  readonly sha256: string;
  /** Called again for every try. */
  open(): Readable;
}

/** A place of files elsewhere. Errors are AppErrors: below 500 trying again is of no use. */
export interface OffSiteStore {
  /** As a person knows it, without secrets. */
  readonly name: string;
  /** Resolves when the whole file is there under its key, and equal. */
  put(upload: OffSiteUpload, signal: AbortSignal): Promise<void>;
  get(key: string, signal: AbortSignal): Promise<Readable>;
  /** Everything whose key begins with `prefix`. */
  list(prefix: string, signal: AbortSignal): Promise<OffSiteObject[]>;
  /** Resolves with `locked` if the store does not let go of it yet. */
  remove(key: string, signal: AbortSignal): Promise<'removed' | 'locked'>;
  close(): void;
}

export interface Persistence {
  readonly attempts: number;
  readonly pauseMs: number;
}

/** Runs `work` until it works, can't, or has been tried often enough. */
export async function tryAgain<T>(
  work: () => Promise<T>,
  { attempts, pauseMs }: Persistence,
  signal: AbortSignal,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      if (isFinal(error) || attempt >= attempts) throw error;
      await sleep(pauseMs * 2 ** (attempt - 1), undefined, { signal });
    }
  }
}

/** What went wrong elsewhere, in a form that a person can act on. */
export function offSiteProblem(
  place: string,
  kind: 'unavailable' | 'denied' | 'missing' | 'damaged',
  cause?: unknown,
): AppError {
  if (cause instanceof AppError) return cause;
  const because = cause instanceof Error && cause.message ? ` (${cause.message.split('\n')[0]})` : '';
  const told = {
    unavailable: [
      503,
      'does not answer or breaks off',
      'It is tried again. Is it up, and reachable from here?',
    ],
    denied: [403, 'does not let us in', 'Check the access key, its rights and the owner of the folder.'],
    missing: [
      404,
      'is not there or has not what was asked for',
      'Check BACKUP_OFFSITE: bucket, folder, mount.',
    ],
    damaged: [
      422,
      'holds something else than what was put there',
      'Copy the set again and look into the store.',
    ],
  } as const;
  const [status, what, remedy] = told[kind];
  const options = cause === undefined ? { remedy } : { remedy, cause };
  return appError(`off-site-${kind}`, status, `${place} ${what}${because}.`, options);
}
