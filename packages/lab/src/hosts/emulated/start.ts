import { realpath, rm } from 'node:fs/promises';
import type { LabNames } from '../../machine/names.ts';
import { hostNetworkVariables, tapNetworkScript } from '../../machine/network.ts';
import { childrenOf, commandLineOf, isRunning } from '../../machine/process.ts';
import type { ProcessIdentity } from '../../types.ts';
import type { BootableHost } from '../kind.ts';
import { startSupervisor } from '../supervisor.ts';
import { writeBootSeed } from './disk.ts';
import { emulatedHostPaths } from './host-paths.ts';
import { imageIn } from './image.ts';
import { lineOf } from './line.ts';
import { qemuCommand } from './qemu-command.ts';

/**
 * Everything takes many times as long for an emulated processor. With the time of one process, on a machine with other
 * work a host would not do within its time limits what others do in seconds.
 */
const weight = 8;

/** Starts the qemu of a host under a supervisor and in cgroups of its own. Returns both without waiting for the boot. */
export async function startEmulated(
  names: LabNames,
  host: BootableHost,
): Promise<{ supervisor: ProcessIdentity; cgroups: string[] }> {
  const paths = emulatedHostPaths(names, host.name);
  const variables = hostNetworkVariables(names, host.subnet, host);
  await writeBootSeed(names, host, variables.LAB_GATEWAY);
  await rm(paths.monitor, { force: true });
  const argv = qemuCommand({
    ...{ name: host.name, image: imageIn(await realpath(paths.image)), paths, binds: host.binds },
    ...{ mac: variables.LAB_MAC, line: lineOf(host.address), bridgeNamespace: names.bridgeNamespace },
  });
  return startSupervisor(names, host.name, { argv, network: tapNetworkScript, env: variables, weight });
}

/** Returns the qemu below a supervisor; undefined while the host is off. */
export function emulatorOf(supervisor: ProcessIdentity): number | undefined {
  if (!isRunning(supervisor)) return undefined;
  return childrenOf(supervisor.pid).find((pid) =>
    commandLineOf(pid).some((word) => word.endsWith('/qemu-system-x86_64')),
  );
}
