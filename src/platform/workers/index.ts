import { Worker, type WorkerOptions } from 'node:worker_threads';

/** Where code that runs apart is: a source file beside `importer`, or its own bundle beside the built server. */
export function entryUrl(importer: string, source: string, bundle: string): URL {
  return new URL(importer.endsWith('.ts') ? source : `./${bundle}.js`, importer);
}

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
  return new Worker(entryUrl(importer, source, bundle), options);
}
