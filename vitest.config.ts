import { defineConfig } from 'vitest/config';

// The fast suite: unit tests beside the sources, and integration tests with real processes. No root, no lab.
export default defineConfig({
  test: {
    include: ['packages/*/src/**/*.test.ts', 'test/integration/**/*.test.ts', 'test/histories/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
