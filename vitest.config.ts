import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'e2e/**/*.test.ts', 'bench/**/*.test.ts'],
    globalSetup: ['src/testing/prepare.ts'],
    setupFiles: ['src/testing/no-console-error.ts'],
    // One more than CI has processors: some tests wait for what takes its time.
    maxWorkers: 3,
    // The optimizing compiler costs each opening of the embedded database more than a test gets back from it.
    execArgv: ['--liftoff-only'],
    // A limit against what hangs: a busy machine takes several times as long as a quiet one.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // By `npm run coverage`, of the tests in src: what runs in a process of its own, as in e2e, is not seen by it.
    coverage: {
      include: ['src/**/*.ts'],
      exclude: ['src/**/*.test.ts', 'src/**/fixtures/**', 'src/testing/**', 'src/web/**', 'src/cli/**'],
      reporter: ['text-summary', 'lcov'],
      thresholds: { lines: 85, functions: 85, branches: 75 },
    },
  },
});
