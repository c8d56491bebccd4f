import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { SkipsAreErrors } from '../support/skips-are-errors.ts';

// These tests make real hosts on this machine. They need root and run one file after the other, because all of them
// share one machine.
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['**/*.test.ts'],
    fileParallelism: false,
    maxWorkers: 1,
    allowOnly: false,
    globalSetup: join(import.meta.dirname, '../support/scratch.ts'),
    reporters: ['default', new SkipsAreErrors()],
    testTimeout: 300_000,
    // The limit is long because the first time, the base tree, the package repository and the mirror tree with a
    // Kubernetes built from source are made.
    hookTimeout: 2_700_000,
    bail: 0,
  },
});
