import { defineConfig } from 'vitest/config';
import { SkipsAreErrors } from '../support/skips-are-errors.ts';

// Real hosts on this machine: needs root, and everything one file after the other, since all share one machine.
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['**/*.test.ts'],
    fileParallelism: false,
    maxWorkers: 1,
    allowOnly: false,
    reporters: ['default', new SkipsAreErrors()],
    testTimeout: 300_000,
    // The first time the base tree, the package repository and the mirror with a Kubernetes built from source are made.
    hookTimeout: 2_700_000,
    bail: 0,
  },
});
