import type { Host } from '../../host/host.ts';
import { hasSwap, withoutSwap } from '../files/fstab.ts';
import type { Action } from '../kit/action.ts';
import { commandFailed } from '../kit/failures.ts';

const FSTAB = '/etc/fstab';
const BACKUP = '/etc/fstab.vhive-backup';

const text = async (host: Host, path: string) => (await host.readFile(path))?.toString() ?? '';

/** Returns the swap areas that are in use. */
async function active(host: Host): Promise<string[]> {
  const [, ...lines] = (await text(host, '/proc/swaps')).trim().split('\n');
  return lines.map((line) => line.split(/\s+/)[0] ?? line);
}

/**
 * Returns the units that would switch swap on again. These come from unit files or were found on partitions; those that
 * systemd makes from fstab are not among them.
 */
async function units(host: Host): Promise<string[]> {
  const result = await host.run(['systemctl', 'list-units', '--type=swap', '--all', '--plain', '--no-legend']);
  if (result.exitCode !== 0) return [];
  return result.stdout.split('\n').flatMap((line) => {
    // The columns are: unit, load state, active state, sub state, description.
    const [unit, load] = line.trim().split(/\s+/);
    return unit?.endsWith('.swap') && load === 'loaded' ? [unit] : [];
  });
}

/** The action `swap.off`, whose contract says what it does. */
export const swapOff: Action<'swap.off'> = {
  async check(_params, { host }) {
    const changes = (await active(host)).map((area) => `${area}: is no longer used as swap`);
    if (hasSwap(await text(host, FSTAB))) changes.push(`${FSTAB}: swap is commented out (backup in ${BACKUP})`);
    else changes.push(...(await units(host)).map((unit) => `${unit}: is masked`));
    return changes.length === 0 ? { converged: true, outputs: {} } : { converged: false, changes };
  },

  async apply(_params, { host, streamed }) {
    const fstab = await text(host, FSTAB);
    if (hasSwap(fstab)) {
      const status = await host.stat(FSTAB);
      const attributes = {
        mode: status?.mode ?? '0644',
        owner: status?.owner ?? 'root',
        group: status?.group ?? 'root',
      };
      // Only the first backup is the true original; a later one would hold our own change.
      if ((await host.stat(BACKUP)) === undefined) await host.writeFile(BACKUP, fstab, attributes);
      await host.writeFile(FSTAB, withoutSwap(fstab), attributes);
    }
    if ((await active(host)).length > 0) {
      const result = await host.run(['swapoff', '-a'], streamed);
      if (result.exitCode !== 0)
        throw commandFailed('swapoff -a', result, {
          hint: 'too little free memory to take back what is swapped out? Stop what uses it: free -m',
        });
    }
    // Units that were made from fstab vanish with the reload. Those that are left come from elsewhere.
    await host.run(['systemctl', 'daemon-reload'], streamed);
    for (const unit of await units(host)) {
      const result = await host.run(['systemctl', 'mask', '--now', unit], streamed);
      if (result.exitCode !== 0) throw commandFailed(`systemctl mask --now ${unit}`, result);
    }
    return undefined;
  },
};
