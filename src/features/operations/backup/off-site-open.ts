import type { Config } from '#platform/config/index.ts';
import { appError } from '#platform/errors/index.ts';
import { openFolderStore } from './folder-store.ts';
import { type OffSiteStore, type Persistence, tryAgain } from './off-site.ts';
import { readS3Options } from './s3-options.ts';

const PERSISTENCE: Persistence = { attempts: 4, pauseMs: 2000 };

/** The place that BACKUP_OFFSITE names; undefined if there is none. */
export async function openOffSite(
  config: Config,
  persistence: Persistence = PERSISTENCE,
): Promise<OffSiteStore | undefined> {
  const { backupOffSite } = config;
  if (backupOffSite === undefined) return undefined;
  const silenceMs = config.backupOffSiteTimeoutSeconds * 1000;
  if (!backupOffSite.startsWith('s3://')) {
    return persistent(openFolderStore(backupOffSite, { silenceMs }), persistence);
  }
  // The client is large and needed by few.
  const { openS3Store } = await import('./s3-store.ts');
  return persistent(await openS3Store({ ...readS3Options(config, backupOffSite), silenceMs }), persistence);
}

/** The same store, which tries again what may work the next time, with growing pauses. */
function persistent(store: OffSiteStore, persistence: Persistence): OffSiteStore {
  const trying = <T>(signal: AbortSignal, work: () => Promise<T>) => tryAgain(work, persistence, signal);
  return {
    name: store.name,
    put: (upload, signal) => trying(signal, () => store.put(upload, signal)),
    get: (key, signal) => trying(signal, () => store.get(key, signal)),
    list: (prefix, signal) => trying(signal, () => store.list(prefix, signal)),
    remove: (key, signal) => trying(signal, () => store.remove(key, signal)),
    close: () => store.close(),
  };
}

/** Runs `work` on the place that BACKUP_OFFSITE names, and lets go of it. Throws AppError if there is none. */
export async function withOffSite<T>(config: Config, work: (store: OffSiteStore) => Promise<T>): Promise<T> {
  const store = await openOffSite(config);
  if (!store) {
    throw appError('config-invalid', 409, 'BACKUP_OFFSITE names no place for copies.', {
      remedy: 'Set it to s3://bucket/prefix, or to the path of a mounted folder.',
    });
  }
  try {
    return await work(store);
  } finally {
    store.close();
  }
}
