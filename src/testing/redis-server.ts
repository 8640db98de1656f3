import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@redis/client';
import { freePort } from './postgres-server.ts';

const PROGRAM = '/usr/bin/redis-server';
const START_TIMEOUT_MS = 10_000;

/** A private Redis on a free loopback port, without persistence. */
export interface RedisServer {
  readonly url: string;
  /** Runs one command, e.g. `['FLUSHALL']`. */
  command(...words: string[]): Promise<unknown>;
  kill(): Promise<void>;
  /** Stops and continues the process, as a frozen machine would. */
  freeze(): void;
  thaw(): void;
  start(): Promise<void>;
  close(): Promise<void>;
}

export function hasRedis(): boolean {
  return existsSync(PROGRAM);
}

/** `settings` as in redis.conf: `{ maxmemory: '2mb', 'maxmemory-policy': 'noeviction' }`. */
export async function startRedis(settings: Record<string, string> = {}): Promise<RedisServer> {
  if (!hasRedis()) throw new Error('Redis is not installed: apt-get install redis-server');
  const folder = mkdtempSync(join(tmpdir(), 'commandcenter-redis-'));
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;

  const start = async (): Promise<void> => {
    const flags = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
    child = spawn(
      PROGRAM,
      [
        '--port',
        String(port),
        '--bind',
        '127.0.0.1',
        '--save',
        '',
        '--appendonly',
        'no',
        '--dir',
        folder,
        ...flags,
      ],
      { stdio: 'ignore' },
    );
    for (const end = Date.now() + START_TIMEOUT_MS; ; await sleep(25)) {
      if (
        await command('PING').then(
          () => true,
          () => false,
        )
      )
        return;
      if (Date.now() > end) throw new Error('Redis did not start.');
    }
  };
  const command = async (...words: string[]): Promise<unknown> => {
    const client = createClient({ url, socket: { reconnectStrategy: false } });
    client.on('error', () => {});
    await client.connect();
    try {
      return await client.sendCommand(words);
    } finally {
      client.destroy();
    }
  };
  const kill = async (): Promise<void> => {
    const running = child;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const ended = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGKILL');
    await ended;
  };
  await start();
  return {
    url,
    command,
    kill,
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    start,
    async close() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
