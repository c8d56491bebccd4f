import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SimulatedProgram } from './program.ts';

/** Imitates `go version` and `go build -o`. The program that it builds only says that it is simulated, and fails. */
export const go: SimulatedProgram = async (machine, args) => {
  if (args[0] === 'version') return { stdout: 'go version go0 simulated\n' };
  const output = args[args.indexOf('-o') + 1];
  if (args[0] !== 'build' || output === undefined) return { exitCode: 2, stderr: 'go: not part of the simulation\n' };
  const path = join(machine.root, output);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\n# simulated: go build ${args.at(-1)}\nexit 1\n`, { mode: 0o755 });
  return {};
};
