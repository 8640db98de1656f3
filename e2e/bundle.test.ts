import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

const web = join(import.meta.dirname, '../dist/web');
const scripts = readdirSync(join(web, 'assets')).filter((name) => name.endsWith('.js'));
const read = (path: string): string => readFileSync(join(web, path), 'utf8');

/** What a browser loads before it shows anything, compressed, in bytes. */
function firstLoad(): { files: string[]; bytes: number } {
  const files = [...read('index.html').matchAll(/(?:src|href)="\/([^"]+\.(?:js|css))"/g)].map(
    ([, path = '']) => path,
  );
  return { files, bytes: files.reduce((sum, path) => sum + gzipSync(read(path)).length, 0) };
}

test('the first page takes less than 200 kB, compressed', () => {
  const { files, bytes } = firstLoad();
  expect(files.length).toBeGreaterThan(2);
  expect(bytes).toBeLessThan(200_000);
});

test('libraries that seldom change have a file of their own, and pages are loaded when they are opened', () => {
  const { files } = firstLoad();
  expect(files.filter((path) => /\/vendor-[\w-]+\.js$/.test(path))).toHaveLength(1);
  const pages = scripts.filter((name) => /-page-[\w-]+\.js$/.test(name));
  expect(pages.length).toBeGreaterThan(8);
  expect(files.filter((path) => path.includes('-page-'))).toEqual([]);
});

test('nothing that served the developers is left', () => {
  // What React says with console.error and console.warn is meant for whoever runs the page.
  const left = scripts.filter((name) =>
    /\bdebugger\b|console\.(log|debug|info|trace)\(/.test(read(`assets/${name}`)),
  );
  expect(left).toEqual([]);
  expect(readdirSync(join(web, 'assets')).filter((name) => name.endsWith('.map'))).toEqual([]);
});
