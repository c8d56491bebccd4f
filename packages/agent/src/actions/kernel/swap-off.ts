import type { Host } from '../../host/host.ts';
import { hasSwap, withoutSwap } from '../files/fstab.ts';
import type { Action, ActionContext } from '../kit/action.ts';
import { commandFailed } from '../kit/failures.ts';
import { unitStatus } from '../systemd/unit-status.ts';

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

/**
 * The services of distributions that make swap when they start: zram-tools, zram-config, swapspace and dphys-swapfile.
 */
const swapServices = [
  'zramswap.service',
  'zram-config.service',
  'zram-swap.service',
  'swapspace.service',
  'dphys-swapfile.service',
];

/** Returns those of these services that run now or would run at the next boot. */
async function services(host: Host): Promise<string[]> {
  const found: string[] = [];
  for (const unit of swapServices) {
    const status = await unitStatus(host, unit);
    if (status?.load !== 'loaded') continue;
    if (status.file.startsWith('enabled') || !['inactive', 'failed'].includes(status.active)) found.push(unit);
  }
  return found;
}

/** Stops a unit for good. One whose file is in /etc, where the mask would have to be, is disabled instead. */
async function stopForGood(unit: string, { host, streamed }: ActionContext): Promise<void> {
  const masked = await host.run(['systemctl', 'mask', '--now', unit], streamed);
  if (masked.exitCode === 0) return;
  const disabled = await host.run(['systemctl', 'disable', '--now', unit], streamed);
  if (disabled.exitCode !== 0) throw commandFailed(`systemctl mask --now ${unit}`, masked);
}

/** The action `swap.off`, whose contract says what it does. */
export const swapOff: Action<'swap.off'> = {
  async check(_params, { host }) {
    const changes = (await active(host)).map((area) => `${area}: is no longer used as swap`);
    if (hasSwap(await text(host, FSTAB))) changes.push(`${FSTAB}: swap is commented out (backup in ${BACKUP})`);
    else changes.push(...(await units(host)).map((unit) => `${unit}: is masked`));
    changes.push(...(await services(host)).map((unit) => `${unit}: is stopped and masked`));
    return changes.length === 0 ? { converged: true, outputs: {} } : { converged: false, changes };
  },

  async apply(_params, context) {
    const { host, streamed } = context;
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
    // These would make new swap at once, or at the next boot.
    for (const unit of await services(host)) await stopForGood(unit, context);
    if ((await active(host)).length > 0) {
      const result = await host.run(['swapoff', '-a'], streamed);
      if (result.exitCode !== 0)
        throw commandFailed('swapoff -a', result, {
          hint: 'too little free memory to take back what is swapped out? Stop what uses it: free -m',
        });
    }
    // Units that were made from fstab vanish with the reload. Those that are left come from elsewhere.
    await host.run(['systemctl', 'daemon-reload'], streamed);
    for (const unit of await units(host)) await stopForGood(unit, context);
    return undefined;
  },
};
