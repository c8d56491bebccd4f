import { readFile, writeFile } from 'node:fs/promises';
import { VhiveError } from '@vhive/shared';

/**
 * runsc of 2022 takes a network namespace with this setting for the machine's own one, and refuses to give a sandbox a
 * network of its own there. Kernels from 6.17 on have it in every namespace.
 */
const tellTale = '/proc/sys/net/core/rmem_default';

/** A name of equal length that no kernel has. */
const nowhere = '/proc/sys/net/core/rmem_nowhere';

/** Copies Debian's runsc with that one name in it changed; nothing else differs. Throws when the name is not there. */
export async function writeRunsc(from: string, to: string): Promise<void> {
  const program = await readFile(from);
  let found = 0;
  for (let at = program.indexOf(tellTale); at !== -1; at = program.indexOf(tellTale, at + 1)) {
    program.write(nowhere, at, 'latin1');
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
