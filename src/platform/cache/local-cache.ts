import { LRUCache } from 'lru-cache';
import type { Cache, CachePlace, CountRead, ReadOptions } from './cache.ts';

const MAX_ENTRIES = 500;
const DEFAULT_TTL_SECONDS = 300;

/** Keeps promises, so that who comes while a value is loaded waits for the same one. */
export function createLocalCache(count: CountRead): Cache {
  const values = new LRUCache<string, Promise<unknown>>({ max: MAX_ENTRIES });
  const generations = new Map<string, number>();

  return {
    read<T>(
      { projectId, answer, key }: CachePlace,
      load: () => Promise<T>,
      { ttlSeconds = DEFAULT_TTL_SECONDS }: ReadOptions = {},
    ): Promise<T> {
      const slot = `${projectId}:${generations.get(projectId) ?? 0}:${answer}:${key}`;
      const known = values.get(slot) as Promise<T> | undefined;
      count(answer, known ? 'hit' : 'miss');
      if (known) return known;
      const loading = load();
      values.set(slot, loading, { ttl: ttlSeconds * 1000 });
      loading.catch(() => values.delete(slot));
      return loading;
    },
    async invalidate(projectId) {
      generations.set(projectId, (generations.get(projectId) ?? 0) + 1);
    },
  };
}
