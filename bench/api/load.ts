import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { BenchRequest } from './questions.ts';

export interface LoadOrder {
  port: number;
  headers: Record<string, string>;
  requests: readonly BenchRequest[];
  connections: number;
  seconds: number;
  /** What no other load has used in the bodies it sends. */
  label: string;
}

export interface LoadResult {
  requests: number;
  perSecond: number;
  /** In ms. */
  p50: number;
  p99: number;
  failed: number;
}

const WRK = '/usr/bin/wrk';
const run = promisify(execFile);

/**
 * Sends the requests in turn, as fast as they are answered. With wrk, because what sends shares the cores with
 * what answers, and a generator in JavaScript takes much more of them.
 */
export async function load({
  port,
  headers,
  requests,
  connections,
  seconds,
  label,
}: LoadOrder): Promise<LoadResult> {
  if (!existsSync(WRK)) throw new Error('wrk is not installed: apt-get install wrk');
  const { stdout } = await run(WRK, [
    ...['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout=10s', '--latency'],
    ...['-s', join(import.meta.dirname, 'load.lua')],
    ...Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]),
    `http://127.0.0.1:${port}`,
    '--',
    label,
    ...requests.flatMap(({ method, path, body = '' }) => [method, path, body]),
  ]);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as LoadResult;
}
