import { LRUCache } from 'lru-cache';
import type { Cache, CountRead } from './index.ts';

const MAX_ENTRIES = 500;
const DEFAULT_TTL_SECONDS = 300;

/** Keeps promises, so that who comes while a value is loaded waits for the same one. */
export function createLocalCache(count: CountRead): Cache {
  const values = new LRUCache<string, Promise<unknown>>({ max: MAX_ENTRIES });
  const generations = new Map<string, number>();

  return {
    read<T>(
      projectId: string,
      topic: string,
      key: string,
      load: () => Promise<T>,
      { ttlSeconds = DEFAULT_TTL_SECONDS } = {},
    ): Promise<T> {
      const name = `${projectId}:${topic}`;
      const slot = `${name}:${generations.get(name) ?? 0}:${key}`;
      const known = values.get(slot) as Promise<T> | undefined;
      count(topic, known ? 'hit' : 'miss');
      if (known) return known;
      const loading = load();
      values.set(slot, loading, { ttl: ttlSeconds * 1000 });
      loading.catch(() => values.delete(slot));
      return loading;
    },
    async invalidate(projectId, topic) {
      const name = `${projectId}:${topic}`;
      generations.set(name, (generations.get(name) ?? 0) + 1);
    },
  };
}
