import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Facts, facts, VhiveError } from '@vhive/shared';
import type { Host } from '../host/host.ts';
import type { SimulatedMachine } from './machine.ts';

const GiB = 2 ** 30;

/**
 * Returns the facts that `facts.json` in the machine's directory names instead of the usual ones, for learning and for
 * tests: a top field of it replaces that field as a whole. Throws an error with the code `usage` when it is not valid.
 */
async function otherFacts({ root }: SimulatedMachine): Promise<Partial<Facts>> {
  const file = join(dirname(root), 'facts.json');
  const text = await readFile(file, 'utf8').catch(() => '{}');
  try {
    return facts.partial().strict().parse(JSON.parse(text)) as Partial<Facts>;
  } catch (cause) {
    throw new VhiveError({ code: 'usage', message: `${file} holds no facts: ${String(cause)}`, cause });
  }
}

/**
 * Returns the facts of a plausible small server. Facts that depend on earlier steps are read from the machine's files
 * and state, and `facts.json` has the last word.
 */
export async function simulatedFacts(machine: SimulatedMachine, files: Pick<Host, 'stat'>): Promise<Facts> {
  const there = async (path: string) => (await files.stat(path)) !== undefined;
  return {
    machineId: createHash('md5').update(machine.root).digest('hex'),
    hostname: machine.name,
    os: { id: 'debian', version: '12', name: 'Debian GNU/Linux 12 (simulated)' },
    kernel: '6.1.0-simulated',
    arch: 'amd64',
    cpus: 4,
    memoryBytes: 16 * GiB,
    swapBytes: machine.state.swapBytes,
    disks: [{ name: 'vda', bytes: 200 * GiB, rotational: false }],
    root: { totalBytes: 200 * GiB, freeBytes: 150 * GiB, rotational: false },
    kvm: { present: true, usable: true },
    interfaces: [{ name: 'eth0', mac: '02:00:00:00:00:01', up: true, addresses: [`${machine.address}/8`] }],
    defaultAddress: machine.address,
    containerEngines: [],
    canRaiseLimits: true,
    cgroupVersion: 2,
    kubernetes: {
      joined:
        (await there('/etc/kubernetes/kubelet.conf')) &&
        (await there('/var/lib/kubelet/pki/kubelet-client-current.pem')),
      controlPlane: await there('/etc/kubernetes/admin.conf'),
    },
    simulated: true,
    ...(await otherFacts(machine)),
  };
}
