import { LRUCache } from 'lru-cache';
import type { Logger } from '#platform/telemetry/index.ts';
import type { Limit, LimitResult, RateLimits } from './limit.ts';

/** Decides at once, without asking anybody, and settles its count with the other processes now and then. */
export interface BatchedLimit {
  consume(key: string): LimitResult;
}

const MAX_KEYS = 20_000;
/** A process settles after this share of the limit, so that several together go beyond it by a few such shares. */
const SETTLE_SHARE = 0.05;

interface Count {
  /** Uses that the others don't know of yet. */
  pending: number;
  /** What was left for all of us when we last settled. */
  remaining: number;
  resetAt: number;
  settling: boolean;
}

/** For limits that stand in the way of every request: the exact count isn't worth a round trip for each. */
export function createBatchedLimit(options: {
  rateLimits: RateLimits;
  bucket: string;
  limit: Limit;
  log: Logger;
}): BatchedLimit {
  const { rateLimits, bucket, limit, log } = options;
  const counts = new LRUCache<string, Count>({ max: MAX_KEYS });
  const batch = Math.max(1, Math.floor(limit.points * SETTLE_SHARE));

  async function settle(key: string, count: Count): Promise<void> {
    const points = count.pending;
    count.settling = true;
    try {
      const shared = await rateLimits.consume(bucket, key, limit, points);
      count.pending -= points;
      count.remaining = shared.allowed ? shared.remaining : 0;
      count.resetAt = Date.now() + shared.resetSeconds * 1000;
    } catch (error) {
      log.debug({ err: error, bucket }, 'rate limit not settled');
    } finally {
      count.settling = false;
    }
  }

  return {
    consume(key) {
      const now = Date.now();
      let count = counts.get(key);
      if (!count || now >= count.resetAt) {
        count = { pending: 0, remaining: limit.points, resetAt: now + limit.seconds * 1000, settling: false };
        counts.set(key, count);
      }
      const left = count.remaining - count.pending;
      // Who is refused is not counted on, or waiting would never end for who keeps asking.
      if (left > 0) {
        count.pending += 1;
        if (!count.settling && (count.pending === 1 || count.pending >= batch)) void settle(key, count);
      }
      return {
        allowed: left > 0,
        limit: limit.points,
        remaining: Math.max(0, left - 1),
        resetSeconds: Math.max(1, Math.ceil((count.resetAt - now) / 1000)),
      };
    },
  };
}
