import { expect, test } from 'vitest';
import { mean, ndcg10, percentile, recall100 } from './measures.ts';

const gains = new Map([
  ['a', 2],
  ['b', 1],
]);

test('a perfect ranking has 1, an empty one 0, and a swapped one what the definition says', () => {
  expect(ndcg10(['a', 'b', 'x'], gains)).toBe(1);
  expect(ndcg10([], gains)).toBe(0);
  const best = 2 + 1 / Math.log2(3);
  expect(ndcg10(['b', 'a'], gains)).toBeCloseTo((1 + 2 / Math.log2(3)) / best, 10);
  expect(ndcg10(['x', ...Array.from({ length: 9 }, (_, n) => `x${n}`), 'a'], gains)).toBe(0);
});

test('recall counts the first hundred', () => {
  expect(recall100(['x', 'a'], gains)).toBe(0.5);
  expect(recall100([...Array.from({ length: 100 }, (_, n) => `x${n}`), 'a', 'b'], gains)).toBe(0);
});

test('mean and percentile', () => {
  expect(mean([1, 2, 3])).toBe(2);
  expect(percentile([5, 1, 3], 0.5)).toBe(3);
});
