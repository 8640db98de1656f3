import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '#platform/ids/index.ts';
import type { RedisLink } from '#platform/redis/index.ts';
import type { Logger } from '#platform/telemetry/index.ts';
import type { Cache, CountRead } from './index.ts';

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
 * A cache that several processes share. Each topic has a version, a random word that every invalidation
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
  /** Topics that were changed while Redis was away; nothing is read from it for them until it knows. */
  const untold = new Set<string>();

  const tell = async (topic: string): Promise<void> => {
    untold.add(topic);
    await link.run((client) => client.set(`${topic}:version`, newId(), { EX: VERSION_TTL_SECONDS }));
    untold.delete(topic);
  };
  link.onConnected(() => {
    for (const topic of untold) {
      tell(topic).catch((error: unknown) => log.warn({ err: error }, 'cache invalidation still waits'));
    }
  });

  return {
    async read<T>(
      projectId: string,
      topicName: string,
      key: string,
      load: () => Promise<T>,
      { ttlSeconds = DEFAULT_TTL_SECONDS } = {},
    ): Promise<T> {
      const topic = `${prefix}${projectId}:${topicName}`;
      const slot = `${topic}:${key}`;
      if (untold.has(topic)) await tell(topic).catch(() => undefined);
      const found = untold.has(topic) ? undefined : await look(link, topic, slot).catch(() => undefined);
      if (!found) {
        count(topicName, 'bypass');
        return load();
      }
      count(topicName, found.entry ? 'hit' : 'miss');
      if (found.entry) return found.entry.value as T;
      const flight = `${slot}:${found.version}`;
      const running = flights.get(flight) as Promise<T> | undefined;
      if (running) return running;
      const place = { topic, slot, version: found.version, ttlSeconds };
      const loading = loadOnce(link, place, load).finally(() => flights.delete(flight));
      flights.set(flight, loading);
      return loading;
    },
    async invalidate(projectId, topicName) {
      await tell(`${prefix}${projectId}:${topicName}`).catch((error: unknown) =>
        log.debug({ err: error }, 'cache invalidation waits for Redis'),
      );
    },
  };
}

/** The topic's version now, and the entry that has it. */
async function look(
  link: RedisLink,
  topic: string,
  slot: string,
): Promise<{ version: string; entry: Entry | undefined }> {
  const [version, text] = await link.run((client) => client.mGet([`${topic}:version`, slot]));
  if (version != null) {
    const entry = text == null ? undefined : (JSON.parse(text) as Entry);
    return { version, entry: entry?.version === version ? entry : undefined };
  }
  const made = newId();
  const existing = await link.run((client) =>
    client.set(`${topic}:version`, made, { condition: 'NX', GET: true, EX: VERSION_TTL_SECONDS }),
  );
  return { version: existing ?? made, entry: undefined };
}

interface Place {
  topic: string;
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
