import { randomBytes } from 'node:crypto';
import { createCurve, createUser, type KeyPair } from '@nats-io/nkeys';
import { type EnrolRequest, enrolProofBytes, type Facts } from '@vhive/shared';

/** The facts of a small host. */
export function someFacts(hostname: string, changes: Partial<Facts> = {}): Facts {
  return {
    machineId: `machine-${hostname}`,
    hostname,
    os: { id: 'debian', version: '12', name: 'Debian GNU/Linux 12 (bookworm)' },
    kernel: '6.1.0',
    arch: 'amd64',
    cpus: 2,
    memoryBytes: 4 * 1024 ** 3,
    swapBytes: 0,
    disks: [],
    root: { totalBytes: 20 * 1024 ** 3, freeBytes: 15 * 1024 ** 3 },
    kvm: { present: false, usable: false },
    interfaces: [{ name: 'eth0', mac: '02:00:00:00:00:01', up: true, addresses: ['192.0.2.7/24', 'fe80::1/64'] }],
    defaultAddress: '192.0.2.7',
    containerEngines: [],
    canRaiseLimits: true,
    cgroupVersion: 2,
    kubernetes: { joined: false, controlPlane: false },
    simulated: false,
    ...changes,
  };
}

/** An agent before its enrolment. It has its keys already. */
export interface Applicant {
  pair: KeyPair;
  /** Makes a request that is signed now (or at `at`, or by another key). */
  request(changes?: { token?: string; at?: Date; signer?: KeyPair; facts?: Facts; node?: string }): EnrolRequest;
}

/** Makes the keys of an agent of host `node`. */
export function applicant(node: string): Applicant {
  const pair = createUser();
  const sealingKey = createCurve().getPublicKey();
  return {
    pair,
    request(changes = {}) {
      const identity = { node: changes.node ?? node, publicKey: pair.getPublicKey(), sealingKey };
      const nonce = randomBytes(16).toString('hex');
      const at = (changes.at ?? new Date()).toISOString();
      const signature = (changes.signer ?? pair).sign(enrolProofBytes(identity, nonce, at));
      return {
        ...identity,
        proof: { nonce, at, signature: Buffer.from(signature).toString('base64url') },
        ...(changes.token === undefined ? {} : { token: changes.token }),
        agentVersion: '0.1.0',
        facts: changes.facts ?? someFacts(node),
      };
    },
  };
}
