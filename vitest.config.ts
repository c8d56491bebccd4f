import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { SkipsAreErrors } from './test/support/skips-are-errors.ts';

// The fast suite: unit tests beside the sources, and integration tests with real processes. No lab; docs/testing.md says
// what it needs. Every test runs: one that is skipped fails the run.
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
    allowOnly: false,
    globalSetup: join(import.meta.dirname, './test/support/scratch.ts'),
    reporters: ['default', new SkipsAreErrors()],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
