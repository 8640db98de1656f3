import { Worker, type WorkerOptions } from 'node:worker_threads';

/**
 * Starts a worker thread from its source file, or from its own bundle beside the built server.
 * `source` is relative to `importer` (an `import.meta.url`); `bundle` is the entry's name in the build.
 */
export function startWorker(
  importer: string,
  source: string,
  bundle: string,
  options?: WorkerOptions,
): Worker {
  const entry = importer.endsWith('.ts') ? source : `./${bundle}.js`;
  return new Worker(new URL(entry, importer), options);
}
