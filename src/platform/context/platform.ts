import type { Cache } from '#platform/cache/index.ts';
import type { Clock } from '#platform/clock/index.ts';
import type { Config } from '#platform/config/index.ts';
import type { Database } from '#platform/database/index.ts';
import type { Events } from '#platform/events/index.ts';
import type { Files } from '#platform/files/index.ts';
import type { Health } from '#platform/health/index.ts';
import type { HttpClient } from '#platform/http-client/index.ts';
import type { Jobs } from '#platform/jobs/kind.ts';
import type { Models } from '#platform/models/index.ts';
import type { RateLimits } from '#platform/rate-limits/index.ts';
import type { RedisConnections } from '#platform/redis/index.ts';
import type { RetrievalIndex } from '#platform/retrieval-index/index.ts';
import type { Secrets } from '#platform/secrets/index.ts';
import type { Logger, Metrics } from '#platform/telemetry/index.ts';

export type Role = 'owner' | 'editor' | 'viewer';

/** Who acts. `system` is the product itself, in schedules and in what events start. */
export interface Actor {
  kind: 'user' | 'token' | 'system';
  id: string;
  name: string;
  /** Where the request came from. */
  address?: string;
}

export const systemActor: Actor = { kind: 'system', id: 'system', name: 'CommandCenter' };

/** Everything that features stand on; made once at start. */
export interface Platform {
  config: Config;
  log: Logger;
  /** What Prometheus reads: counts and times. */
  metrics: Metrics;
  clock: Clock;
  database: Database;
  health: Health;
  redis: RedisConnections;
  cache: Cache;
  events: Events;
  rateLimits: RateLimits;
  /** Aborts when the process is told to stop: streams end, so that their readers go to another one. */
  stopping: AbortSignal;
  jobs: Jobs;
  files: Files;
  secrets: Secrets;
  /** Outgoing requests to places that users name. */
  http: HttpClient;
  models: Models;
  retrievalIndex: RetrievalIndex;
}
