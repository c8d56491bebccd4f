import { readFile, writeFile } from 'node:fs/promises';
import { VhiveError } from '@vhive/shared';

/**
 * A kernel setting by which the runsc of 2022 decides about a network namespace: where it exists, runsc takes the
 * namespace for the machine's own and refuses to give a sandbox a network of its own there. Kernels from 6.17 on have
 * the setting in every namespace.
 */
const tellTale = '/proc/sys/net/core/rmem_default';

/** A name of equal length that no kernel has. */
const nowhere = '/proc/sys/net/core/rmem_nowhere';

/** Copies Debian's runsc with only that one name in it changed. Throws when the name is not there. */
export async function writeRunsc(from: string, to: string): Promise<void> {
  const program = await readFile(from);
  let found = 0;
  for (let offset = program.indexOf(tellTale); offset !== -1; offset = program.indexOf(tellTale, offset + 1)) {
    program.write(nowhere, offset, 'latin1');
    found += 1;
  }
  if (found === 0)
    throw new VhiveError({
      code: 'internal',
      message: `${from} does not name ${tellTale}: it is another runsc than the lab knows.`,
      hint: 'Look whether it still needs the change in packages/lab/src/tree/runsc.ts.',
    });
  await writeFile(to, program, { mode: 0o755 });
}
