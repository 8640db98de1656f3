import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '#platform/ids/index.ts';
import type { RedisLink } from '#platform/redis/index.ts';
import type { Logger } from '#platform/telemetry/index.ts';
import type { Cache, CachePlace, CountRead, ReadOptions } from './index.ts';

const DEFAULT_TTL_SECONDS = 60;
/** A version that nobody asked for in this time is forgotten; whoever asks next makes a new one. */
const VERSION_TTL_SECONDS = 86_400;
const LOCK_MS = 3000;
const LOOK_AGAIN_MS = 25;
const WAIT_FOR_OTHER_MS = 1000;

interface Entry {
  version: string;
  value: unknown;
}

/**
 * A cache that several processes share. Each project has a version, a random word that every invalidation
 * replaces; a value counts only with the version that it was loaded under, which was read before loading.
 * So what was loaded before a change is never served after it, and eviction of any key does no harm.
 */
export function createSharedCache(options: {
  link: RedisLink;
  prefix: string;
  log: Logger;
  count: CountRead;
}): Cache {
  const { link, prefix, log, count } = options;
  const flights = new Map<string, Promise<unknown>>();
  /** Projects that were changed while Redis was away; nothing is read from it for them until it knows. */
  const untold = new Set<string>();

  const tell = async (project: string): Promise<void> => {
    untold.add(project);
    await link.run((client) => client.set(`${project}:version`, newId(), { EX: VERSION_TTL_SECONDS }));
    untold.delete(project);
  };
  link.onConnected(() => {
    for (const project of untold) {
      tell(project).catch((error: unknown) => log.warn({ err: error }, 'cache invalidation still waits'));
    }
  });

  return {
    async read<T>(
      { projectId, answer, key }: CachePlace,
      load: () => Promise<T>,
      { ttlSeconds = DEFAULT_TTL_SECONDS }: ReadOptions = {},
    ): Promise<T> {
      const project = `${prefix}${projectId}`;
      const slot = `${project}:${answer}:${key}`;
      if (untold.has(project)) await tell(project).catch(() => undefined);
      const found = untold.has(project) ? undefined : await look(link, project, slot).catch(() => undefined);
      if (!found) {
        count(answer, 'bypass');
        return load();
      }
      count(answer, found.entry ? 'hit' : 'miss');
      if (found.entry) return found.entry.value as T;
      const flight = `${slot}:${found.version}`;
      const running = flights.get(flight) as Promise<T> | undefined;
      if (running) return running;
      const loading = loadOnce(link, { slot, version: found.version, ttlSeconds }, load).finally(() =>
        flights.delete(flight),
      );
      flights.set(flight, loading);
      return loading;
    },
    async invalidate(projectId) {
      await tell(`${prefix}${projectId}`).catch((error: unknown) =>
        log.debug({ err: error }, 'cache invalidation waits for Redis'),
      );
    },
  };
}

/** The project's version now, and the entry that has it. */
async function look(
  link: RedisLink,
  project: string,
  slot: string,
): Promise<{ version: string; entry: Entry | undefined }> {
  const [version, text] = await link.run((client) => client.mGet([`${project}:version`, slot]));
  if (version != null) {
    const entry = text == null ? undefined : (JSON.parse(text) as Entry);
    return { version, entry: entry?.version === version ? entry : undefined };
  }
  const made = newId();
  const existing = await link.run((client) =>
    client.set(`${project}:version`, made, { condition: 'NX', GET: true, EX: VERSION_TTL_SECONDS }),
  );
  return { version: existing ?? made, entry: undefined };
}

interface Place {
  slot: string;
  version: string;
  ttlSeconds: number;
}

/** One process loads; the others look for its result for a moment before they load themselves. */
async function loadOnce<T>(link: RedisLink, place: Place, load: () => Promise<T>): Promise<T> {
  const lock = `${place.slot}:loading:${place.version}`;
  const first = await link
    .run((client) => client.set(lock, '1', { condition: 'NX', PX: LOCK_MS }))
    .catch(() => 'OK');
  if (first === null) {
    const other = await waitForOther(link, place);
    if (other) return other.value as T;
  }
  const value = await load();
  const text = JSON.stringify({ version: place.version, value } satisfies Entry);
  await link
    .run((client) => client.multi().set(place.slot, text, { EX: place.ttlSeconds }).del(lock).exec())
    .catch(() => undefined);
  return value;
}

async function waitForOther(link: RedisLink, place: Place): Promise<Entry | undefined> {
  for (const end = Date.now() + WAIT_FOR_OTHER_MS; Date.now() < end; ) {
    await sleep(LOOK_AGAIN_MS);
    const text = await link.run((client) => client.get(place.slot)).catch(() => null);
    const entry = text === null ? undefined : (JSON.parse(text) as Entry);
    if (entry?.version === place.version) return entry;
  }
  return undefined;
}
