import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { startBuiltServer } from '../src/testing/built-server.ts';

/** The built server as a process of its own, as a user starts it. */
export interface RunningServer {
  /** From the start of the process to the line that says it is ready. */
  readyMs: number;
  /** Resident memory in MB; of this process, not of the index writer that comes and goes. */
  residentMegabytes(): Promise<number>;
  request<T>(method: string, path: string, body?: unknown): Promise<T>;
  stop(): Promise<void>;
}

export async function startServer(dataDir: string): Promise<RunningServer> {
  const begin = performance.now();
  const server = await startBuiltServer({ ...process.env, DATA_DIR: dataDir, LOG_LEVEL: 'silent' });
  const readyMs = performance.now() - begin;
  const token = (await readFile(join(dataDir, 'owner-token'), 'utf8')).trim();
  return {
    readyMs,
    async residentMegabytes() {
      const status = await readFile(`/proc/${server.process.pid}/status`, 'utf8');
      return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024);
    },
    async request<T>(method: string, path: string, body?: unknown): Promise<T> {
      const response = await fetch(`${server.url}/api/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body ? { 'content-type': 'application/json' } : {}),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
      return (await response.json()) as T;
    },
    stop: () => server.stop(),
  };
}
