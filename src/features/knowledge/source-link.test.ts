import { expect, test } from 'vitest';
import { linkToSource } from './source-link.ts';

test.each([
  ['https://github.com/o/r.git', 'https://github.com/o/r/blob/abc/docs/a%20b.md'],
  ['git@github.com:o/r.git', 'https://github.com/o/r/blob/abc/docs/a%20b.md'],
  ['ssh://git@gitlab.com/group/sub/r', 'https://gitlab.com/group/sub/r/-/blob/abc/docs/a%20b.md'],
  ['https://codeberg.org/o/r', 'https://codeberg.org/o/r/src/commit/abc/docs/a%20b.md'],
  ['https://git.example.org/o/r.git', null],
  ['/home/me/project', null],
])('a file of %s is at %s', (location, link) => {
  expect(linkToSource(location, 'abc', 'docs/a b.md')).toBe(link);
});
