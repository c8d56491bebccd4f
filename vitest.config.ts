import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// The fast suite: unit tests beside the sources, and integration tests with real processes. No root, no lab.
export default defineConfig({
  test: {
    include: [
      'lint/*.test.ts',
      'packages/*/src/**/*.test.ts',
      'test/integration/**/*.test.ts',
      'test/histories/**/*.test.ts',
    ],
    // They wait for processes more than they compute; the default on a small machine is one at a time.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
