import { expect, test } from 'vitest';
import { isWanted } from './select-paths.ts';

const wanted = (path: string, includeSource = false, size = 100) => isWanted({ path, size }, includeSource);

test.each([
  'README',
  'readme.txt',
  'pkg/README.md',
  'docs/guide.html',
  'doc/manual.pdf',
  'ARCHITECTURE',
  'notes.adoc',
  'adr/1.txt',
])('%s is a document', (path) => {
  expect(wanted(path)).toBe(true);
});

test.each([
  'requirements.txt',
  'CMakeLists.txt',
  'src/page.html',
  'node_modules/a/README.md',
  'vendor/x/README.md',
  'test/fixtures/a.md',
  'a.ts',
])('%s is none', (path) => {
  expect(wanted(path)).toBe(false);
});

test('source code is read by choice, without what is generated, data or huge', () => {
  expect(wanted('src/a.ts', true)).toBe(true);
  expect(wanted('lib/a.py', true)).toBe(true);
  for (const path of ['a.min.js', 'dist/a.js', 'package-lock.json', 'types.d.ts', 'image.png'])
    expect(wanted(path, true)).toBe(false);
  expect(wanted('src/a.ts', true, 2 * 1024 * 1024)).toBe(false);
});
