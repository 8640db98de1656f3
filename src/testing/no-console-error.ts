import { afterEach, beforeEach, expect, type MockInstance, vi } from 'vitest';

let spy: MockInstance;

// What is written to console.error in a test is a fault that nobody handles; it fails the test.
beforeEach(() => {
  spy = vi.spyOn(console, 'error').mockImplementation(() => {});
});
afterEach(() => {
  const calls = [...spy.mock.calls];
  spy.mockRestore();
  expect(calls, 'console.error was called').toEqual([]);
});
