import { rm } from 'node:fs/promises';
import { rolldown } from 'rolldown';
import { build as buildWeb } from 'vite';
import manifest from '../package.json' with { type: 'json' };
import { buildTemplate } from '../src/app/index.ts';

/** Entries that run as threads or processes of their own, by the name their starter looks for. */
const entries = {
  cli: 'src/cli/main.ts',
  'database-worker': 'src/platform/database/embedded/worker.ts',
  'parse-worker': 'src/features/knowledge/parsing/parse-worker.ts',
  'index-writer': 'src/platform/retrieval-index/writer-process.ts',
};

// Packages that carry native code, WebAssembly or files of their own stay where npm put them.
const kept = [
  '@electric-sql/pglite',
  '@lancedb/lancedb',
  'apache-arrow',
  // Its CommonJS wrapper hides its parts from the bundler.
  'jsonc-parser',
  '@fastify/swagger-ui',
  '@fastify/static',
  'pino',
  'pino-pretty',
];

/** Bundles the server: one read of few files makes the start fast and the memory small. */
async function buildServer(): Promise<void> {
  await rm('dist/server', { recursive: true, force: true });
  const isKept = (id: string): boolean => kept.some((name) => id === name || id.startsWith(`${name}/`));
  for (const name of kept)
    if (!(name in manifest.dependencies)) throw new Error(`${name} is not a dependency.`);
  const bundle = await rolldown({ input: entries, platform: 'node', external: isKept });
  await bundle.write({
    dir: 'dist/server',
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
  });
  await bundle.close();
}

await buildServer();
await buildWeb({ configFile: 'src/web/vite.config.ts', logLevel: 'warn' });
await rm('dist/postgres-template', { recursive: true, force: true });
await buildTemplate();
