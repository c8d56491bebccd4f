import { createHash } from 'node:crypto';
import { hostname, networkInterfaces } from 'node:os';
import { readText } from './read-text.ts';

/**
 * Returns the id in /etc/machine-id. For a host without one it returns a digest of the host name and the hardware
 * addresses, which is the same at every start.
 */
export async function machineId(): Promise<string> {
  const id = (await readText('/etc/machine-id')) || (await readText('/var/lib/dbus/machine-id'));
  if (id && /^[0-9a-f]{32}$/.test(id)) return id;
  const macs = Object.values(networkInterfaces()).flatMap((addresses) => addresses?.map(({ mac }) => mac) ?? []);
  return createHash('sha256')
    .update([hostname(), ...new Set(macs)].sort().join('\n'))
    .digest('hex')
    .slice(0, 32);
}
