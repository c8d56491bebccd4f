import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SimulatedMachine } from './machine.ts';

const ours = /^.*# managed by vhive-agent\n/gm;

/**
 * Does what the script `hosts-entries` does when no other line has the same names: puts our lines at the end of
 * /etc/hosts.
 */
export async function restoreHostsEntries({ root }: SimulatedMachine): Promise<void> {
  const path = join(root, '/etc/hosts');
  const wanted = (await readFile(join(root, '/etc/vhive/hosts'), 'latin1')).match(ours) ?? [];
  const others = (await readFile(path, 'latin1').catch(() => '')).replace(ours, '');
  await writeFile(path, others + wanted.join(''), 'latin1');
}
