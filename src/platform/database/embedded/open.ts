import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { PoolConfig } from 'pg';
import { appError } from '#platform/errors/index.ts';
import { startWorker } from '#platform/workers/index.ts';
import type { Backend } from '../backend.ts';
import { migrationsFingerprint } from '../migrate.ts';
import { copyTemplate } from './template.ts';
import { createWireStream, openWireChannel } from './wire-stream.ts';

/**
 * Starts the embedded database in a worker thread, so that a long query never stops the event loop, and
 * gives the configuration with which node-postgres talks to it. It has one connection; the pool queues.
 */
export async function openEmbedded(options: {
  directory: string;
  template?: string | undefined;
}): Promise<Backend & { poolConfig: PoolConfig }> {
  if (!existsSync(join(options.directory, 'PG_VERSION')) && options.template) {
    await copyTemplate(join(options.template, await migrationsFingerprint()), options.directory);
  }
  const worker = startWorker(import.meta.url, './worker.ts', 'database-worker', {
    workerData: { directory: options.directory },
  });
  await new Promise<void>((resolve, reject) => {
    worker.once('message', () => resolve());
    worker.once('error', (error) => reject(notOpened(options.directory, error)));
    worker.once('exit', (code) => reject(notOpened(options.directory, new Error(`exit ${code}`))));
  });
  const channel = openWireChannel(worker);
  return {
    poolConfig: {
      user: 'postgres',
      database: 'postgres',
      max: 1,
      idleTimeoutMillis: 0,
      stream: () => createWireStream(channel),
    },
    runtime: 'embedded',
    exclusive: true,
    options,
    close: () => channel.close(),
  };
}

/** What PostgreSQL says of it stands on stderr; here it is a crash of its program. */
function notOpened(directory: string, cause: Error): Error {
  return appError(
    'database-damaged',
    503,
    `The database in ${directory} can’t be opened: ${cause.message}.`,
    {
      remedy: 'If it is damaged, `commandcenter restore --latest` puts the newest backup in its place.',
      cause,
    },
  );
}
