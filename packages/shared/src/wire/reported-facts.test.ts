import { expect, test } from 'vitest';
import { reportedFacts } from './reported-facts.ts';

const facts = {
  ...{ machineId: '0'.repeat(32), hostname: 'n1', os: { id: 'debian', version: '12', name: 'Debian GNU/Linux 12' } },
  ...{
    kernel: '6.1.0',
    arch: 'amd64',
    cpus: 2,
    memoryBytes: 1,
    swapBytes: 0,
    disks: [],
    kvm: { present: true, usable: true },
  },
  root: { totalBytes: 1, freeBytes: 1 },
  interfaces: [{ name: 'eth0', mac: '02:00:00:00:00:01', up: true, addresses: ['192.0.2.7/24', 'fe80::1/64'] }],
  ...{ defaultAddress: '192.0.2.7', containerEngines: ['docker'], canRaiseLimits: true, cgroupVersion: 2 },
  ...{ kubernetes: { joined: false, controlPlane: false }, simulated: false },
};
const link = facts.interfaces[0];

test('the facts of a host are taken', () => {
  expect(reportedFacts.parse(facts)).toEqual(facts);
});

test.each([
  ['lines in the default address', { defaultAddress: '10.0.0.1\nExecStart=/bin/sh' }],
  ['a default address that is none', { defaultAddress: '10.0.0' }],
  ['an address without a prefix', { interfaces: [{ ...link, addresses: ['10.0.0.1'] }] }],
  ['lines in an address', { interfaces: [{ ...link, addresses: ['10.0.0.1/8\n'] }] }],
  ['an interface whose name moves the cursor', { interfaces: [{ ...link, name: '\u001b[2J' }] }],
  ['a thousand interfaces', { interfaces: Array.from({ length: 1_000 }, () => link) }],
  ['a host name of two lines', { hostname: 'n1\nn2' }],
  ['a host name that turns the direction of writing', { hostname: '\u202en1' }],
  ['an endless kernel version', { kernel: 'x'.repeat(1_000) }],
  ['a disk of a megabyte of name', { disks: [{ name: 'x'.repeat(1_000_000), bytes: 1 }] }],
  ['endless container engines', { containerEngines: Array.from({ length: 1_000 }, () => 'docker') }],
])('%s is refused', (_, change) => {
  expect(reportedFacts.safeParse({ ...facts, ...change }).success).toBe(false);
});
