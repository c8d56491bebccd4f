import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { runTool } from './command.ts';
import { currentMounts } from './mounts.ts';
import { type LabNames, labHostNames } from './names.ts';
import { hostAddress } from './subnet.ts';

/**
 * The lab's bridge has a network namespace of its own, so no firewall of the machine (Docker's drops what is
 * forwarded) stands between the hosts, and removing the namespace removes all. One cable leads to the machine,
 * which has address .1: the hosts' default gateway, though nothing is forwarded beyond it.
 */
export async function ensureBridge(names: LabNames, subnet: string): Promise<void> {
  if (await ensureNamespace(names.bridgeNamespace)) {
    await inNamespace(names.bridgeNamespace, ['link set lo up', 'link add bridge type bridge', 'link set bridge up']);
  }
  if (await linkExists(names.machineLink)) return;
  await ip([`link add ${names.machineLink} type veth peer name machine netns ${names.bridgeNamespace}`]);
  await inNamespace(names.bridgeNamespace, ['link set machine master bridge up']);
  await ip([`addr add ${hostAddress(subnet, 1)}/24 dev ${names.machineLink}`, `link set ${names.machineLink} up`]);
}

/** Gives a host its namespace with `eth0`, its address and a default route; does nothing when it has them. */
export async function ensureHostNetwork(names: LabNames, subnet: string, host: string, address: string): Promise<void> {
  const namespace = labHostNames(names, host).networkNamespace;
  if (!(await ensureNamespace(namespace))) return;
  await inNamespace(names.bridgeNamespace, [
    `link add ${host} type veth peer name eth0 netns ${namespace}`,
    `link set ${host} master bridge up`,
  ]);
  await inNamespace(namespace, [
    'link set lo up',
    `addr add ${address}/24 broadcast + dev eth0`,
    'link set eth0 up',
    `route add default via ${hostAddress(subnet, 1)}`,
  ]);
}

/** Takes a host's cable out of the bridge, or puts it back: the host sees its own link lose the carrier. */
export async function setHostLink(names: LabNames, host: string, state: 'up' | 'down'): Promise<void> {
  await inNamespace(names.bridgeNamespace, [`link set ${host} ${state}`]);
}

/** Removes the machine's end of the lab's cable, if it is there. Namespaces go when they are unmounted. */
export async function removeMachineLink(names: LabNames): Promise<void> {
  if (await linkExists(names.machineLink)) await ip([`link delete ${names.machineLink}`]);
}

/** True when the machine has a network interface of this name. */
export async function linkExists(name: string): Promise<boolean> {
  const links = await runTool(['ip', '-json', 'link', 'show'], { doing: 'listing network interfaces' });
  return (JSON.parse(links) as { ifname: string }[]).some((link) => link.ifname === name);
}

/** Makes a network namespace and binds it to a file. False when it is there already. */
async function ensureNamespace(file: string): Promise<boolean> {
  if ((await currentMounts()).some((mount) => mount.target === file)) return false;
  await mkdir(dirname(file), { recursive: true });
  await (await open(file, 'a', 0o600)).close();
  await runTool(['unshare', `--net=${file}`, 'true'], { doing: `making the network namespace ${file}` });
  return true;
}

async function ip(commands: readonly string[]): Promise<void> {
  await runTool(['ip', '-batch', '-'], { doing: 'making the network of the lab', input: commands.join('\n') });
}

async function inNamespace(file: string, commands: readonly string[]): Promise<void> {
  const input = commands.join('\n');
  await runTool(['nsenter', `--net=${file}`, 'ip', '-batch', '-'], { doing: 'making the network of the lab', input });
}
