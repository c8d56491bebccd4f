import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { SkipsAreErrors } from '../support/skips-are-errors.ts';

// These tests make hosts under qemu on this machine, on which everything takes many times as long as on a bare one. They
// need root and run one file after the other.
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['**/*.test.ts'],
    fileParallelism: false,
    maxWorkers: 1,
    allowOnly: false,
    globalSetup: join(import.meta.dirname, '../support/scratch.ts'),
    reporters: ['default', new SkipsAreErrors()],
    testTimeout: 1_200_000,
    // The limit is long because the first time, the image of the hosts and the lab's mirror tree are made.
    hookTimeout: 3_600_000,
  },
});
