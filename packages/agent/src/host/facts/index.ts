import { arch, availableParallelism, hostname, release, totalmem } from 'node:os';
import { debianArch } from '@vhive/base/debian-arch';
import { defined, type Facts } from '@vhive/shared';
import { canRaiseLimits } from './capabilities.ts';
import { cgroupVersion } from './cgroup.ts';
import { containerEngines } from './container-engines.ts';
import { disks } from './disks.ts';
import { fitFacts } from './fit-facts.ts';
import { kubernetesRole } from './kubernetes-role.ts';
import { kvm } from './kvm.ts';
import { machineId } from './machine-id.ts';
import { defaultAddress, interfaces } from './network-interfaces.ts';
import { operatingSystem } from './os-release.ts';
import { rootFileSystem } from './root-file-system.ts';
import { slowdown } from './slowdown.ts';
import { swapBytes } from './swap.ts';

/**
 * Gathers everything about this machine that the coordinator wants to know. Whatever the machine does not tell is left
 * out or false; gathering never fails because of it.
 */
export async function gatherFacts(): Promise<Facts> {
  const [id, os, swap, disk, root, kvmState, links, source, engines, raise, cgroup, role, factor] = await Promise.all([
    machineId(),
    operatingSystem(),
    swapBytes(),
    disks(),
    rootFileSystem(),
    kvm(),
    interfaces(),
    defaultAddress(),
    containerEngines(),
    canRaiseLimits(),
    cgroupVersion(),
    kubernetesRole(),
    slowdown(),
  ]);
  return fitFacts({
    machineId: id,
    hostname: hostname(),
    os,
    kernel: release(),
    arch: debianArch(arch()),
    cpus: availableParallelism(),
    memoryBytes: totalmem(),
    swapBytes: swap,
    disks: disk,
    root,
    kvm: kvmState,
    interfaces: links,
    ...defined({ defaultAddress: source }),
    containerEngines: engines,
    canRaiseLimits: raise,
    cgroupVersion: cgroup,
    kubernetes: role,
    slowdown: factor,
    simulated: false,
  });
}
