import { type ClusterConfig, type ClusterFile, clusterFile } from '@vhive/shared';
import type { PlanNode } from '../phases/index.ts';
import type { PlanInput } from './build-plan.ts';

/** Makes a node as an agent on a plain Debian machine would describe it, for tests. The index gives its address. */
export function exampleNode(name: string, index: number, facts: Partial<PlanNode['facts']> = {}): PlanNode {
  const address = `10.10.${Math.floor(index / 250)}.${(index % 250) + 1}`;
  return {
    name,
    address,
    sealingKey: `X${'A'.repeat(55)}`,
    facts: {
      machineId: index.toString(16).padStart(32, '0'),
      hostname: name,
      os: { id: 'debian', version: '12', name: 'Debian GNU/Linux 12 (bookworm)' },
      kernel: '6.1.0',
      arch: 'amd64',
      cpus: 4,
      memoryBytes: 8 * 1024 ** 3,
      swapBytes: 0,
      disks: [],
      root: { totalBytes: 100 * 1024 ** 3, freeBytes: 80 * 1024 ** 3 },
      kvm: { present: true, usable: true },
      interfaces: [{ name: 'eth0', mac: '02:00:00:00:00:01', up: true, addresses: [`${address}/16`] }],
      containerEngines: [],
      canRaiseLimits: true,
      cgroupVersion: 2,
      kubernetes: { joined: false, controlPlane: false },
      simulated: false,
      ...facts,
    },
  };
}

/** A cluster file with Kubernetes and nothing on top of it, for tests of what every cluster has. */
export const plain: ClusterFile = {
  sandbox: 'stock-only',
  knative: { enabled: false },
  loadBalancer: { enabled: false },
  registry: { local: false },
  ready: { smokeTest: false },
};

/** Makes a whole configuration from some fields of a cluster file, for tests. */
function exampleConfig(fields: ClusterFile = {}): ClusterConfig {
  return clusterFile.parse(fields);
}

/** Makes the input of a plan with the nodes n1 (the control plane) to n<count>, for tests. */
export function exampleInput(count: number, fields: ClusterFile = {}, mirror = false): PlanInput {
  const first = exampleNode('n1', 0);
  const others = Array.from({ length: count - 1 }, (_, index) => exampleNode(`n${index + 2}`, index + 1));
  const input = { config: exampleConfig(fields), nodes: [first, ...others], controlPlane: first, mirror };
  return mirror ? { ...input, imageServer: { urls: ['https://10.10.0.1:7443'], ca: 'the CA' } } : input;
}
