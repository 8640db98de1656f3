import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './engine.ts';

export interface LayerFile {
  path: string;
  bytes: number;
  /** As `ls` shows it, such as `-rwxr-xr-x`. */
  mode: string;
}

/** The files of each layer of an image, the lowest first. */
export async function readLayers(image: string): Promise<LayerFile[][]> {
  const folder = await mkdtemp(join(tmpdir(), 'commandcenter-layers-'));
  try {
    await pipe(['docker', 'save', image], ['tar', '-x', '-C', folder]);
    const [manifest] = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as [
      { Layers: string[] },
    ];
    const layers: LayerFile[][] = [];
    for (const layer of manifest.Layers) {
      const { stdout } = await run('tar', ['-t', '-v', '-f', join(folder, layer)]);
      layers.push(stdout.split('\n').filter(Boolean).map(readLine));
    }
    return layers;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function readLine(line: string): LayerFile {
  const [, mode = '', bytes = '', path = ''] = /^(\S+) +\S+ +(\d+) \S+ \S+ (.*)$/.exec(line) ?? [];
  return { mode, bytes: Number(bytes), path: path.split(' -> ')[0]?.replace(/^\.?\//, '') ?? '' };
}

function pipe([program = '', ...args]: string[], [reader = '', ...readerArgs]: string[]): Promise<void> {
  const from = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const to = spawn(reader, readerArgs, { stdio: [from.stdout, 'ignore', 'inherit'] });
  return new Promise((resolve, reject) => {
    from.on('exit', (code) => code !== 0 && reject(new Error(`${program} ended with ${code}.`)));
    to.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${reader} ended with ${code}.`))));
  });
}

/** What the files below each of the first folders weigh, the heaviest first; for people to read. */
export function describeLayer(files: readonly LayerFile[], depth = 3): string[] {
  const sums = new Map<string, number>();
  for (const { path, bytes } of files) {
    const folder = path.split('/').slice(0, depth).join('/');
    sums.set(folder, (sums.get(folder) ?? 0) + bytes);
  }
  return [...sums]
    .filter(([, bytes]) => bytes > 100_000)
    .sort(([, a], [, b]) => b - a)
    .map(([folder, bytes]) => `${(bytes / 1e6).toFixed(1).padStart(7)} MB  ${folder}`);
}

export const bytesOf = (files: readonly LayerFile[]): number =>
  files.reduce((sum, { bytes }) => sum + bytes, 0);
