import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'e2e/**/*.test.ts', 'bench/**/*.test.ts'],
    globalSetup: ['src/testing/prepare.ts'],
    setupFiles: ['src/testing/no-console-error.ts'],
    maxWorkers: 2,
    // A limit against what hangs: a busy machine takes several times as long as a quiet one.
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
