import { expect, test } from 'vitest';
import { listChanges } from './changes.ts';

test('names the fields that differ, and only those', () => {
  expect(listChanges({ ring: 'trial', name: 'Go' }, { ring: 'adopt', name: 'Go' })).toEqual([
    { name: 'ring', before: 'trial', after: 'adopt' },
  ]);
});

test('tells what came and what went', () => {
  expect(listChanges(null, { email: 'ada@example.org' })).toEqual([
    { name: 'email', before: undefined, after: 'ada@example.org' },
  ]);
  expect(listChanges({ tags: ['a'], owner: null }, undefined)).toEqual([
    { name: 'tags', before: '["a"]', after: undefined },
  ]);
});

test('shows what is no object as a value', () => {
  expect(listChanges(1, [2])).toEqual([{ name: 'value', before: '1', after: '[2]' }]);
});
