import type { PlanNode } from '../phases/index.ts';

/** Makes nodes for a plan before any real node has enrolled: Debian hosts on one LAN, named `node1` and so on. */
export function placeholderNodes(count: number, arch = 'amd64'): PlanNode[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `node${index + 1}`;
    // The addresses are of TEST-NET-1 (RFC 5737), which no real host has.
    const address = `192.0.2.${(index % 254) + 1}`;
    return {
      name,
      address,
      sealingKey: `X${'A'.repeat(55)}`,
      facts: {
        machineId: String(index + 1).padStart(32, '0'),
        hostname: name,
        os: { id: 'debian', version: '12', name: 'Debian GNU/Linux 12' },
        kernel: '6.1.0',
        arch,
        cpus: 4,
        memoryBytes: 8 * 2 ** 30,
        swapBytes: 0,
        disks: [],
        root: { totalBytes: 100 * 2 ** 30, freeBytes: 80 * 2 ** 30 },
        kvm: { present: true, usable: true },
        interfaces: [{ name: 'eth0', mac: '02:00:00:00:00:01', up: true, addresses: [`${address}/24`] }],
        defaultAddress: address,
        containerEngines: [],
        canRaiseLimits: true,
        cgroupVersion: 2 as const,
        kubernetes: { joined: false, controlPlane: false },
        simulated: false,
      },
    };
  });
}
