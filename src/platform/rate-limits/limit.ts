export interface Limit {
  points: number;
  seconds: number;
}

export interface LimitResult {
  allowed: boolean;
  limit: number;
  remaining: number;
  /** Until the limit is whole again. */
  resetSeconds: number;
}

/** How often something may be done: counted by all processes together, or by each for itself without Redis. */
export interface RateLimits {
  /** `uses`: how many are counted at once; 1 if not given. */
  consume(bucket: string, key: string, limit: Limit, uses?: number): Promise<LimitResult>;
}
