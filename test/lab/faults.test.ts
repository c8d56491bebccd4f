import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';

const program = join(import.meta.dirname, '../../bench/faults/faults.ts');

// Seed 17 interrupts preflight again and again, which once made a run refuse hosts that were fine. Seed 6 fills the disk
// of the event store twice and kills an agent and nats-server.
it.each([17, 6])('schedule %d of kills, stops and full disks comes to a good end', async (seed) => {
  const { exitCode, stdout } = await execa(process.execPath, [program, '--seed', String(seed), '--count', '1'], {
    reject: false,
  });
  expect(exitCode, stdout).toBe(0);
});
