import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { restoreHostsEntries } from './hosts-command.ts';
import type { SimulatedMachine } from './machine.ts';
import { nft } from './nft-command.ts';
import type { SimulatedProgram } from './program.ts';
import { iproute } from './system-commands.ts';
import { makeThinPool } from './thin-pool-commands.ts';

/** The programs that our units run once at boot. */
const programs: Record<string, SimulatedProgram> = { ip: iproute, nft };

/** Does what a oneshot unit does when it starts, line by line. For other types of service it does nothing. */
export async function startOneshot(machine: SimulatedMachine, unit: string): Promise<void> {
  if (!/^Type=oneshot$/m.test(unit)) return;
  for (const [, line = ''] of unit.matchAll(/^ExecStart=(.*)$/gm)) {
    const [path = '', ...args] = line.split(' ');
    if (path.startsWith('/usr/local/libexec/vhive/thin-pool-'))
      await makeThinPool(machine, await readFile(join(machine.root, path), 'utf8'));
    else if (path === '/usr/local/libexec/vhive/hosts-entries') await restoreHostsEntries(machine);
    else await programs[path.slice(path.lastIndexOf('/') + 1)]?.(machine, args, undefined);
  }
}
