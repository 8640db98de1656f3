import type { Context, Platform } from '#platform/context/index.ts';

export interface TestAnswer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: the shape of an answer is what tests assert.
  body: any;
}

export interface TestApp {
  url: string;
  token: string;
  dataDir: string;
  platform: Platform;
  context: Context;
  /** Sends JSON, here as the owner, and reads the JSON answer. */
  request(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<TestAnswer>;
  /** Waits until no job is queued or running. */
  runJobs(): Promise<void>;
  close(): Promise<void>;
}
