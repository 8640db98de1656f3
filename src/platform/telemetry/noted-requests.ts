/** A request that took too long or that the server failed. */
export interface NotedRequest {
  readonly at: Date;
  readonly why: 'slow' | 'failed';
  readonly method: string;
  /** The template of the path. */
  readonly route: string;
  readonly status: number;
  readonly durationMs: number;
  readonly requestId: string;
  readonly traceId: string | undefined;
  /** Where the time went, in ms. */
  readonly parts: Readonly<Record<string, number>>;
}

export interface NotedRequests {
  add(request: NotedRequest): void;
  /** What was noted since the last time, the newest of them if there were too many. */
  take(): readonly NotedRequest[];
}

/** While everything fails, the ones that came last tell as much as all of them. */
const MOST = 50;

/** Keeps what is worth a look until somebody takes it. */
export function createNotedRequests(): NotedRequests {
  let noted: NotedRequest[] = [];
  return {
    add(request) {
      noted.push(request);
      if (noted.length > 2 * MOST) noted = noted.slice(-MOST);
    },
    take() {
      const taken = noted.slice(-MOST);
      noted = [];
      return taken;
    },
  };
}
