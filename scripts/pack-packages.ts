import { cpSync, existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { externalPackages, packagesWithFiles } from './external-packages.ts';

/** What nothing reads at run time: source maps, types, tests and the pages about a package. Licences stay. */
const LEFT_OUT =
  /\.map$|\.[cm]?tsx?$|\.test\.\w+$|\.md$|\.tsbuildinfo$|^(test|tests|docs|examples|benchmarks|\.github|node_modules)$/i;
/** Whole folders and files of a package that the product doesn't touch. */
const UNUSED: Readonly<Record<string, RegExp>> = {
  // Loaded as CommonJS, so what they have as ES modules besides is never read.
  'apache-arrow': /^(src|bin|Arrow\.es\w+\.min\.js|Arrow\.externs\.\w+\.min\.js)$|\.mjs$/,
  '@opentelemetry/api': /\.mjs$/,
  flatbuffers: /^ts$/,
  '@swc/helpers': /^(src|scripts)$/,
  // Extensions of PostgreSQL that no migration asks for, what is for browsers, and the same as ES modules.
  '@electric-sql/pglite': /\.tar\.gz$|^(live|worker|contrib|node-postgres)$|^(opfs-ahp|memfs).*|\.js$/,
  // Grammars of languages that parse-code.ts does not cut.
  '@vscode/tree-sitter-wasm': /^tree-sitter-(css|regex|ini)\.wasm$/,
  '@fastify/swagger-ui': /^(lib|types|index\.js|swagger-ui\.js)$/,
};
/** Asked for by a package and never loaded here: types, its own command line, models that run in this process. */
const NEVER = /^@types\/|^(@huggingface\/transformers|openai|command-line-args|command-line-usage)$/;

interface Manifest {
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

/**
 * Copies the packages that the built server needs beside it, and what they need, from one folder to another.
 * Returns where in it each of them is.
 */
export function packPackages(from: string, to: string): string[] {
  const packed: string[] = [];
  const pack = (path: string): void => {
    packed.push(path);
    copyPackage(join(from, path), join(to, path));
  };
  const packWithNeeds = (path: string): void => {
    if (packed.includes(path)) return;
    pack(path);
    const manifest = JSON.parse(readFileSync(join(from, path, 'package.json'), 'utf8')) as Manifest;
    const optional = Object.keys(manifest.optionalDependencies ?? {});
    for (const name of new Set([...Object.keys(manifest.dependencies ?? {}), ...optional])) {
      if (NEVER.test(name)) continue;
      const found = findFrom(from, path, name);
      if (found !== undefined) packWithNeeds(found);
      else if (!optional.includes(name)) throw new Error(`${name}, which ${path} needs, is not installed.`);
    }
  };
  for (const name of externalPackages) packWithNeeds(name);
  for (const name of packagesWithFiles) if (!packed.includes(name)) pack(name);
  return packed;
}

/** Where Node finds a package that is asked for by another one, seen from the folder of all packages. */
function findFrom(root: string, asking: string, name: string): string | undefined {
  for (let folder = asking; folder !== '.'; folder = dirname(folder)) {
    if (basename(folder) === 'node_modules') continue;
    const own = join(folder, 'node_modules', name);
    if (existsSync(join(root, own))) return own;
  }
  return existsSync(join(root, name)) ? name : undefined;
}

function copyPackage(from: string, to: string): void {
  const unused = UNUSED[from.slice(from.lastIndexOf('node_modules/') + 'node_modules/'.length)];
  cpSync(from, to, {
    recursive: true,
    dereference: true,
    filter: (path) => path === from || !(LEFT_OUT.test(basename(path)) || unused?.test(basename(path))),
  });
}

/** Loads each package both ways, so that what was left out by mistake is missed now. */
async function loadPacked(folder: string): Promise<void> {
  const require = createRequire(join(resolve(folder), 'index.js'));
  for (const name of externalPackages) {
    require(name);
    await import(pathToFileURL(require.resolve(name)).href);
  }
}

if (import.meta.main) {
  const [from, to] = process.argv.slice(2);
  if (from === undefined || basename(to ?? '') !== 'node_modules' || to === undefined) {
    throw new Error('Usage: pack-packages.ts FROM TO/node_modules');
  }
  process.stdout.write(`${packPackages(from, to).join('\n')}\n`);
  await loadPacked(to);
}
