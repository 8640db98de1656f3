import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { newId } from '#platform/ids/index.ts';
import type { RedisLink } from '#platform/redis/index.ts';
import type { Logger } from '#platform/telemetry/index.ts';
import type { Cache, CountRead } from './cache.ts';

const DEFAULT_TTL_SECONDS = 60;
/** A version that nobody asked for in this time is forgotten; whoever asks next makes a new one. */
const VERSION_TTL_SECONDS = 86_400;
const LOCK_MS = 3000;
const LOOK_AGAIN_MS = 25;
const WAIT_FOR_OTHER_MS = 1000;

const MOST_REMEMBERED_BYTES = 16 * 1024 * 1024;

interface Entry {
  version: string;
  value: unknown;
}

/** An entry as this process remembers it, and how much it is, written out. */
interface Remembered extends Entry {
  length: number;
}

/** A load that is under way, and the one that begins after it for whoever came since something changed. */
interface Loading {
  version: string;
  result: Promise<unknown>;
  next?: Promise<unknown>;
}

/**
 * A cache that several processes share. Each project has a version, a random word that every invalidation
 * replaces; a value counts only with the version that it was loaded under, which was read before loading.
 * So what was loaded before a change is never served after it, and eviction of any key does no harm.
 *
 * Each process also remembers what it has loaded or fetched, so that of an entry which still counts only the version
 * crosses the network. And it loads an answer once at a time: who comes after a change waits for the load that is
 * under way and then for one that all of them share, or changes that come faster than an answer is made would have it
 * made many times at once.
 */
export function createSharedCache(options: {
  link: RedisLink;
  prefix: string;
  log: Logger;
  count: CountRead;
}): Cache {
  const { link, prefix, log, count } = options;
  const loads = new Map<string, Loading>();
  const memory = new LRUCache<string, Remembered>({
    maxSize: MOST_REMEMBERED_BYTES,
    sizeCalculation: ({ length }, slot) => length + slot.length,
  });
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

  /** The project's version now, and the entry that has it. */
  const look = async (project: string, slot: string): Promise<{ version: string; entry?: Entry }> => {
    const known = memory.get(slot);
    const [version, text] = await link.run((client) =>
      // What is remembered need not be sent again to see whether it still counts.
      client.mGet(known ? [`${project}:version`] : [`${project}:version`, slot]),
    );
    if (version == null) return { version: await beginVersion(link, project) };
    if (known?.version === version) return { version, entry: known };
    const found = known ? await link.run((client) => client.get(slot)) : text;
    const entry = found == null ? undefined : readEntry(found);
    if (entry) memory.set(slot, entry);
    return entry?.version === version ? { version, entry } : { version };
  };

  const loadNow = <T>(place: Place, load: () => Promise<T>): Promise<T> => {
    const result = loadOnce(link, place, load)
      .then(({ value, length }) => {
        memory.set(place.slot, { version: place.version, value, length });
        return value as T;
      })
      .finally(() => loads.delete(place.slot));
    loads.set(place.slot, { version: place.version, result });
    return result;
  };

  const read = async <T>(
    place: Omit<Place, 'version'>,
    answer: string,
    load: () => Promise<T>,
  ): Promise<T> => {
    const { slot, project } = place;
    if (untold.has(project)) await tell(project).catch(() => undefined);
    const found = untold.has(project) ? undefined : await look(project, slot).catch(() => undefined);
    if (!found) {
      count(answer, 'bypass');
      return load();
    }
    if (found.entry) {
      count(answer, 'hit');
      return found.entry.value as T;
    }
    const before = loads.get(slot);
    if (before && before.version !== found.version) {
      before.next ??= before.result.catch(() => undefined).then(() => read(place, answer, load));
      return before.next as Promise<T>;
    }
    count(answer, 'miss');
    return before ? (before.result as Promise<T>) : loadNow({ ...place, version: found.version }, load);
  };

  return {
    read: ({ projectId, answer, key }, load, { ttlSeconds = DEFAULT_TTL_SECONDS } = {}) => {
      const project = `${prefix}${projectId}`;
      return read({ project, slot: `${project}:${answer}:${key}`, ttlSeconds }, answer, load);
    },
    async invalidate(projectId) {
      await tell(`${prefix}${projectId}`).catch((error: unknown) =>
        log.debug({ err: error }, 'cache invalidation waits for Redis'),
      );
    },
  };
}

function readEntry(text: string): Remembered {
  return { ...(JSON.parse(text) as Entry), length: text.length };
}

/** A version for a project that has none, or the one that another process has begun meanwhile. */
async function beginVersion(link: RedisLink, project: string): Promise<string> {
  const made = newId();
  const existing = await link.run((client) =>
    client.set(`${project}:version`, made, { condition: 'NX', GET: true, EX: VERSION_TTL_SECONDS }),
  );
  return existing ?? made;
}

interface Place {
  project: string;
  slot: string;
  version: string;
  ttlSeconds: number;
}

/** One process loads; the others look for its result for a moment before they load themselves. */
async function loadOnce(
  link: RedisLink,
  place: Place,
  load: () => Promise<unknown>,
): Promise<Omit<Remembered, 'version'>> {
  const lock = `${place.slot}:loading:${place.version}`;
  const first = await link
    .run((client) => client.set(lock, '1', { condition: 'NX', PX: LOCK_MS }))
    .catch(() => 'OK');
  if (first === null) {
    const other = await waitForOther(link, place);
    if (other) return other;
  }
  const value = await load();
  const text = JSON.stringify({ version: place.version, value } satisfies Entry);
  await link
    .run((client) => client.multi().set(place.slot, text, { EX: place.ttlSeconds }).del(lock).exec())
    .catch(() => undefined);
  return { value, length: text.length };
}

async function waitForOther(link: RedisLink, place: Place): Promise<Remembered | undefined> {
  for (const end = Date.now() + WAIT_FOR_OTHER_MS; Date.now() < end; ) {
    await sleep(LOOK_AGAIN_MS);
    const text = await link.run((client) => client.get(place.slot)).catch(() => null);
    const entry = text === null ? undefined : readEntry(text);
    if (entry?.version === place.version) return entry;
  }
  return undefined;
}
