import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { runTool } from './command.ts';
import { currentMounts } from './mounts.ts';
import { type LabNames, labHostNames } from './names.ts';
import { hostAddress } from './subnet.ts';

/**
 * Makes the lab's bridge. It has a network namespace of its own, so that no firewall of the machine (Docker's drops
 * what is forwarded) is between the hosts, and removing the namespace removes everything. One cable leads to the
 * machine, which has the address .1. The machine is the hosts' default gateway, although nothing is forwarded beyond
 * it.
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

/**
 * A shell function that gives a host a new network namespace with `eth0`, an address and a default route, and plugs it
 * into the bridge. This is what a machine has after it was switched on, with nothing of what an earlier boot set up. A
 * cable that was cut stays cut. It is a shell function because the supervisor calls it at each boot. It needs the
 * variables of {@link hostNetworkVariables}.
 */
export const hostNetworkScript = `
make_network() {
  cable=up
  in_bridge="nsenter --net=$LAB_BRIDGE_NAMESPACE ip"
  if $in_bridge link show "$LAB_HOST" > /dev/null 2>&1; then
    $in_bridge -o link show up | grep -q " $LAB_HOST@" || cable=down
    $in_bridge link delete "$LAB_HOST"
  fi
  umount --lazy "$LAB_NAMESPACE" 2> /dev/null
  : > "$LAB_NAMESPACE" && unshare --net="$LAB_NAMESPACE" true &&
    $in_bridge -batch - <<END && nsenter --net="$LAB_NAMESPACE" ip -batch - <<END
link add $LAB_HOST type veth peer name eth0 address $LAB_MAC netns $LAB_NAMESPACE
link set $LAB_HOST master bridge $cable
END
link set lo up
addr add $LAB_ADDRESS/24 broadcast + dev eth0
link set eth0 up
route add default via $LAB_GATEWAY
END
}
`;

/**
 * A shell function that gives an emulated host its network cable: a tap device, plugged into the bridge, from which its
 * emulator takes and to which it gives what its network card does. The address is the host's own affair. A cable that
 * was cut stays cut. It needs the variables of {@link hostNetworkVariables}.
 */
export const tapNetworkScript = `
make_network() {
  in_bridge="nsenter --net=$LAB_BRIDGE_NAMESPACE ip"
  $in_bridge link show "$LAB_HOST" > /dev/null 2>&1 && return
  $in_bridge tuntap add dev "$LAB_HOST" mode tap && $in_bridge link set "$LAB_HOST" master bridge up
}
`;

/** The variables by which the scripts of the network know a host. */
export interface HostNetworkVariables extends Readonly<Record<string, string>> {
  LAB_HOST: string;
  LAB_ADDRESS: string;
  /** The hardware address of the host's card. */
  LAB_MAC: string;
  /** The address of the machine in the lab's network. */
  LAB_GATEWAY: string;
  LAB_NAMESPACE: string;
  LAB_BRIDGE_NAMESPACE: string;
}

/** Returns the variables by which {@link hostNetworkScript} and {@link tapNetworkScript} know a host. */
export function hostNetworkVariables(
  names: LabNames,
  subnet: string,
  host: { name: string; address: string },
): HostNetworkVariables {
  // The hardware address is locally administered and the same at each boot, so that the neighbours' tables stay right.
  const octets = host.address.split('.').map((octet) => Number(octet).toString(16).padStart(2, '0'));
  return {
    LAB_HOST: host.name,
    LAB_ADDRESS: host.address,
    LAB_MAC: `02:4c:${octets.join(':')}`,
    LAB_GATEWAY: hostAddress(subnet, 1),
    LAB_NAMESPACE: labHostNames(names, host.name).networkNamespace,
    LAB_BRIDGE_NAMESPACE: names.bridgeNamespace,
  };
}

/** Takes a host's cable out of the bridge or puts it back. The host sees its own link lose the carrier. */
export async function setHostLink(names: LabNames, host: string, state: 'up' | 'down'): Promise<void> {
  await inNamespace(names.bridgeNamespace, [`link set ${host} ${state}`]);
}

/** Removes the machine's end of the lab's cable, if there is one. The namespaces disappear when they are unmounted. */
export async function removeMachineLink(names: LabNames): Promise<void> {
  if (await linkExists(names.machineLink)) await ip([`link delete ${names.machineLink}`]);
}

/** Tells whether the machine has a network interface of this name. */
export async function linkExists(name: string): Promise<boolean> {
  const links = await runTool(['ip', '-json', 'link', 'show'], { doing: 'listing network interfaces' });
  return (JSON.parse(links) as { ifname: string }[]).some((link) => link.ifname === name);
}

/** Makes a network namespace and binds it to a file. Returns false when it exists already. */
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
