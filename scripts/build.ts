import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { rolldown } from 'rolldown';
import manifest from '../package.json' with { type: 'json' };
import { externalPackages } from './external-packages.ts';

const run = promisify(execFile);

/** Entries that run as threads or processes of their own, by the name their starter looks for. */
const entries = {
  cli: 'src/cli/main.ts',
  'database-worker': 'src/platform/database/embedded/worker.ts',
  'parse-worker': 'src/features/knowledge/parsing/parse-worker.ts',
  'index-writer': 'src/platform/retrieval-index/writer-process.ts',
};

/**
 * Bundles the server: one read of few files makes the start fast and the memory small. As CommonJS, because the
 * names that a module can import from Node's own are all made when it is loaded, its HTTP client among them.
 */
async function buildServer(): Promise<void> {
  await rm('dist/server', { recursive: true, force: true });
  const isKept = (id: string): boolean =>
    externalPackages.some((name) => id === name || id.startsWith(`${name}/`));
  for (const name of externalPackages)
    if (!(name in manifest.dependencies)) throw new Error(`${name} is not a dependency.`);
  const bundle = await rolldown({
    input: entries,
    platform: 'node',
    external: isKept,
    // The form for Node hides its parts from the bundler.
    resolve: { alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' } },
    plugins: [
      { name: 'names-in-licences', renderChunk: escapeComments },
      { name: 'json-as-text', transform: { filter: { id: /\/src\/.*\.json$/ }, handler: asText } },
    ],
  });
  await bundle.write({
    dir: 'dist/server',
    format: 'cjs',
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    // A file of nothing but ASCII is read twice as fast.
    charset: 'ascii',
    // What is said to those who read the source would be a tenth of the bundle; licences stay.
    comments: { legal: true, annotation: false, jsdoc: false },
  });
  await writeFile('dist/server/package.json', '{ "type": "commonjs" }\n');
  await bundle.close();
}

/** `charset` leaves comments as they are: one name in a licence would make a file of 3 MB slow to read. */
const escapeComments = (code: string): string =>
  code.replace(/\/\/!.*|\/\*[\s\S]*?\*\//g, (comment) =>
    comment.replace(/[^ -~\s]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`),
  );

/** Our own data is read faster as text than as a program. */
const asText = (json: string) => ({
  code: `export default JSON.parse(${JSON.stringify(JSON.stringify(JSON.parse(json)))});`,
  moduleType: 'js' as const,
});

/** What most ask a server for that has just started. */
const ASKED_FIRST = ['/readyz', '/api/v1/technologies?limit=50', '/api/v1/drift', '/api/v1/jobs'];

/**
 * Starts what was built once and asks it, so that the code it needs is there in compiled form: an image whose files
 * can't be written starts as fast as any other. It also shows that the build starts at all.
 */
async function compileServer(): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'commandcenter-build-'));
  await rm('dist/compiled', { recursive: true, force: true });
  const env = { ...process.env, DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'error', NODE_COMPILE_CACHE: '' };
  const server = spawn(join(import.meta.dirname, '../bin/commandcenter'), ['start'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(server, 'exit');
  const [said] = await Promise.race([once(server.stdout, 'data'), ended]);
  if (Buffer.isBuffer(said))
    await askFirst(String(said), await readFile(join(dataDir, 'owner-token'), 'utf8'));
  server.kill('SIGTERM');
  const [code] = await ended;
  await rm(dataDir, { recursive: true, force: true });
  if (code !== 0) throw new Error(`The server that was built ended with ${code}.`);
  await run('chmod', ['-R', 'a+rX', 'dist/compiled']);
}

async function askFirst(said: string, token: string): Promise<void> {
  const origin = new URL(said.slice(said.indexOf('http')).trim()).origin;
  for (const path of ASKED_FIRST) {
    const answer = await fetch(`${origin}${path}`, { headers: { authorization: `Bearer ${token.trim()}` } });
    if (!answer.ok) throw new Error(`The server that was built answered ${answer.status} to ${path}.`);
    await answer.arrayBuffer();
  }
}

/** What the image of each kind needs is built alone there; a change to one part does not build the other. */
const part = process.argv[2];
if (part !== undefined && part !== 'server' && part !== 'web')
  throw new Error(`No part is called "${part}".`);
if (part !== 'web') await buildServer();
if (part !== 'server') {
  const { build } = await import('vite');
  await build({ configFile: 'src/web/vite.config.ts', logLevel: 'warn' });
  const { compressFolder } = await import('./compress-web.ts');
  compressFolder('dist/web');
}
if (part !== 'web') {
  // One that was made for the same migrations is kept by a build in an image, which has it in a cache.
  if (part === undefined) await rm('dist/postgres-template', { recursive: true, force: true });
  const { buildTemplate } = await import('../src/app/index.ts');
  await buildTemplate();
  await compileServer();
}
