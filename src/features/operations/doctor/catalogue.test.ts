import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { catalogue } from './catalogue.ts';

const ids = Object.values(catalogue).flat();
const page = await readFile(join(import.meta.dirname, '../../../../docs/doctor.md'), 'utf8');

test('docs/doctor.md explains each finding once, and none that doesn’t exist', () => {
  const explained = [...page.matchAll(/^\| `([a-z-]+)` \| [^|]{5,} \| [^|]+ \|$/gm)].map(
    ([, id]) => id ?? '',
  );
  expect(explained.toSorted()).toEqual([...ids].sort());
});

test('each finding is one that a test has seen, with real parts wherever they can be had', async () => {
  const names = (await readdir(import.meta.dirname)).filter((name) => /^doctor.*\.test\.ts$/.test(name));
  const tests = await Promise.all(names.map((name) => readFile(join(import.meta.dirname, name), 'utf8')));
  expect(ids.filter((id) => !tests.some((text) => text.includes(`'${id}'`)))).toEqual([]);
});
